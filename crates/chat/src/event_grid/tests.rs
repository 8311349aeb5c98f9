use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::*;
use crate::models::chat_event::ChatEvent;
use crate::models::{ChatMessageType, CommunicationIdentifier};

const THREAD: &str = "19:acsV2_a@thread.v2";
const SECRET: &str = "s3cret";

fn user(id: &str) -> Value {
    json!({ "rawId": id, "communicationUser": { "id": id } })
}

fn cloud_event(event_type: &str, data: &Value) -> Value {
    json!({
        "id": "1", "source": "/subscriptions/a", "subject": "thread/a", "specversion": "1.0",
        "type": format!("Microsoft.Communication.{event_type}"),
        "time": "2026-03-04T10:15:21.0731186Z", "data": data,
    })
}

fn read(event_type: &str, data: &Value) -> Event {
    let body = cloud_event(event_type, data).to_string();
    let [event] = Event::read_all(body.as_bytes())
        .unwrap()
        .try_into()
        .unwrap();
    event
}

fn message() -> Value {
    json!({
        "recipientCommunicationIdentifier": user("8:acs:a_b"), "transactionId": "t",
        "threadId": THREAD, "messageId": "1", "senderCommunicationIdentifier": user("8:acs:a_a"),
        "senderDisplayName": "Anna", "composeTime": "2026-03-04T10:15:20.5Z", "type": "Text",
        "version": 7, "messageBody": "Noon?", "metadata": { "tag": "lunch" },
    })
}

#[test]
fn a_message_is_read_whole_from_either_envelope() {
    let event_grid = json!([{
        "id": "1", "topic": "/subscriptions/a", "subject": "thread/a", "data": message(),
        "eventType": "Microsoft.Communication.ChatMessageReceived", "dataVersion": "1.0",
        "metadataVersion": "1", "eventTime": "2026-03-04T10:15:21.0731186Z",
    }]);
    let batch = json!([cloud_event("ChatMessageReceived", &message())]);
    for body in [event_grid, batch] {
        let [event] = Event::read_all(body.to_string().as_bytes())
            .unwrap()
            .try_into()
            .unwrap();
        assert_eq!((event.id(), event.subject()), ("1", "thread/a"));
        assert_eq!(event.source(), "/subscriptions/a");
        assert_eq!(event.time().microsecond(), 73_118);
        assert_eq!(event.raw_data(), &message());
        let ChatEventData::MessageReceived(message) = event.data() else {
            panic!("{event:?}")
        };
        assert_eq!(message.thread_id().as_str(), THREAD);
        assert_eq!(message.message_id().as_str(), "1");
        assert_eq!(message.message_type(), &ChatMessageType::Text);
        let who = |raw_id| Some(CommunicationIdentifier::from_raw_id(raw_id));
        assert_eq!(message.recipient().cloned(), who("8:acs:a_b"));
        assert_eq!(message.sender().cloned(), who("8:acs:a_a"));
        assert_eq!(message.sender_display_name(), Some("Anna"));
        assert_eq!(message.content(), Some("Noon?"));
        assert_eq!(message.metadata()["tag"], "lunch");
        assert_eq!(message.transaction_id(), Some("t"));
        assert_eq!((message.version(), message.sequence_id()), (Some(7), None));
        assert_eq!(message.created_on().millisecond(), 500);
        assert_eq!((message.edited_on(), message.deleted_on()), (None, None));
    }
}

#[test]
fn debug_shows_nothing_that_people_wrote() {
    let shown = format!("{:?}", read("ChatMessageReceived", &message()));
    for text in ["Noon?", "Anna", "lunch"] {
        assert!(!shown.contains(text), "{shown}");
    }
    assert!(shown.contains(THREAD));
}

#[test]
fn a_version_may_be_a_text_and_newer_models_have_a_sequence_id() {
    let mut data = message();
    data["version"] = "8".into();
    data["sequenceId"] = 3.into();
    let ChatEventData::MessageEdited(message) =
        read("ChatMessageEditedInThread", &data).into_data()
    else {
        panic!()
    };
    assert_eq!(
        (message.version(), message.sequence_id()),
        (Some(8), Some(3))
    );
}

#[test]
fn html_has_another_name_in_events() {
    let mut data = message();
    for (name, expected) in [
        ("RichText/Html", ChatMessageType::Html),
        ("Html", ChatMessageType::Html),
        ("Text", ChatMessageType::Text),
        ("RichText", ChatMessageType::from("RichText")),
    ] {
        data["type"] = name.into();
        let ChatEventData::MessageReceived(message) =
            read("ChatMessageReceived", &data).into_data()
        else {
            panic!()
        };
        assert_eq!(message.message_type(), &expected);
    }
}

#[test]
fn the_thread_is_known_of_every_event_that_names_one() {
    let thread = |event: Event| event.thread_id().map(|id| id.as_str().to_owned());
    let known = read("ChatMessageReceived", &message());
    assert_eq!(thread(known).as_deref(), Some(THREAD));
    let unknown = read("ChatThreadFrozen", &json!({ "threadId": THREAD }));
    assert!(matches!(unknown.data(), ChatEventData::Unknown));
    assert_eq!(thread(unknown).as_deref(), Some(THREAD));
    assert_eq!(thread(read("ChatThreadFrozen", &json!([]))), None);
    assert_eq!(
        thread(read("ChatThreadFrozen", &json!({ "threadId": 1 }))),
        None
    );
}

#[test]
fn metadata_of_a_thread_is_found_beside_the_properties_and_among_them() {
    let thread = |data: Value| match read("ChatThreadCreated", &data).into_data() {
        ChatEventData::ThreadCreated(thread) => thread,
        other => panic!("{other:?}"),
    };
    let beside = thread(json!({
        "threadId": THREAD, "properties": { "topic": "Lunch" }, "metadata": { "team": "north" },
        "createdByCommunicationIdentifier": user("8:acs:a_a"),
        "participants": [{ "participantCommunicationIdentifier": user("8:acs:a_b") }],
    }));
    assert_eq!(beside.topic(), Some("Lunch"));
    assert_eq!(beside.metadata()["team"], "north");
    assert_eq!(beside.by().unwrap().raw_id(), "8:acs:a_a");
    assert_eq!(beside.participants()[0].identifier().raw_id(), "8:acs:a_b");
    let among = thread(json!({
        "threadId": THREAD, "properties": { "metadata": { "team": "north" } },
    }));
    assert_eq!(among.metadata()["team"], "north");
    assert_eq!(among.topic(), None);
}

#[test]
fn an_unknown_type_and_unreadable_data_are_kept_and_stop_no_batch() {
    let mut wrong = message();
    wrong["threadId"] = 7.into();
    let batch = json!([
        cloud_event("ChatPollStarted", &json!({ "poll": 1 })),
        cloud_event("ChatMessageReceived", &wrong),
        cloud_event("ChatMessageReceived", &message()),
    ]);
    let events = Event::read_all(batch.to_string().as_bytes()).unwrap();
    assert!(matches!(events[0].data(), ChatEventData::Unknown));
    assert_eq!(events[0].raw_data()["poll"], 1);
    assert!(
        matches!(events[1].data(), ChatEventData::Unreadable { reason } if reason.starts_with("threadId: "))
    );
    assert_eq!(events[1].raw_data()["threadId"], 7);
    assert!(matches!(
        events[2].data(),
        ChatEventData::MessageReceived(_)
    ));
}

#[test]
fn what_is_no_event_is_an_error() {
    for body in ["", "7", "[7]", "{}", "[{\"id\":\"1\"}]", "<html>"] {
        Event::read_all(body.as_bytes()).unwrap_err();
    }
    assert!(Event::read_all(b" []").unwrap().is_empty());
}

fn receive(webhook: &Webhook, target: &str, headers: &HeaderMap, body: &str) -> Outcome {
    match webhook.receive(&target.parse().unwrap(), headers, body.as_bytes()) {
        Ok(Delivery::Handshake(answer)) => Outcome::Handshake(answer),
        Ok(Delivery::Events(events)) => Outcome::Events(events.len()),
        Err(error) => Outcome::Refused(error.status().as_u16()),
    }
}

#[derive(Debug)]
enum Outcome {
    Handshake(http::Response<String>),
    Events(usize),
    Refused(u16),
}

fn header(name: &'static str, value: &'static str) -> HeaderMap {
    let name = HeaderName::from_static(name);
    HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
}

#[test]
fn both_handshakes_are_answered() {
    let webhook = Webhook::with_query_secret("code", SECRET);
    let asked = header("webhook-request-origin", "eventgrid.azure.net");
    let Outcome::Handshake(answer) = receive(&webhook, "/?code=s3cret", &asked, "") else {
        panic!()
    };
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["webhook-allowed-origin"],
        "eventgrid.azure.net"
    );
    assert_eq!(answer.headers()["webhook-allowed-rate"], "*");

    let question = json!([{
        "id": "1", "topic": "", "subject": "", "eventTime": "2026-03-04T10:15:21Z",
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "dataVersion": "1",
        "data": { "validationCode": "512d38b6\"", "validationUrl": "https://a.example" },
    }])
    .to_string();
    let none = HeaderMap::new();
    let Outcome::Handshake(answer) = receive(&webhook, "/?code=s3cret", &none, &question) else {
        panic!()
    };
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.body(), r#"{"validationResponse":"512d38b6\""}"#);

    for target in ["/", "/?code=s3cre", "/?code=", "/?other=s3cret"] {
        let refused = receive(&webhook, target, &asked, "");
        assert!(matches!(refused, Outcome::Refused(401)), "{target}");
    }
}

#[test]
fn deliveries_need_the_secret_where_it_was_said_to_be() {
    let body = cloud_event("ChatMessageReceived", &message()).to_string();
    let none = HeaderMap::new();
    let by_query = Webhook::with_query_secret("code", "a b&c");
    for (target, taken) in [
        ("/?x=1&code=a+b%26c", true),
        ("/?code=a", false),
        ("/", false),
    ] {
        let outcome = receive(&by_query, target, &none, &body);
        assert_eq!(matches!(outcome, Outcome::Events(1)), taken, "{outcome:?}");
    }
    let by_header = Webhook::with_header_secret(HeaderName::from_static("x-secret"), SECRET);
    for (headers, taken) in [
        (header("x-secret", SECRET), true),
        (header("x-secret", "other"), false),
        (none.clone(), false),
    ] {
        let outcome = receive(&by_header, "/", &headers, &body);
        assert_eq!(matches!(outcome, Outcome::Events(1)), taken, "{outcome:?}");
    }
    let anybody = Webhook::without_secret();
    assert!(matches!(
        receive(&anybody, "/", &none, &body),
        Outcome::Events(1)
    ));
    assert!(matches!(
        receive(&anybody, "/", &none, "<html>"),
        Outcome::Refused(400)
    ));
    assert!(!format!("{by_header:?}").contains(SECRET));
}

/// Every published event type, in the examples that the facts about the service have.
#[test]
fn every_published_type_is_read_from_both_envelopes() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/wire/eventgrid.json"
    );
    let Ok(text) = std::fs::read(path) else {
        println!("skipped: the facts about events are not there");
        return;
    };
    let published: serde_json::Map<String, Value> = serde_json::from_slice(&text).unwrap();
    assert_eq!(published.len(), 18);
    for (event_type, facts) in published {
        let at_user_level = facts["level"] == "user";
        for body in [&facts["exampleEventGrid"], &facts["exampleCloudEvent"]] {
            let [event] = Event::read_all(body.to_string().as_bytes())
                .unwrap()
                .try_into()
                .unwrap();
            assert_eq!(event.event_type(), event_type);
            assert_eq!(event.raw_data(), &facts["example"]);
            let recipient = match event.data() {
                ChatEventData::MessageReceived(event)
                | ChatEventData::MessageEdited(event)
                | ChatEventData::MessageDeleted(event)
                | ChatEventData::BotCommandReceived(event) => event.recipient(),
                ChatEventData::TypingIndicatorReceived(event) => event.recipient(),
                ChatEventData::ThreadCreated(event)
                | ChatEventData::ThreadDeleted(event)
                | ChatEventData::ThreadPropertiesUpdated(event) => event.recipient(),
                ChatEventData::ParticipantAdded(event)
                | ChatEventData::ParticipantRemoved(event) => event.recipient(),
                ChatEventData::Unknown | ChatEventData::Unreadable { .. } => {
                    panic!("{event_type}: {event:?}")
                }
            };
            assert_eq!(recipient.is_some(), at_user_level, "{event_type}");
        }
    }
}

#[test]
fn an_event_is_given_as_a_watch_gives_it_where_it_says_as_much() {
    let mut data = message();
    assert_eq!(read("ChatMessageReceived", &data).to_chat_event(), None);
    data["sequenceId"] = 9.into();
    let message = |event_type: &str| {
        let event = read(event_type, &data).to_chat_event().unwrap();
        let message = event.message().unwrap().clone();
        assert_eq!(message.message_type(), &ChatMessageType::Text);
        assert_eq!(message.sequence_id().as_u64(), Some(9));
        assert_eq!((message.id().as_str(), message.version()), ("1", "7"));
        assert_eq!(message.content().message(), Some("Noon?"));
        assert_eq!(message.metadata()["tag"], "lunch");
        (event, message)
    };
    let (event, received) = message("ChatMessageReceivedInThread");
    assert_eq!(event, ChatEvent::MessageReceived(received));
    let (event, edited) = message("ChatMessageEdited");
    assert_eq!(event, ChatEvent::MessageEdited(edited));
    let (event, deleted) = message("ChatMessageDeleted");
    assert_eq!(event, ChatEvent::MessageDeleted(deleted));

    let thread = json!({
        "threadId": THREAD, "createTime": "2026-03-04T10:15:20Z",
        "editTime": "2026-03-04T10:15:21Z", "properties": { "topic": "Dinner" },
    });
    let updated = read("ChatThreadPropertiesUpdated", &thread).to_chat_event();
    let Some(ChatEvent::PropertiesUpdated(update)) = updated else {
        panic!("{updated:?}");
    };
    assert_eq!(update.topic(), Some("Dinner"));
    let deleted = read("ChatThreadDeleted", &thread).to_chat_event();
    assert_eq!(deleted, Some(ChatEvent::ThreadDeleted));
    assert_eq!(read("ChatThreadCreated", &thread).to_chat_event(), None);
    let typing = read(
        "ChatTypingIndicatorReceivedInThread",
        &json!({ "threadId": THREAD }),
    );
    assert!(matches!(typing.to_chat_event(), Some(ChatEvent::Typing(_))));
}
