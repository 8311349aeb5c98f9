//! What the journal tells, and what it does not.

use chat_emulator::{ChatOperation, Emulator, Fault, Outcome};
use serde_json::{Value, json};

use crate::world::World;

#[test]
fn a_request_is_told_as_it_came_with_what_became_of_it() {
    let world = World::new();
    let chat = world.chat();
    world.emulator.clear_journal();
    let sent = world.send_message(&chat, "hello").expect(201);
    let [entry] = &world.emulator.journal()[..] else {
        panic!("one request")
    };
    assert_eq!(entry.method(), "POST");
    assert_eq!(entry.path(), format!("{}/messages", chat.thread));
    assert_eq!(entry.query(), Some("api-version=2025-03-15"));
    assert_eq!(entry.header("Content-Type"), Some("application/json"));
    assert_eq!(entry.body(), Some(r#"{"content":"hello"}"#));
    assert_eq!(entry.body_length(), 19);
    let answer: Value = serde_json::from_str(entry.answer_body().unwrap()).unwrap();
    assert_eq!(answer, json!({"id": sent["id"]}));
    let id = sent["id"].as_str().unwrap();
    assert!(entry.answer_header("Location").unwrap().ends_with(id));
    assert!(entry.answer_header("ms-cv").is_some());
    assert_eq!(
        entry.operation(),
        Some(ChatOperation::SendChatMessage.into())
    );
    assert_eq!(entry.outcome(), Outcome::Answered { status: 201 });
    assert!(entry.carried_out());
    assert_eq!(entry.service_status(), Some(201));
    assert_eq!(entry.faults().count(), 0);
}

#[test]
fn the_answer_is_told_as_the_client_got_it_and_without_its_secrets() {
    let world = World::new();
    let chat = world.chat();
    let told = || {
        let journal = world.control("GET", "/journal", &Value::Null).expect(200);
        journal["requests"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone()
    };
    world.emulator.inject(Fault::status(503).times(1)).unwrap();
    world.send_message(&chat, "hello").expect(503);
    let refused = told();
    assert!(refused["answer"]["CommunicationError"].is_object());
    assert_eq!(refused["answerHeaders"]["content-type"], "application/json");
    world
        .emulator
        .inject(Fault::reset_after_execution().times(1))
        .unwrap();
    assert_eq!(world.send_message(&chat, "hello").status(), None);
    assert_eq!(told()["answer"], Value::Null);
    assert_eq!(told()["answerHeaders"], json!({}));
    world.user();
    assert_eq!(told()["answer"]["accessToken"], "REDACTED");
}

#[test]
fn a_refused_request_was_not_carried_out() {
    let world = World::new();
    let chat = world.chat();
    let stranger = world.user();
    let call = format!("GET {}", chat.thread);
    world.call(&stranger, &call, Value::Null).expect(403);
    let entry = world.emulator.journal().pop().unwrap();
    assert_eq!(
        (entry.carried_out(), entry.service_status()),
        (false, Some(403))
    );
}

#[test]
fn neither_tokens_nor_signatures_are_in_it() {
    let world = World::new();
    let chat = world.chat();
    let secret = "not.a.token";
    let body = json!({"appId": "a", "userId": "b", "token": secret});
    world.identity(
        "/teamsUser/:exchangeAccessToken",
        &body,
        std::time::SystemTime::now(),
    );
    let entries = world.emulator.journal();
    let exchanged = entries.last().unwrap();
    let told: Value = serde_json::from_str(exchanged.body().unwrap()).unwrap();
    assert_eq!(
        told,
        json!({"appId": "a", "userId": "b", "token": "REDACTED"})
    );
    let over_http = world.control("GET", "/journal", &Value::Null);
    let all = format!("{entries:?} {}", over_http.body);
    for secret in [secret, &chat.user.token, "Signature="] {
        assert!(!all.contains(secret), "{secret} is in the journal");
    }
    assert_eq!(exchanged.header("authorization"), Some("REDACTED"));
}

#[test]
fn it_keeps_the_last_requests_and_counts_all() {
    let emulator = Emulator::builder()
        .journal_capacity(2)
        .start_blocking()
        .unwrap();
    let address = emulator.local_addr();
    for path in ["/a", "/b", "/c"] {
        crate::wire::exchange(
            address,
            &crate::wire::request(address, "GET", path, &[], ""),
        );
    }
    let entries = emulator.journal();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.number(), entry.path()))
        .collect();
    assert_eq!(told, [(2, "/b"), (3, "/c")]);
    assert_eq!(entries[0].operation(), None);
}

#[test]
fn over_the_control_api_it_is_read_in_parts_and_cleared() {
    let world = World::new();
    let chat = world.chat();
    let id = world
        .emulator
        .inject(Fault::reset_after_execution().for_operation("sendChatMessage"))
        .unwrap();
    world.send_message(&chat, "hello").expect_reset();
    world.list_messages(&chat).expect(200);

    let read = |target: &str| {
        let journal = world.control("GET", target, &Value::Null).expect(200);
        journal["requests"].as_array().unwrap().clone()
    };
    let all = read("/journal");
    assert_eq!(all.len(), 4);
    let [sent] = &read("/journal?operation=sendChatMessage")[..] else {
        panic!("one request")
    };
    assert_eq!(sent, &all[2]);
    for (name, value) in [
        ("number", json!(3)),
        ("method", json!("POST")),
        ("path", json!(format!("{}/messages", chat.thread))),
        ("query", json!("api-version=2025-03-15")),
        ("body", json!({"content": "hello"})),
        ("bodyLength", json!(19)),
        ("operation", json!("sendChatMessage")),
        ("outcome", json!("reset")),
        ("status", Value::Null),
        ("carriedOut", json!(true)),
        ("serviceStatus", json!(201)),
    ] {
        assert_eq!(sent[name], value, "{name}");
    }
    assert_eq!(sent["faults"][0]["kind"], "resetAfterExecution");
    assert_eq!(sent["faults"][0]["id"].to_string(), id.to_string());
    assert_eq!(sent["headers"]["authorization"], "REDACTED");
    assert_eq!(sent["headers"]["content-type"], "application/json");

    assert_eq!(read("/journal?after=3"), all[3..]);
    assert_eq!(read("/journal?limit=2"), all[2..]);
    assert_eq!(read("/journal?after=99"), [Value::Null; 0]);
    world
        .control("DELETE", "/journal", &Value::Null)
        .expect(204);
    assert_eq!(read("/journal"), [Value::Null; 0]);
    world.list_messages(&chat).expect(200);
    assert_eq!(read("/journal")[0]["number"], 5);
}
