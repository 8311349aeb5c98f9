//! What a watch asks the service for, and what it makes of failures.

use std::time::Duration;

use chat::watch::{ChatEvent, WatchState};
use chat::{ErrorKind, RetryOptions};
use chat_tests::mock::{Answer, MESSAGES_PATH, MockService, THREAD, TOKEN, message};
use serde_json::{Value, json};

fn page(places: impl IntoIterator<Item = u64>, next_link: Option<String>) -> Answer {
    let messages: Vec<Value> = places
        .into_iter()
        .map(|place| {
            let mut message = message(&(1_631_044_658_000 + place).to_string());
            message["sequenceId"] = place.to_string().into();
            message
        })
        .collect();
    let mut page = json!({ "value": messages });
    if let Some(link) = next_link {
        page["nextLink"] = link.into();
    }
    Answer::json(200, &page)
}

fn thread(service: &MockService) -> chat::ChatThreadClient {
    let credential = chat::CommunicationTokenCredential::new(TOKEN).unwrap();
    let client = chat::ChatClient::builder(service.endpoint(), credential)
        .retry(RetryOptions::none())
        .build()
        .unwrap();
    client.chat_thread_client(THREAD)
}

fn sizes(service: &MockService) -> Vec<Option<String>> {
    let size = |query: Vec<(String, String)>| {
        let mut query = query.into_iter();
        query
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
async fn a_look_is_a_small_page_and_a_backlog_is_read_in_large_ones() {
    let service = MockService::unused().await;
    let link = || Some(format!("{}{MESSAGES_PATH}?syncState=1", service.endpoint()));
    service.then(page([1], None));
    service.then(page([2, 1], None));
    service.then(page([6, 5, 4], link()));
    service.then(page([6, 5, 4, 3, 2], None));
    let quick = Duration::from_millis(1);
    let watch = thread(&service).watch().poll_between(quick, quick);
    let mut watch = watch.into_stream();
    for place in 2..7 {
        let watched = watch.try_next().await.unwrap().unwrap();
        let ChatEvent::MessageReceived(message) = watched.event() else {
            panic!("{watched:?}");
        };
        assert_eq!(message.sequence_id().as_u64(), Some(place));
    }
    let size = |size: &str| Some(size.to_owned());
    assert_eq!(
        sizes(&service),
        [size("20"), size("20"), size("20"), size("200")]
    );
}

#[tokio::test]
async fn a_failure_that_may_pass_is_told_and_nothing_is_given_of_half_a_reading() {
    let service = MockService::unused().await;
    let link = || Some(format!("{}{MESSAGES_PATH}?syncState=1", service.endpoint()));
    service.then(page([3], link()));
    service.then(Answer::status(503));
    let mut watch = thread(&service).watch().from_beginning().into_stream();
    let handle = watch.handle();
    let failing = WatchState::Retrying {
        failures: 1,
        kind: ErrorKind::ServiceUnavailable,
    };
    tokio::select! {
        given = watch.try_next() => panic!("{given:?}"),
        state = handle.wait_for(|state| state != WatchState::Starting) => assert_eq!(state, failing),
    }
    assert_eq!(service.calls(), 2);
    drop(watch);
    assert_eq!(handle.state(), WatchState::Ended);
}

#[tokio::test]
async fn a_watch_ends_with_its_cursor_when_the_user_is_no_participant_any_more() {
    let service = MockService::start([page([1], None), Answer::status(403)]).await;
    let quick = Duration::from_millis(1);
    let watch = thread(&service).watch().from_beginning();
    let mut watch = watch.poll_between(quick, quick).into_stream();
    let watched = watch.try_next().await.unwrap().unwrap();
    let error = watch.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(error.cursor(), Some(watched.cursor()));
    assert!(watch.next().await.is_none());
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn a_thread_that_was_never_there_is_an_error_and_not_a_deletion() {
    let service = MockService::start([Answer::status(404), Answer::status(404)]).await;
    let watch = || thread(&service).watch();
    for watch in [watch(), watch().from_beginning()] {
        let mut watch = watch.into_stream();
        let error = watch.try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(watch.handle().state(), WatchState::Ended);
        assert!(watch.next().await.is_none());
    }
    assert_eq!(service.calls(), 2);
}
