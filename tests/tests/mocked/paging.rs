//! Lists over more than one page.

use chat::{ChatClient, CommunicationTokenCredential, ErrorKind};
use chat_tests::mock::{
    Answer, MESSAGES_PATH, MockService, THREAD, TOKEN, messages, read_receipt, thread_item, user,
};
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use serde_json::json;

/// What comes after the path in a link of the service.
const QUERY: &str = "?syncState=3e39&startTime=1%2F1%2F1970%2012%3A00%3A00%20AM%20%2B00%3A00\
    &maxPageSize=3&api-version=2021-09-07&x=%3D";

/// A service with a page that leads to another one.
async fn linking(ids: &[&str], query: &str) -> MockService {
    let service = MockService::unused().await;
    then_page(&service, ids, Some(query));
    service
}

fn then_page(service: &MockService, ids: &[&str], query: Option<&str>) {
    let link = query.map(|query| format!("{}{MESSAGES_PATH}{query}", service.endpoint()));
    service.then(Answer::json(200, &messages(ids, link.as_deref())));
}

async fn ids(
    stream: chat::paging::ItemStream<chat::models::ChatMessage>,
) -> Result<Vec<String>, chat::Error> {
    stream
        .map_ok(|message| message.id().to_string())
        .try_collect()
        .await
}

#[tokio::test]
async fn the_next_link_is_sent_to_the_letter() {
    let service = linking(&["3", "2"], QUERY).await;
    then_page(&service, &["1"], None);

    let list = service.thread_client().list_messages().page_size(2);

    assert_eq!(ids(list.into_stream()).await.unwrap(), ["3", "2", "1"]);
    let requests = service.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        (requests[1].method.as_str(), requests[1].target.as_str()),
        ("GET", &*format!("{MESSAGES_PATH}{QUERY}"))
    );
    for name in ["authorization", "accept"] {
        assert_eq!(requests[1].header(name), requests[0].header(name));
    }
    assert_eq!(requests[1].header("api-version"), None);
    assert!(requests[1].header("x-ms-client-request-id").is_some());
}

#[tokio::test]
async fn an_empty_page_in_the_middle_is_skipped() {
    let service = linking(&["2"], "?a").await;
    then_page(&service, &[], Some("?b"));
    then_page(&service, &[], Some("?c"));
    then_page(&service, &["1"], None);

    let mut pages = service.thread_client().list_messages().into_pages();

    let mut sizes = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        sizes.push(page.items().len());
    }
    assert_eq!(sizes, [1, 1]);
    assert_eq!(service.calls(), 4);
}

#[tokio::test]
async fn a_list_may_end_in_an_empty_page_or_an_empty_link() {
    let service = linking(&["1"], "?a").await;
    then_page(&service, &[], None);
    assert_eq!(
        ids(service.thread_client().list_messages().into_stream())
            .await
            .unwrap(),
        ["1"]
    );
    assert_eq!(service.calls(), 2);

    let service = MockService::start([Answer::json(200, &messages(&["1"], Some("")))]).await;
    assert_eq!(
        ids(service.thread_client().list_messages().into_stream())
            .await
            .unwrap(),
        ["1"]
    );
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn nothing_is_sent_before_a_stream_is_polled() {
    let service = linking(&["2", "1"], "?a").await;

    let list = service.thread_client().list_messages();
    assert_eq!(service.calls(), 0);
    let mut items = list.into_stream();
    assert_eq!(service.calls(), 0);
    items.try_next().await.unwrap();
    assert_eq!(service.calls(), 1);
    // The second item is of the page at hand.
    items.try_next().await.unwrap();
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn dropping_a_stream_midway_leaves_the_client_usable() {
    let service = linking(&["2", "1"], "?a").await;
    let thread = service.thread_client();
    let mut items = thread.list_messages().into_stream();
    items.try_next().await.unwrap();
    drop(items);
    // And one that has been polled without waiting for its answer.
    then_page(&service, &["9"], None);
    let mut pages = thread.list_messages().into_pages();
    assert!(pages.next().now_or_never().is_none());
    drop(pages);

    service.then(Answer::status(200));
    service.then(Answer::status(200));
    let _ = thread.send_typing_notification().await;
    thread.send_typing_notification().await.unwrap();
}

#[tokio::test]
async fn an_error_on_a_later_page_comes_after_the_items_before_it_and_the_page_is_asked_for_again()
{
    let service = linking(&["2", "1"], "?a").await;
    service.then(Answer::status(429).header("retry-after", "3"));
    then_page(&service, &["0"], None);

    let mut items = service.thread_client().list_messages().into_stream();

    assert!(items.try_next().await.unwrap().is_some());
    assert!(items.try_next().await.unwrap().is_some());
    let error = items.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert_eq!(error.retry_after().unwrap().as_secs(), 3);
    assert_eq!(error.operation(), Some("listChatMessages"));
    assert_eq!(error.continuation(), items.continuation());
    assert!(items.continuation().is_some());

    assert_eq!(items.try_next().await.unwrap().unwrap().id().as_str(), "0");
    assert!(items.try_next().await.unwrap().is_none());
    let requests = service.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[1].target, requests[2].target);
}

#[tokio::test]
async fn every_list_follows_its_links() {
    let service = MockService::unused().await;
    let link = |path: &str| format!("{}/chat/threads{path}", service.endpoint());
    let participant = json!({ "communicationIdentifier": user("8:acs:res_bob") });
    let pages = [
        json!({ "value": [thread_item(THREAD)], "nextLink": link("?a") }),
        json!({ "value": [thread_item(THREAD)] }),
        json!({ "value": [participant], "nextLink": link(&format!("/{THREAD}/participants?a")) }),
        json!({ "value": [participant] }),
        json!({ "value": [read_receipt("1")], "nextLink": link(&format!("/{THREAD}/readReceipts?a")) }),
        json!({ "value": [read_receipt("2")] }),
    ];
    for page in &pages {
        service.then(Answer::json(200, page));
    }

    let (client, thread) = (service.chat_client(), service.thread_client());
    assert_eq!(client.list_chat_threads().into_stream().count().await, 2);
    assert_eq!(
        thread
            .list_participants()
            .skip(1)
            .into_stream()
            .count()
            .await,
        2
    );
    assert_eq!(
        thread
            .list_read_receipts()
            .page_size(1)
            .into_stream()
            .count()
            .await,
        2
    );

    let targets: Vec<_> = service
        .requests()
        .into_iter()
        .map(|request| request.target)
        .collect();
    assert_eq!(targets.len(), 6);
    assert_eq!(
        [&targets[1], &targets[3], &targets[5]],
        [
            "/chat/threads?a",
            &*format!("/chat/threads/{THREAD}/participants?a"),
            &*format!("/chat/threads/{THREAD}/readReceipts?a"),
        ]
    );
}

#[tokio::test]
async fn a_list_behind_a_gateway_goes_on_though_its_links_lack_the_path_of_the_gateway() {
    let service = linking(&["2"], QUERY).await;
    then_page(&service, &["1"], None);
    let endpoint = format!("{}/acs/eu/", service.endpoint());
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let client = ChatClient::new(endpoint, credential).unwrap();

    let list = client.chat_thread_client(THREAD).list_messages();

    assert_eq!(ids(list.into_stream()).await.unwrap(), ["2", "1"]);
    let requests = service.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[0].target.starts_with("/acs/eu/chat/threads/"));
    assert_eq!(requests[1].target, format!("/acs/eu{MESSAGES_PATH}{QUERY}"));
}

#[tokio::test]
async fn an_unreadable_item_is_an_error_and_the_list_goes_on_after_it() {
    let service = MockService::unused().await;
    let link = format!("{}/chat/threads?a", service.endpoint());
    let mut unreadable = thread_item("b");
    unreadable["topic"] = json!(null);
    let page =
        json!({ "value": [thread_item("a"), unreadable, thread_item("c")], "nextLink": link });
    let last = json!({ "value": [thread_item("d")] });
    for page in [&page, &last, &page, &last] {
        let answer = Answer::json(200, page).header("ms-cv", "cv.1");
        service.then(answer.header("x-ms-request-id", "id.1"));
    }
    let client = service.chat_client();

    let items: Vec<_> = client
        .list_chat_threads()
        .into_stream()
        .map(|item| item.map(|thread| thread.id().to_string()))
        .collect()
        .await;
    let read: Vec<_> = items.iter().map(|item| item.as_deref().ok()).collect();
    assert_eq!(read, [Some("a"), None, Some("c"), Some("d")]);
    let error = items[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_eq!(error.operation(), Some("listChatThreads"));
    assert!(
        error
            .to_string()
            .ends_with("(status 200): item 2 of the page: its field `topic` [MS-CV cv.1]"),
        "{error}"
    );
    assert!(!error.is_retryable());
    assert_eq!(error.http_status(), Some(200));
    assert_eq!(error.ms_cv(), Some("cv.1"));
    assert_eq!(error.request_id(), Some("id.1"));
    assert_eq!(error.retry_info().attempts(), 1);
    let sent = &service.requests()[0];
    let client_request_id = error.client_request_id().map(|id| id.to_string());
    assert_eq!(
        client_request_id.as_deref(),
        sent.header("x-ms-client-request-id")
    );

    let mut pages = client.list_chat_threads().into_pages();
    let page = pages.try_next().await.unwrap().unwrap();
    assert_eq!((page.items().len(), page.unreadable().len()), (2, 1));
    assert!(page.continuation().is_some());
    assert_eq!(service.calls(), 3);
}
