//! Where messages with a key are looked for, and what becomes of copies.

use std::time::Duration;

use chat::ErrorKind;
use chat::models::{ChatMessageId, SendKey};
use chat_tests::mock::{Answer, MESSAGES_PATH, MockService, message};
use serde_json::json;

use super::{KEY_ID, key, page, sent, targets, thread_client};

#[tokio::test]
async fn a_key_from_an_earlier_run_is_looked_for_over_several_pages_before_anything_is_sent() {
    let service = MockService::unused().await;
    let next = format!("{}{MESSAGES_PATH}?next", service.endpoint());
    service.then(page(&["9", "8"], &[], Some(&next)));
    service.then(page(&["7", "6"], &["7"], None));

    let sent = thread_client(&service)
        .send_message("hello")
        .exactly_once_with(key())
        .await
        .unwrap();

    assert_eq!(sent.id().as_str(), "7");
    assert_eq!(targets(&service), ["GET messages", "GET messages"]);
}

/// A page with one message, which was created then.
fn page_from(id: &str, created_on: &str, next_link: &str) -> Answer {
    let mut message = message(id);
    message["createdOn"] = created_on.into();
    Answer::json(200, &json!({ "value": [message], "nextLink": next_link }))
}

#[tokio::test]
async fn the_search_ends_ten_minutes_before_the_key_and_goes_past_what_was_edited() {
    let service = MockService::unused().await;
    let next = |page: u32| format!("{}{MESSAGES_PATH}?{page}", service.endpoint());
    let mut edited = message("9");
    edited["createdOn"] = "2020-01-01T00:00:00Z".into();
    edited["editedOn"] = "2021-09-07T20:00:00Z".into();
    let first = json!({ "value": [edited, message("8")], "nextLink": next(2) });
    service.then(Answer::json(200, &first));
    // The key is of 19:56:40.
    service.then(page_from("7", "2021-09-07T19:46:40Z", &next(3)));
    service.then(page_from("6", "2021-09-07T19:46:39Z", &next(4)));

    let found = thread_client(&service).find_messages(key()).await.unwrap();

    assert!(found.is_empty());
    assert_eq!(
        targets(&service),
        ["GET messages", "GET messages", "GET messages"]
    );
}

#[tokio::test]
async fn where_a_message_can_not_be_read_nothing_is_sent() {
    let service = MockService::unused().await;
    let mut unreadable = message("8");
    unreadable["sequenceId"] = json!(null);
    let body = json!({ "value": [message("9"), unreadable] });
    service.then(Answer::json(200, &body));

    let send = thread_client(&service).send_message("hello");
    let error = send.exactly_once_with(key()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(targets(&service), ["GET messages"]);
}

#[tokio::test]
async fn a_key_from_before_any_answer_is_searched_for_no_further_back_than_its_first_send() {
    let service = MockService::start([Answer::status(503)]).await;
    let next = format!("{}{MESSAGES_PATH}?next", service.endpoint());
    service.then(page(&["5"], &[], Some(&next)));
    service.then(sent("7"));
    service.then(page(&["7"], &[], Some(&next)));

    let send = thread_client(&service).send_message("hello").exactly_once();
    let sent = send.settle(Duration::ZERO).await.unwrap();

    assert_eq!(sent.exactly_once().unwrap().resends(), 1);
    let expected = ["POST messages", "GET messages"].repeat(2);
    assert_eq!(targets(&service), expected);
}

#[tokio::test]
async fn found_messages_are_ordered_by_their_age_wherever_they_lie() {
    let service = MockService::start([page(&["100", "9", "10"], &["9", "10", "100"], None)]).await;
    let found = thread_client(&service).find_messages(key()).await.unwrap();
    assert_eq!(found, ["9", "10", "100"].map(ChatMessageId::from));
}

#[tokio::test]
async fn copies_are_reported_and_deleted_on_request_and_the_oldest_stays() {
    for delete in [false, true] {
        let service = MockService::start([
            page(&["5"], &[], None),
            sent("10"),
            page(&["10", "9", "5"], &["10", "9"], None),
            Answer::status(204),
        ])
        .await;
        let send = thread_client(&service)
            .send_message("hello")
            .exactly_once_with(key())
            .settle(Duration::ZERO);
        let send = if delete {
            send.delete_duplicates()
        } else {
            send
        };

        let (sent, info) = send.send_with_info().await.unwrap().into_parts();

        let report = sent.exactly_once().unwrap();
        assert_eq!((sent.id().as_str(), report.resends()), ("9", 0));
        assert_eq!(info.retry_info().attempts(), 3);
        let copies =
            |ids: &[ChatMessageId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let ten = vec!["10".to_owned()];
        let (left, deleted) = if delete { (vec![], ten) } else { (ten, vec![]) };
        assert_eq!(copies(report.duplicates()), left);
        assert_eq!(copies(report.deleted_duplicates()), deleted);
        let mut expected = vec!["GET messages", "POST messages", "GET messages"];
        expected.extend(delete.then_some("DELETE 10"));
        assert_eq!(targets(&service), expected);
    }
}

#[tokio::test]
async fn a_copy_that_somebody_edited_is_not_deleted() {
    let mut copies = [message("10"), message("9")];
    for copy in &mut copies {
        copy["metadata"] = json!({ (SendKey::METADATA): KEY_ID });
    }
    copies[0]["editedOn"] = "2021-09-07T20:00:00Z".into();
    let service = MockService::start([Answer::json(200, &json!({ "value": copies }))]).await;
    let send = thread_client(&service)
        .send_message("hello")
        .exactly_once_with(key())
        .delete_duplicates();

    let sent = send.await.unwrap();

    let report = sent.exactly_once().unwrap();
    assert_eq!((sent.id().as_str(), report.duplicates().len()), ("9", 1));
    assert_eq!(targets(&service), ["GET messages"]);
}
