//! What the parts of a history ask the service for.

use chat::ErrorKind;
use chat_tests::mock::{Answer, MESSAGES_PATH, MockService, message};
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use time::macros::datetime;

/// Places from `first` down to `last`; the link leads to another page.
fn page(service: &MockService, first: u64, last: u64, is_end: bool) -> Answer {
    let messages: Vec<Value> = (last..=first)
        .rev()
        .map(|place| {
            let mut message = message(&place.to_string());
            message["sequenceId"] = place.to_string().into();
            message
        })
        .collect();
    let mut page = json!({ "value": messages });
    if !is_end {
        page["nextLink"] = format!("{}{MESSAGES_PATH}?syncState={last}", service.endpoint()).into();
    }
    Answer::json(200, &page)
}

async fn places(list: chat::operations::ListMessages) -> Vec<u64> {
    let items = list.into_stream();
    let places = items.map_ok(|message| message.sequence_id().as_u64().unwrap());
    places.try_collect().await.unwrap()
}

fn sizes(service: &MockService) -> Vec<Option<String>> {
    let size = |query: Vec<(String, String)>| {
        query
            .into_iter()
            .find(|(name, _)| name == "maxPageSize")
            .map(|(_, size)| size)
    };
    service
        .requests()
        .iter()
        .map(|request| size(request.query()))
        .collect()
}

#[tokio::test]
async fn the_latest_few_take_one_request_of_that_size() {
    let service = MockService::unused().await;
    service.then(page(&service, 9, 7, false));
    let list = service.thread_client().list_messages().latest(3);
    assert_eq!(places(list).await, [9, 8, 7]);
    assert_eq!(sizes(&service), [Some("3".to_owned())]);
}

#[tokio::test]
async fn changes_are_read_no_further_than_to_where_they_begin() {
    let service = MockService::unused().await;
    service.then(page(&service, 9, 7, false));
    service.then(page(&service, 6, 4, false));
    let list = service.thread_client().list_messages().changes_since(5);
    assert_eq!(places(list).await, [9, 8, 7, 6]);
    assert_eq!(sizes(&service), [Some("200".to_owned()), None]);
}

#[tokio::test]
async fn a_page_size_that_is_set_is_asked_for_by_every_part() {
    let service = MockService::unused().await;
    service.then(page(&service, 9, 7, false));
    let list = service
        .thread_client()
        .list_messages()
        .page_size(3)
        .latest(2);
    assert_eq!(places(list).await, [9, 8]);
    assert_eq!(sizes(&service), [Some("3".to_owned())]);
}

#[tokio::test]
async fn the_service_is_told_where_a_span_of_time_begins() {
    let service = MockService::unused().await;
    service.then(page(&service, 9, 9, true));
    let start = datetime!(2021-09-07 19:00 UTC);
    let list = service
        .thread_client()
        .list_messages()
        .between(start, start);
    assert_eq!(places(list).await, Vec::<u64>::new());
    let query = service.only_request().query();
    let told = query.iter().find(|(name, _)| name == "startTime");
    assert_eq!(told.unwrap().1, "2021-09-07T19:00:00Z");
}

#[tokio::test]
async fn a_place_that_is_no_number_is_refused_and_nothing_is_sent() {
    let service = MockService::unused().await;
    let list = service
        .thread_client()
        .list_messages()
        .newer_than("yesterday");
    let error = list.into_stream().try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(service.calls(), 0);
}
