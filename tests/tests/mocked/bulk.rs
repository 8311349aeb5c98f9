//! Many messages in one go.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chat::{ChatMessageType, ErrorKind};
use chat_tests::mock::{Answer, MockService};
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
    let thread = chat_tests::mock::thread();
    let service = MockService::start([Answer::json(200, &thread), sent(1), sent(2)]).await;
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
