//! Typing notifications and read receipts.

use chat_tests::mock::{Answer, MESSAGE, MockService, THREAD_IN_PATH, read_receipt};
use serde_json::json;
use time::macros::datetime;

fn path(what: &str) -> String {
    format!("/chat/threads/{THREAD_IN_PATH}/{what}")
}

#[tokio::test]
async fn a_typing_notification_without_a_name_is_an_empty_object() {
    let service = MockService::start([Answer::status(200)]).await;

    service
        .thread_client()
        .send_typing_notification()
        .await
        .unwrap();

    service
        .only_request()
        .assert_chat("POST", &path("typing"), &[], Some(&json!({})));
}

#[tokio::test]
async fn a_typing_notification_sends_the_name() {
    let service = MockService::start([Answer::status(200)]).await;

    let notification = service.thread_client().send_typing_notification();
    notification
        .sender_display_name("Alice")
        .send()
        .await
        .unwrap();

    let body = json!({ "senderDisplayName": "Alice" });
    service
        .only_request()
        .assert_chat("POST", &path("typing"), &[], Some(&body));
}

#[tokio::test]
async fn a_read_receipt_names_the_message() {
    let service = MockService::start([Answer::status(200)]).await;

    service
        .thread_client()
        .send_read_receipt(MESSAGE)
        .await
        .unwrap();

    let body = json!({ "chatMessageId": MESSAGE });
    service
        .only_request()
        .assert_chat("POST", &path("readReceipts"), &[], Some(&body));
}

#[tokio::test]
async fn listing_read_receipts_sends_no_parameter_that_was_not_set() {
    let page = json!({ "value": [read_receipt(MESSAGE)] });
    let service = MockService::start([Answer::json(200, &page)]).await;

    let mut list = service.thread_client().list_read_receipts().into_stream();
    let receipt = list.try_next().await.unwrap().unwrap();

    assert!(list.try_next().await.unwrap().is_none());
    service
        .only_request()
        .assert_chat("GET", &path("readReceipts"), &[], None);
    assert_eq!(receipt.chat_message_id().as_str(), MESSAGE);
    assert_eq!(receipt.sender().unwrap().raw_id(), "8:acs:res_bob");
    assert_eq!(receipt.read_on(), datetime!(2021-09-07 19:58:00 UTC));
}

#[tokio::test]
async fn listing_read_receipts_sends_page_size_and_skip() {
    let service = MockService::start([Answer::json(200, &json!({ "value": [] }))]).await;

    let list = service
        .thread_client()
        .list_read_receipts()
        .page_size(1)
        .skip(2);
    assert!(list.into_stream().try_next().await.unwrap().is_none());

    let query = [("maxPageSize", "1"), ("skip", "2")];
    service
        .only_request()
        .assert_chat("GET", &path("readReceipts"), &query, None);
}
