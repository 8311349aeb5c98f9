//! Many messages in one go.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chat::ErrorKind;
use chat::models::{ChatMessageType, SendKey};
use chat_tests::mock::{Answer, MockService, THREAD, message, thread};
use futures_util::{StreamExt, stream};
use serde_json::json;

fn sent(id: usize) -> Answer {
    Answer::json(201, &json!({ "id": id.to_string() }))
}

#[tokio::test]
async fn messages_are_sent_in_their_order_and_each_has_its_own_outcome() {
    let service = MockService::start([sent(1), Answer::status(403), sent(3)]).await;
    let mut outcomes = service
        .thread_client()
        .send_messages(stream::iter(["a", "b", "c"]))
        .configure(|message| message.message_type(ChatMessageType::Html))
        .into_stream();
    assert_eq!(
        service.calls(),
        0,
        "nothing is sent before the stream is polled"
    );

    assert_eq!(outcomes.next().await.unwrap().unwrap().id().as_str(), "1");
    assert_eq!(service.calls(), 1, "one message is under way at a time");
    let refused = outcomes.next().await.unwrap().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden);
    assert_eq!(outcomes.next().await.unwrap().unwrap().id().as_str(), "3");
    assert!(outcomes.next().await.is_none());

    let contents = service
        .requests()
        .iter()
        .map(|request| {
            let body = request.json();
            assert_eq!(body["type"], "html");
            body["content"].as_str().unwrap().to_owned()
        })
        .collect::<Vec<_>>();
    assert_eq!(contents, ["a", "b", "c"]);
}

#[tokio::test]
async fn each_outcome_has_what_came_with_it() {
    let busy = Answer::status(429).header("retry-after", "0");
    let stored = sent(2).header("ms-cv", "cv.2");
    let service = MockService::start([sent(1), Answer::status(403), busy, stored]).await;
    let mut outcomes = service
        .chat_client_builder()
        .build()
        .unwrap()
        .chat_thread_client(THREAD)
        .send_messages(stream::iter(["a", "b", "c"]))
        .into_stream_with_info();

    let first = outcomes.next().await.unwrap().unwrap();
    assert_eq!(first.value().id().as_str(), "1");
    assert_eq!(first.info().status(), Some(201));
    assert_eq!(first.info().retry_info().attempts(), 1);
    let refused = outcomes.next().await.unwrap().unwrap_err();
    assert_eq!(refused.http_status(), Some(403));
    let third = outcomes.next().await.unwrap().unwrap();
    assert_eq!(third.value().id().as_str(), "2");
    assert_eq!(third.info().ms_cv(), Some("cv.2"));
    assert_eq!(third.info().retry_info().attempts(), 2);
    assert!(outcomes.next().await.is_none());
}

#[tokio::test]
async fn no_more_messages_are_taken_than_may_be_under_way() {
    let service = MockService::start((0..100).map(sent)).await;
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    let endless = stream::repeat_with(move || {
        count.fetch_add(1, Ordering::SeqCst);
        "hello"
    });
    let outcomes = service
        .thread_client()
        .send_messages(endless)
        .concurrency(4)
        .into_stream();

    let done = outcomes
        .take(20)
        .filter(|outcome| std::future::ready(outcome.is_ok()))
        .count()
        .await;

    assert_eq!(done, 20);
    assert!(taken.load(Ordering::SeqCst) <= 24);
    assert!(service.calls() <= 24);
}

#[tokio::test]
async fn each_message_has_a_key_of_its_own_where_it_is_to_be_stored_once() {
    let service = MockService::start([sent(1), sent(2)]).await;
    let mut outcomes = service
        .thread_client()
        .send_messages(stream::iter(["a".to_owned(), "b".to_owned()]))
        .exactly_once(Duration::ZERO)
        .into_stream();
    let mut keys = Vec::new();
    while let Some(outcome) = outcomes.next().await {
        keys.push(outcome.unwrap().exactly_once().unwrap().key().id());
    }
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn after_a_crash_the_same_keys_send_only_what_is_not_there() {
    let service = MockService::start([Answer::json(200, &thread())]).await;
    let client = service.thread_client();
    let mut outbox = Vec::new();
    for content in ["a", "b"] {
        let key = client.new_send_key().await.unwrap();
        outbox.push((key.to_string(), content));
    }
    let mut there = message("1");
    let key: SendKey = outbox[0].0.parse().unwrap();
    there["metadata"] = json!({ (SendKey::METADATA): key.id().to_string() });
    let page = Answer::json(200, &json!({ "value": [there] }));
    // The first is there. The second is not, and is looked for once more when it has been sent.
    for answer in [page.clone(), page.clone(), sent(2), page] {
        service.then(answer);
    }

    let stored = outbox.into_iter().map(|(key, content)| {
        let key: SendKey = key.parse().unwrap();
        (key, content)
    });
    let mut outcomes = client
        .send_messages_with_keys(stream::iter(stored))
        .exactly_once(Duration::ZERO)
        .into_stream();

    assert_eq!(outcomes.next().await.unwrap().unwrap().id().as_str(), "1");
    assert_eq!(outcomes.next().await.unwrap().unwrap().id().as_str(), "2");
    assert!(outcomes.next().await.is_none());
    let requests = service.requests();
    let posts: Vec<_> = requests
        .iter()
        .filter(|request| request.method == "POST")
        .map(|request| request.json()["content"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((posts, requests.len()), (vec!["b".to_owned()], 5));
}

#[tokio::test]
async fn messages_with_keys_need_nothing_else_to_be_stored_once() {
    let service = MockService::start([Answer::json(200, &thread()), sent(1)]).await;
    let client = service.thread_client();
    let key = client.new_send_key().await.unwrap();
    let messages = stream::iter([(key.clone(), "a")]);
    let mut outcomes = client.send_messages_with_keys(messages).into_stream();
    let sent = outcomes.next().await.unwrap().unwrap();
    assert_eq!(sent.exactly_once().unwrap().key(), &key);
}
