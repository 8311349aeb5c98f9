//! Answers that are not what the contract says.

use chat_emulator::{Fault, Outcome};
use serde_json::{Value, json};

use crate::wire::End;
use crate::world::{Chat, World, both_ways, contents};

fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

#[test]
fn truncated_json_may_have_the_content_length_of_what_is_left() {
    both_ways(
        Fault::truncated_json(),
        json!({"kind": "truncatedJson"}),
        |world, chat| {
            let reply = world.list_messages(chat);
            assert_eq!((reply.status(), reply.end), (Some(200), End::Orderly));
            assert_eq!(reply.content_length(), reply.body.len());
            assert!(
                reply.body.starts_with("{\"value\":[") && !is_json(&reply.body),
                "{reply:?}"
            );
        },
    );
}

#[test]
fn truncated_json_may_have_the_content_length_of_the_whole() {
    both_ways(
        Fault::truncated_json().wrong_content_length(),
        json!({"kind": "truncatedJson", "wrongContentLength": true}),
        |world, chat| {
            let reply = world.list_messages(chat);
            assert_eq!((reply.status(), reply.end), (Some(200), End::Orderly));
            assert_eq!(reply.body.len(), reply.content_length() / 2, "{reply:?}");
            assert!(!is_json(&reply.body), "{reply:?}");
            let entry = world.emulator.journal().pop().unwrap();
            assert_eq!(entry.outcome(), Outcome::CutOff { status: 200 });
        },
    );
}

#[test]
fn invalid_json_may_have_the_right_content_length() {
    both_ways(
        Fault::invalid_json().for_operation("sendChatMessage"),
        json!({"kind": "invalidJson", "operation": "sendChatMessage"}),
        |world, chat| {
            let reply = world.send_message(chat, "stored");
            assert_eq!((reply.status(), reply.end), (Some(201), End::Orderly));
            assert_eq!(reply.content_length(), reply.body.len());
            assert!(!is_json(&reply.body), "{reply:?}");
            // What came is known by the header, though not by the body.
            assert!(reply.header("location").is_some());
            assert_eq!(world.stored(chat), ["stored"]);
        },
    );
}

#[test]
fn invalid_json_may_have_a_wrong_content_length() {
    both_ways(
        Fault::invalid_json().wrong_content_length(),
        json!({"kind": "invalidJson", "wrongContentLength": true}),
        |world, chat| {
            let reply = world.list_messages(chat);
            assert_eq!((reply.status(), reply.end), (Some(200), End::Orderly));
            assert_eq!(reply.content_length(), reply.body.len() + 1);
            assert!(!is_json(&reply.body), "{reply:?}");
        },
    );
}

#[test]
fn a_page_has_one_message_of_an_unknown_type() {
    both_ways(
        Fault::unknown_message_type(),
        json!({"kind": "unknownMessageType"}),
        |world, chat| {
            let sent = world.send_message(chat, "a").expect(201);
            let page = world.list_messages(chat).expect(200);
            let types: Vec<_> = page["value"]
                .as_array()
                .unwrap()
                .iter()
                .map(|message| &message["type"])
                .collect();
            assert_eq!(
                types,
                ["unknownMessageType", "topicUpdated", "participantAdded"]
            );
            let call = format!(
                "GET {}/messages/{}",
                chat.thread,
                sent["id"].as_str().unwrap()
            );
            let message = world.call(&chat.user, &call, Value::Null).expect(200);
            assert_eq!(message["type"], "unknownMessageType");
        },
    );
}

fn properties(world: &World, chat: &Chat) -> Value {
    let call = format!("GET {}", chat.thread);
    world.call(&chat.user, &call, Value::Null).expect(200)
}

#[test]
fn identifiers_are_of_an_unknown_kind() {
    both_ways(
        Fault::unknown_enum_value(),
        json!({"kind": "unknownEnumValue"}),
        |world, chat| {
            let thread = properties(world, chat);
            let creator = &thread["createdByCommunicationIdentifier"];
            assert_eq!(creator["kind"], "unknownKind");
            assert_eq!(creator["rawId"], chat.user.id);
        },
    );
}

#[test]
fn every_object_has_an_extra_field() {
    both_ways(
        Fault::extra_field(),
        json!({"kind": "extraField"}),
        |world, chat| {
            let thread = properties(world, chat);
            assert!(thread["unknownField"].is_object());
            assert!(thread["createdByCommunicationIdentifier"]["unknownField"].is_object());
            assert_eq!(thread["topic"], "Lunch");
        },
    );
}

#[test]
fn a_field_is_missing_everywhere_or_in_one_place() {
    both_ways(
        Fault::missing_field("createdOn"),
        json!({"kind": "missingField", "field": "createdOn"}),
        |world, chat| {
            let page = world.list_messages(chat).expect(200);
            let messages = page["value"].as_array().unwrap();
            assert_eq!(messages.len(), 2);
            for message in messages {
                assert!(message.get("createdOn").is_none() && message.get("id").is_some());
            }
        },
    );
    both_ways(
        Fault::missing_field("/value/1/id"),
        json!({"kind": "missingField", "field": "/value/1/id"}),
        |world, chat| {
            let page = world.list_messages(chat).expect(200);
            assert!(page["value"][0].get("id").is_some());
            assert!(page["value"][1].get("id").is_none());
        },
    );
}

#[test]
fn errors_of_the_service_are_left_alone() {
    both_ways(
        Fault::extra_field(),
        json!({"kind": "extraField"}),
        |world, chat| {
            let stranger = world.user();
            let call = format!("GET {}", chat.thread);
            let error = world.call(&stranger, &call, Value::Null).expect(403);
            assert_eq!(error["CommunicationError"]["Code"], "Forbidden");
            assert!(error.get("unknownField").is_none(), "{error}");
            assert_eq!(contents(&world.list_messages(chat).expect(200)), [""; 0]);
        },
    );
}
