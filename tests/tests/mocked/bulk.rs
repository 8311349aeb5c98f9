//! Many messages in one go.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chat::ErrorKind;
use chat::models::{ChatMessageType, SendKey};
use chat_tests::mock::{Answer, MockService, message, thread};
use futures_util::{FutureExt, StreamExt, stream};
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;

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

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The warnings that come of dropping the stream after polling it so often.
fn warnings_of_dropping(polls: usize, mut outcomes: chat::operations::SendStream) -> String {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        for _ in 0..polls {
            assert!(outcomes.next().now_or_never().is_none());
        }
        drop(outcomes);
    });
    let written = captured.0.lock().unwrap().clone();
    String::from_utf8(written).unwrap()
}

#[tokio::test]
async fn dropping_the_stream_says_how_many_messages_were_in_flight() {
    let service = MockService::unused().await;
    let outcomes = || {
        let contents = stream::iter(["a", "b", "c"]);
        let messages = service.thread_client().send_messages(contents);
        messages.concurrency(2).into_stream()
    };
    assert_eq!(warnings_of_dropping(0, outcomes()), "");
    let warning = warnings_of_dropping(1, outcomes());
    assert!(warning.contains("in_flight=2"), "{warning}");

    service.then(sent(1));
    let contents = stream::iter(["a"]);
    let mut done = service
        .thread_client()
        .send_messages(contents)
        .into_stream();
    assert!(done.next().await.unwrap().is_ok());
    assert_eq!(warnings_of_dropping(0, done), "");
}
