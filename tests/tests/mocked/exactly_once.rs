//! Messages that are stored exactly once: what is sent, looked for, and sent again.

mod search;

use std::time::Duration;

use chat::models::SendKey;
use chat::{ChatClient, ChatThreadClient, CommunicationTokenCredential, ErrorKind, RetryOptions};
use chat_tests::mock::{Answer, MESSAGE, MockService, RawService, THREAD, TOKEN, message, thread};
use serde_json::{Value, json};
use time::OffsetDateTime;

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

/// A page with one message, [`MESSAGE`], which has this key.
fn page_with(key: &SendKey) -> Answer {
    let mut found = message(MESSAGE);
    found["metadata"] = json!({ (SendKey::METADATA): key.id().to_string() });
    Answer::json(200, &json!({ "value": [found] }))
}

#[tokio::test]
async fn a_fresh_key_travels_in_the_metadata_and_takes_no_further_request() {
    let service = MockService::start([sent("1"), sent("2")]).await;
    let thread = thread_client(&service);

    let first = thread
        .send_message("hello")
        .metadata([("a", "b")])
        .exactly_once()
        .await
        .unwrap();
    let second = thread.send_message("hello").exactly_once().await.unwrap();

    let requests = service.requests();
    assert_eq!(requests.len(), 2);
    for (request, result) in requests.iter().zip([&first, &second]) {
        let report = result.exactly_once().unwrap();
        let key = Value::from(report.key().id().to_string());
        assert_eq!(request.json()["metadata"][SendKey::METADATA], key);
        assert_eq!(report.resends(), 0);
        let age = OffsetDateTime::now_utc() - report.key().not_before();
        assert!(age < time::Duration::MINUTE, "the answer has told the time");
    }
    assert_eq!(requests[0].json()["metadata"]["a"], "b");
    let keys = [first, second].map(|sent| sent.exactly_once().unwrap().key().clone());
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn the_time_is_asked_for_where_no_success_has_told_it() {
    let service = MockService::start([Answer::status(403), Answer::json(200, &thread())]).await;
    let thread = thread_client(&service);
    assert!(thread.properties().await.unwrap_err().is_forbidden());
    for _ in 0..2 {
        let key = thread.new_send_key().await.unwrap();
        let age = OffsetDateTime::now_utc() - key.not_before();
        assert!(age < time::Duration::MINUTE);
    }
    assert_eq!(service.calls(), 2);
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
    service.then(page_with(&key));

    let sent = thread
        .send_message("hello")
        .exactly_once_with(&key)
        .send_with_info()
        .await
        .unwrap();

    let (sent, info) = sent.into_parts();
    assert_eq!(sent.id().as_str(), MESSAGE);
    assert_eq!(sent.exactly_once().unwrap().resends(), 0);
    assert_eq!(info.retry_info().attempts(), 2, "the send and the look");
    assert_eq!(service.calls(), 3);
    assert_eq!(
        service.requests()[2].query()[1],
        ("maxPageSize".into(), "200".into())
    );
}

#[tokio::test]
async fn a_stored_key_is_sent_with_where_nothing_is_to_be_repeated() {
    let service = MockService::start([page(&["5"], &[], None), sent("7")]).await;
    service.then(page(&["7", "5"], &["7"], None));
    let sent = service
        .thread_client()
        .send_message("hello")
        .exactly_once_with(key())
        .settle(Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(sent.id().as_str(), "7");
    assert_eq!(sent.exactly_once().unwrap().resends(), 0);
}

#[tokio::test]
async fn a_list_that_fails_in_a_passing_way_is_asked_for_again() {
    let service = MockService::start([Answer::status(503)]).await;
    let key = key();
    service.then(page_with(&key));
    let sent = service
        .thread_client()
        .send_message("hello")
        .exactly_once_with(key)
        .await;
    assert_eq!(sent.unwrap().id().as_str(), MESSAGE);
    assert_eq!(targets(&service), ["GET messages"; 2]);
}

#[tokio::test]
async fn calls_with_the_same_key_wait_for_each_other() {
    let service = MockService::start([page(&["5"], &[], None), sent("7")]).await;
    service.then(page(&["7", "5"], &["7"], None));
    service.then(page(&["7", "5"], &["7"], None));
    // They share neither a client nor the key.
    let send = || {
        let send = thread_client(&service).send_message("hello");
        send.exactly_once_with(key()).settle(Duration::ZERO).send()
    };

    let (first, second) = tokio::join!(send(), send());

    assert_eq!(first.unwrap().id().as_str(), "7");
    assert_eq!(second.unwrap().id().as_str(), "7");
    let posts = targets(&service)
        .iter()
        .filter(|target| target.starts_with("POST"))
        .count();
    assert_eq!((posts, service.calls()), (1, 4));
}

#[tokio::test]
async fn a_deadline_before_the_next_look_leaves_in_doubt_with_the_key() {
    // However slow the machine is, there is time for two requests, and none for what the service asks for.
    let later = Answer::status(503).header("retry-after", "3600");
    let service = MockService::start([Answer::status(503), later]).await;
    let send = service.thread_client().send_message("hello").exactly_once();
    let error = send.timeout(Duration::from_secs(60)).await.unwrap_err();
    assert!(error.is_outcome_unknown() && error.send_key().is_some());
    assert_eq!(error.operation(), Some("sendChatMessage"));
    assert_eq!(error.retry_info().attempts(), 2);
    assert_eq!(targets(&service), ["POST messages", "GET messages"]);
}

#[tokio::test]
async fn a_key_stays_fresh_until_a_request_with_it_may_have_been_carried_out() {
    let nobody = RawService::nobody().await;
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let builder = ChatClient::builder(nobody, credential).retry(RetryOptions::none());
    let nobody = builder.build().unwrap();
    let service = MockService::start([Answer::status(403), Answer::status(503)]).await;
    service.then(Answer::status(403));
    let here = service.thread_client();

    let send = nobody.chat_thread_client(THREAD).send_message("hello");
    let error = send.exactly_once().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let key = error.send_key().unwrap();
    let send = |thread: &ChatThreadClient| thread.send_message("hello").exactly_once_with(key);

    let error = send(&service.chat_client().chat_thread_client(".."))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(error.send_key(), Some(key));
    assert_eq!(error.effect(), chat::RequestEffect::NotCarriedOut);

    assert!(send(&here).await.unwrap_err().is_forbidden());
    assert_eq!(targets(&service), ["POST messages"]);

    // It is still as good as new; now a request is in doubt.
    assert!(send(&here).await.unwrap_err().is_outcome_unknown());
    assert_eq!(targets(&service)[1..], ["POST messages", "GET messages"]);

    service.then(page_with(key));
    assert_eq!(send(&here).await.unwrap().id().as_str(), MESSAGE);
    assert_eq!(targets(&service)[3..], ["GET messages"]);
}

#[tokio::test]
async fn who_may_not_list_is_left_in_doubt_with_the_key() {
    let service = MockService::start([Answer::status(503), Answer::status(403)]).await;
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
        service.requests()[0].json()["metadata"][SendKey::METADATA],
        key.id().to_string()
    );
    assert_eq!(service.calls(), 2, "nothing is sent again");
}

#[tokio::test]
async fn a_refusal_is_returned_with_the_key_and_nothing_is_looked_for() {
    let service = MockService::start([Answer::status(403)]).await;
    let error = thread_client(&service)
        .send_message("hello")
        .exactly_once()
        .await
        .unwrap_err();
    assert!(error.is_forbidden() && error.send_key().is_some());
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn an_unreadable_answer_that_names_the_message_is_as_good_as_a_readable_one() {
    let location = "https://h/chat/threads/19%3Aabc/messages/17";
    let unreadable = Answer::status(201).header("location", location).body("{");
    let service = MockService::start([unreadable]).await;
    let sent = thread_client(&service)
        .send_message("hello")
        .exactly_once()
        .await
        .unwrap();
    assert_eq!(sent.id().as_str(), "17");
    assert_eq!(service.calls(), 1);
}
