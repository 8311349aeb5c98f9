//! The spans of calls: names and fields are public interface, described on the front page of the
//! crate. And the warning of messages that were cancelled.
//!
//! A program of its own: see [`watch`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Once;
use std::time::Duration;

use chat::operations::SendStream;
use chat::{ChatClient, RetryOptions};
use chat_tests::mock::{Answer, CONTENT, MESSAGE, MockService, THREAD, TOPIC, message};
use futures_util::{FutureExt, stream};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// The fields of a span, in the order of their names.
const FIELDS: [&str; 16] = [
    "attempts",
    "az.client_request_id",
    "az.service_request_id",
    "chat.thread.id",
    "duration_ms",
    "error.type",
    "http.request.method",
    "http.response.status_code",
    "ms_cv",
    "operation",
    "otel.kind",
    "otel.name",
    "otel.status_code",
    "server.address",
    "server.port",
    "url.template",
];

type Values = BTreeMap<&'static str, String>;

struct Collect<'a>(&'a mut Values);

impl Visit for Collect<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

#[derive(Clone, Debug)]
struct CallSpan {
    id: Id,
    level: Level,
    fields: Vec<&'static str>,
    values: Values,
    /// What is told inside of it at INFO.
    events: Vec<Values>,
}

/// What a thread has told.
#[derive(Debug, Default)]
struct Told {
    calls: Vec<CallSpan>,
    warnings: Vec<Values>,
}

thread_local! {
    static TOLD: RefCell<Told> = RefCell::default();
}

/// Keeps what each thread tells apart from the others.
struct Keep;

fn change(id: &Id, change: impl FnOnce(&mut CallSpan)) {
    TOLD.with_borrow_mut(|told| {
        if let Some(span) = told.calls.iter_mut().rev().find(|span| span.id == *id) {
            change(span);
        }
    });
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Keep {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.name() != "chat.call" {
            return;
        }
        let mut values = Values::new();
        attributes.record(&mut Collect(&mut values));
        let fields = metadata.fields().iter().map(|field| field.name());
        let span = CallSpan {
            id: id.clone(),
            level: *metadata.level(),
            fields: fields.collect(),
            values,
            events: Vec::new(),
        };
        TOLD.with_borrow_mut(|told| told.calls.push(span));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        change(id, |span| record.record(&mut Collect(&mut span.values)));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut values = Values::new();
        event.record(&mut Collect(&mut values));
        match (*event.metadata().level(), context.event_span(event)) {
            (Level::INFO, Some(span)) => change(&span.id(), |span| span.events.push(values)),
            (Level::WARN, _) => TOLD.with_borrow_mut(|told| told.warnings.push(values)),
            _ => {}
        }
    }
}

/// Begins to keep what this thread tells. Each test begins with it, and runs on its one thread.
///
/// There is one subscriber for all threads, and no test gets past this line before it is set. While
/// there is one, the first thread that comes to a span or an event decides for all threads whether
/// it is told, and asks only the subscriber that is its own default: a test without any would turn
/// it off for the others. That is why these tests are a program of their own.
fn watch() {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(Keep);
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
    TOLD.take();
}

/// What this thread has told since it was asked, or since [`watch`].
fn told() -> Told {
    TOLD.take()
}

fn client(service: &MockService) -> ChatClient {
    let at_once = RetryOptions::exponential().initial_delay(Duration::ZERO);
    service
        .chat_client_builder()
        .retry(at_once)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_call_is_one_span_with_documented_fields_and_its_repeats_are_events_in_it() {
    watch();
    let sent = Answer::json(200, &message(MESSAGE))
        .header("ms-cv", "cv.1")
        .header("x-ms-request-id", "id.1");
    let service = MockService::start([Answer::status(503), sent]).await;

    let get = client(&service).chat_thread_client(THREAD).message(MESSAGE);
    let response = get.send_with_info().await.unwrap();

    let spans = told().calls;
    let [span] = spans.as_slice() else {
        panic!("{spans:#?}")
    };
    assert_eq!(span.level, Level::INFO);
    let mut fields = span.fields.clone();
    fields.sort_unstable();
    assert_eq!(fields, FIELDS);
    let request_id = response.info().client_request_id().to_string();
    let port = service.port().to_string();
    for (name, value) in [
        ("otel.name", "getChatMessage"),
        ("operation", "getChatMessage"),
        ("otel.kind", "client"),
        ("http.request.method", "GET"),
        (
            "url.template",
            "/chat/threads/{chatThreadId}/messages/{chatMessageId}",
        ),
        ("server.address", "127.0.0.1"),
        ("server.port", &port),
        ("chat.thread.id", THREAD),
        ("az.client_request_id", &request_id),
        ("az.service_request_id", "id.1"),
        ("ms_cv", "cv.1"),
        ("http.response.status_code", "200"),
        ("attempts", "2"),
    ] {
        assert_eq!(
            span.values.get(name).map(String::as_str),
            Some(value),
            "{name}"
        );
    }
    assert!(span.values["duration_ms"].parse::<u64>().is_ok());
    for absent in ["error.type", "otel.status_code"] {
        assert!(!span.values.contains_key(absent), "{absent}");
    }
    let [repeat] = span.events.as_slice() else {
        panic!("{:#?}", span.events)
    };
    assert_eq!(repeat["attempt"], "1");
    assert_eq!(repeat["http.response.status_code"], "503");
    assert_eq!(repeat["error.type"], "service_unavailable");
    assert_eq!(repeat["wait_ms"], "0");
}

#[tokio::test]
async fn a_call_that_fails_says_so_in_its_span_and_shows_nothing_that_was_written() {
    watch();
    let service = MockService::start([Answer::status(403), Answer::status(500)]).await;
    let client = client(&service);

    client.create_chat_thread(TOPIC).await.unwrap_err();
    let thread = client.chat_thread_client(THREAD);
    thread.send_message(CONTENT).await.unwrap_err();

    let spans = told().calls;
    let told: Vec<_> = spans
        .iter()
        .map(|span| {
            let value = |name| span.values.get(name).map(String::as_str);
            [
                value("otel.status_code"),
                value("error.type"),
                value("http.response.status_code"),
                value("attempts"),
                value("chat.thread.id"),
            ]
        })
        .collect();
    let one = Some("1");
    let error = Some("ERROR");
    assert_eq!(
        told,
        [
            [error, Some("forbidden"), Some("403"), one, None],
            [
                error,
                Some("outcome_unknown"),
                Some("500"),
                one,
                Some(THREAD)
            ],
        ]
    );
    let shown = format!("{spans:?}");
    assert!(
        !shown.contains(TOPIC) && !shown.contains(CONTENT),
        "{shown}"
    );
}

/// The warnings that come of dropping the stream after polling it so often.
fn warnings_of_dropping(polls: usize, mut outcomes: SendStream) -> Vec<Values> {
    watch();
    for _ in 0..polls {
        assert!(outcomes.next().now_or_never().is_none());
    }
    drop(outcomes);
    told().warnings
}

#[tokio::test]
async fn dropping_the_stream_says_how_many_messages_were_in_flight() {
    watch();
    let service = MockService::unused().await;
    let outcomes = || {
        let contents = stream::iter(["a", "b", "c"]);
        let messages = service.thread_client().send_messages(contents);
        messages.concurrency(2).into_stream()
    };
    assert!(warnings_of_dropping(0, outcomes()).is_empty());
    let warnings = warnings_of_dropping(1, outcomes());
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(warnings[0]["in_flight"], "2");

    service.then(Answer::json(201, &json!({ "id": "1" })));
    let contents = stream::iter(["a"]);
    let mut done = service
        .thread_client()
        .send_messages(contents)
        .into_stream();
    assert!(done.next().await.unwrap().is_ok());
    assert!(warnings_of_dropping(0, done).is_empty());
}
