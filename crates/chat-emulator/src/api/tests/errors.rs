use super::*;
use crate::wire::version::{ChatVersion, IdentityVersion};

#[test]
fn a_malformed_thread_id_is_400_without_a_message() {
    let world = World::new();
    let alice = world.user();
    let reply = world.call(
        &alice,
        "DELETE /chat/threads/invalid_chat_thread_id",
        Value::Null,
    );
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(
        reply.text,
        "{\r\n  \"CommunicationError\": {\r\n    \"Code\": \"BadRequest\",\r\n    \"Details\": []\r\n  }\r\n}"
    );
    assert_eq!(reply.status, 400);
}

#[test]
fn an_unknown_thread_is_404_with_the_recorded_message() {
    let world = World::new();
    let alice = world.user();
    let target = "/chat/threads/19:00000000000000000000000000000000@thread.v2";
    let message = world.get(&alice, target).expect_error(404, "NotFound");
    assert_eq!(message, "The specified thread id was not found.");
}

#[test]
fn chat_answers_communication_error_in_every_version() {
    let world = World::new();
    let alice = world.user();
    let call = "GET /chat/threads/19:00000000000000000000000000000000@thread.v2";
    let first = world.chat(&alice, V2021, call, None);
    for version in [
        "2021-03-07",
        "2021-09-07",
        "2023-07-01-preview",
        "2023-11-07",
        "2023-11-15-preview",
        "2024-03-07",
        "2025-03-15",
    ] {
        let reply = world.chat(&alice, version, call, None);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.text, first.text, "{version}");
        let message = reply.expect_error(404, "NotFound");
        assert_eq!(message, "The specified thread id was not found.");
    }
}

#[test]
fn an_unknown_path_or_method_is_answered_in_json() {
    let world = World::new();
    let alice = world.user();
    let message = world
        .get(&alice, "/chat/rooms")
        .expect_error(404, "NotFound");
    assert_eq!(message, "The emulator has no operation at this path.");
    let reply = world.call(&alice, "PUT /chat/threads", Value::Null);
    assert_eq!(reply.header("allow"), Some("GET, POST"));
    reply.expect_error(400, "MethodNotAllowed");
    let reply = world.identity(IDENTITY, "GET /identities", None);
    assert_eq!(reply.header("allow"), Some("POST"));
    assert_eq!(reply.expect(400)["error"]["code"], "MethodNotAllowed");
}

#[test]
fn every_answer_has_the_supported_versions_and_a_vector_for_support() {
    let world = World::new();
    let alice = world.user();
    let replies = [
        world.get(&alice, "/chat/threads"),
        world.get(&alice, "/chat/threads/x"),
        world.get(&alice, "/nowhere"),
        world.identity(IDENTITY, "POST /identities", None),
        world.identity("1999-01-01", "POST /identities", None),
    ];
    for reply in &replies {
        let versions = reply.header("api-supported-versions").unwrap();
        assert!([ChatVersion::SUPPORTED, IdentityVersion::SUPPORTED].contains(&versions));
        let vector = reply.header("ms-cv").unwrap();
        assert_eq!((vector.len(), &vector[22..]), (24, ".0"), "{vector}");
    }
    assert_ne!(replies[0].header("ms-cv"), replies[1].header("ms-cv"));
}

#[test]
fn the_clients_request_id_comes_back_when_it_is_asked_for() {
    let world = World::new();
    let alice = world.user();
    let authorization = format!("Bearer {}", alice.token);
    let target = format!("/chat/threads?api-version={V2021}");
    let mut headers = vec![
        ("authorization", authorization.as_str()),
        ("x-ms-client-request-id", "an-id"),
    ];
    let silent = world.send(request("GET", &target, None, &headers));
    assert_eq!(silent.header("x-ms-client-request-id"), None);
    headers.push(("x-ms-return-client-request-id", "true"));
    let asked = world.send(request("GET", &target, None, &headers));
    assert_eq!(asked.header("x-ms-client-request-id"), Some("an-id"));
}
