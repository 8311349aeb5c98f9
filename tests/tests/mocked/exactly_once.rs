//! Messages that are stored exactly once: what is sent, looked for, and sent again.

use std::time::Duration;

use chat::{ChatThreadClient, ErrorKind, RetryOptions, SendKey};
use chat_tests::mock::{Answer, MESSAGE, MockService, THREAD, message, thread};
use serde_json::{Value, json};

const KEY: &str = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff@1631044600";
const KEY_ID: &str = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

fn key() -> SendKey {
    KEY.parse().unwrap()
}

fn thread_client(service: &MockService) -> ChatThreadClient {
    let retry = RetryOptions::exponential().initial_delay(Duration::ZERO);
    let client = service.chat_client_builder().retry(retry).build().unwrap();
    client.chat_thread_client(THREAD)
}

/// A page of messages with these ids, newest first, of which those in `keyed` have the key.
fn page(ids: &[&str], keyed: &[&str], next_link: Option<&str>) -> Answer {
    let mut page = json!({ "value": [] });
    for id in ids {
        let mut message = message(id);
        if keyed.contains(id) {
            message["metadata"] = json!({ (SendKey::METADATA): KEY_ID });
        }
        page["value"].as_array_mut().unwrap().push(message);
    }
    if let Some(link) = next_link {
        page["nextLink"] = link.into();
    }
    Answer::json(200, &page)
}

fn sent(id: &str) -> Answer {
    Answer::json(201, &json!({ "id": id }))
}

fn targets(service: &MockService) -> Vec<String> {
    let requests = service.requests();
    let path = |request: &chat_tests::mock::ReceivedRequest| {
        let last = request.path().rsplit('/').next().unwrap_or_default();
        format!("{} {last}", request.method)
    };
    requests.iter().map(path).collect()
}

#[tokio::test]
async fn a_fresh_key_is_of_the_services_time_and_travels_in_the_metadata() {
    let service = MockService::start([Answer::json(200, &thread()), sent("1"), sent("2")]).await;
    let thread = thread_client(&service);

    let first = thread
        .send_message("hello")
        .metadata([("a", "b")])
        .exactly_once()
        .await
        .unwrap();
    let second = thread.send_message("hello").exactly_once().await.unwrap();

    // The time is asked for once; nothing is looked for where all goes well.
    let requests = service.requests();
    assert_eq!(requests.len(), 3);
    for (request, result) in requests[1..].iter().zip([&first, &second]) {
        let report = result.exactly_once().unwrap();
        let key = Value::from(report.key().id().to_string());
        assert_eq!(request.json()["metadata"][SendKey::METADATA], key);
        assert_eq!(report.resends(), 0);
    }
    assert_eq!(requests[1].json()["metadata"]["a"], "b");
    let keys = [first, second].map(|sent| sent.exactly_once().unwrap().key().clone());
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn a_plain_message_has_no_key() {
    let service = MockService::start([sent("1")]).await;
    let sent = thread_client(&service).send_message("hello").await.unwrap();
    assert!(sent.exactly_once().is_none());
    assert_eq!(service.only_request().json().get("metadata"), None);
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_found_and_not_sent_again() {
    let service = MockService::start([Answer::json(200, &thread())]).await;
    let thread = thread_client(&service);
    let key = thread.new_send_key().await.unwrap();
    service.then(Answer::status(503));
    // The key is the client's own, so the answer has to be written with it.
    let mut found = message(MESSAGE);
    found["metadata"] = json!({ (SendKey::METADATA): key.id().to_string() });
    service.then(Answer::json(200, &json!({ "value": [found] })));

    let sent = thread
        .send_message("hello")
        .exactly_once_with(&key)
        .await
        .unwrap();

    assert_eq!(sent.id().as_str(), MESSAGE);
    assert_eq!(sent.exactly_once().unwrap().resends(), 0);
    assert_eq!(service.calls(), 3);
    assert_eq!(
        service.requests()[2].query()[1],
        ("maxPageSize".into(), "200".into())
    );
}

#[tokio::test]
async fn a_key_from_an_earlier_run_is_looked_for_over_several_pages_before_anything_is_sent() {
    let service = MockService::unused().await;
    let next = format!("{}/next", service.endpoint());
    service.then(page(&["9", "8"], &[], Some(&next)));
    service.then(page(&["7", "6"], &["7"], None));

    let sent = thread_client(&service)
        .send_message("hello")
        .exactly_once_with(key())
        .await
        .unwrap();

    assert_eq!(sent.id().as_str(), "7");
    assert_eq!(targets(&service), ["GET messages", "GET next"]);
}

#[tokio::test]
async fn the_search_ends_at_what_is_older_than_the_key_and_goes_past_what_was_edited() {
    let service = MockService::unused().await;
    let next = format!("{}/next", service.endpoint());
    let mut edited = message("9");
    edited["createdOn"] = "2020-01-01T00:00:00Z".into();
    edited["editedOn"] = "2021-09-07T20:00:00Z".into();
    let mut old = message("1");
    old["createdOn"] = "2021-09-07T19:54:00Z".into();
    let body = json!({ "value": [edited, message("8"), old], "nextLink": next });
    service.then(Answer::json(200, &body));

    let found = thread_client(&service).find_messages(key()).await.unwrap();

    assert!(found.is_empty());
    assert_eq!(service.calls(), 1, "the link is not followed");
}

#[tokio::test]
async fn what_is_not_there_is_sent_again_and_copies_are_reported_and_deleted_on_request() {
    for delete in [false, true] {
        let service = MockService::start([
            page(&["5"], &[], None),
            page(&["5"], &[], None),
            sent("7"),
            page(&["7", "6", "5"], &["7", "6"], None),
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

        let sent = send.await.unwrap();

        let report = sent.exactly_once().unwrap();
        assert_eq!((sent.id().as_str(), report.resends()), ("7", 1));
        let copies =
            |ids: &[chat::ChatMessageId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let six = vec!["6".to_owned()];
        let (left, deleted) = if delete { (vec![], six) } else { (six, vec![]) };
        assert_eq!(copies(report.duplicates()), left);
        assert_eq!(copies(report.deleted_duplicates()), deleted);
        let mut expected = vec![
            "GET messages",
            "GET messages",
            "POST messages",
            "GET messages",
        ];
        expected.extend(delete.then_some("DELETE 6"));
        assert_eq!(targets(&service), expected);
    }
}

#[tokio::test]
async fn who_may_not_list_is_left_in_doubt_with_the_key() {
    let service = MockService::start([
        Answer::json(200, &thread()),
        Answer::status(503),
        Answer::status(403),
    ])
    .await;
    let thread = thread_client(&service);

    let error = thread
        .send_message("hello")
        .exactly_once()
        .await
        .unwrap_err();

    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.http_status(), Some(503));
    let key = error.send_key().unwrap();
    assert_eq!(
        service.requests()[1].json()["metadata"][SendKey::METADATA],
        key.id().to_string()
    );
    assert_eq!(service.calls(), 3, "nothing is sent again");
}

#[tokio::test]
async fn a_refusal_is_returned_with_the_key_and_nothing_is_looked_for() {
    let service = MockService::start([Answer::json(200, &thread()), Answer::status(403)]).await;
    let error = thread_client(&service)
        .send_message("hello")
        .exactly_once()
        .await
        .unwrap_err();
    assert!(error.is_forbidden() && error.send_key().is_some());
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn an_unreadable_answer_that_names_the_message_is_as_good_as_a_readable_one() {
    let location = "https://h/chat/threads/19%3Aabc/messages/17";
    let unreadable = Answer::status(201).header("location", location).body("{");
    let service = MockService::start([Answer::json(200, &thread()), unreadable]).await;
    let sent = thread_client(&service)
        .send_message("hello")
        .exactly_once()
        .await
        .unwrap();
    assert_eq!(sent.id().as_str(), "17");
    assert_eq!(service.calls(), 2);
}
