use super::*;

#[test]
fn bodies_that_are_not_what_they_should_be_are_400() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let id = world.message(&alice, &thread, "x");
    let cases = [
        (
            "POST /chat/threads".to_owned(),
            vec![
                json!([]),
                json!(null),
                json!("x"),
                json!({}),
                json!({"topic": 1}),
                json!({"topic": ""}),
                json!({"topic": " "}),
                json!({"topic": "t", "participants": {}}),
                json!({"topic": "t", "participants": [{}]}),
                json!({"topic": "t", "participants": [{"communicationIdentifier": {}}]}),
            ],
        ),
        (
            format!("PATCH {thread}"),
            vec![json!({"topic": null}), json!({"topic": ""}), json!(7)],
        ),
        (
            format!("POST {thread}/messages"),
            vec![
                json!({}),
                json!({"content": 1}),
                json!({"content": null}),
                json!({"content": "x", "metadata": {"a": 1}}),
            ],
        ),
        (
            format!("PATCH {thread}/messages/{id}"),
            vec![
                json!({"content": null}),
                json!({"content": 1}),
                json!({"metadata": []}),
            ],
        ),
        (
            format!("POST {thread}/participants/:add"),
            vec![
                json!({}),
                json!({"participants": []}),
                json!({"participants": null}),
            ],
        ),
        (
            format!("POST {thread}/participants/:remove"),
            vec![json!({}), json!([])],
        ),
        (
            format!("POST {thread}/readReceipts"),
            vec![json!({}), json!({"chatMessageId": ""})],
        ),
        (
            format!("POST {thread}/typing"),
            vec![json!({"senderDisplayName": 1}), json!([])],
        ),
    ];
    for (call, bodies) in cases {
        for body in bodies {
            let reply = world.chat(&alice, V2021, &call, Some(body.clone()));
            assert_eq!(reply.status, 400, "{call} {body}: {reply:?}");
            let error = reply.json();
            let code = error["communicationError"]["code"].as_str();
            let code = code.or(error["CommunicationError"]["Code"].as_str());
            assert_eq!(code, Some("BadRequest"), "{call} {body}");
        }
    }
}

#[test]
fn an_invalid_body_is_told_in_camel_case_with_the_field_in_every_version() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let send = format!("POST {thread}/messages");
    for version in [V2021, V2025] {
        let body = json!({"content": "x", "type": "richtext/html"});
        let reply = world.chat(&alice, version, &send, Some(body));
        assert_eq!(
            reply.text,
            r#"{"communicationError":{"code":"BadRequest","message":"One or more validation errors occurred.","details":[{"message":"The input was not valid.","target":"type"}]}}"#
        );
        let invalid = |call: &str, body: Value| world.chat(&alice, version, call, Some(body));
        invalid(&send, json!({})).expect_invalid("content");
        invalid(&send, json!({"content": 1})).expect_invalid("content");
        let create = "POST /chat/threads";
        invalid(create, json!({"topic": " "})).expect_invalid("topic");
        let nested = json!({"topic": "t", "participants": [{"displayName": 1}]});
        invalid(create, nested).expect_invalid("participants[0].displayName");
    }
}

#[test]
fn an_array_is_no_object_whatever_is_in_it() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let id = world.message(&alice, &thread, "x");
    let who = identifier(&alice.id);
    let cases = [
        (
            "POST /chat/threads".to_owned(),
            json!(["t", null, null, null]),
        ),
        (
            "POST /chat/threads".to_owned(),
            json!({"topic": "t", "participants": [[who]]}),
        ),
        (
            "POST /chat/threads".to_owned(),
            json!({"topic": "t", "retentionPolicy": ["none"]}),
        ),
        (format!("PATCH {thread}"), json!([])),
        (
            format!("PATCH {thread}"),
            json!({"retentionPolicy": ["none"]}),
        ),
        (
            format!("POST {thread}/messages"),
            json!(["x", null, null, null]),
        ),
        (format!("PATCH {thread}/messages/{id}"), json!([])),
        (
            format!("POST {thread}/participants/:add"),
            json!([[{"communicationIdentifier": who}]]),
        ),
        (
            format!("POST {thread}/participants/:add"),
            json!({"participants": [{"communicationIdentifier": [alice.id, null, null, null, null]}]}),
        ),
        (
            format!("POST {thread}/participants/:remove"),
            json!({"communicationUser": [alice.id]}),
        ),
        (format!("POST {thread}/readReceipts"), json!([id])),
        (format!("POST {thread}/typing"), json!([null])),
    ];
    for (call, body) in cases {
        let reply = world.chat(&alice, V2025, &call, Some(body.clone()));
        assert_eq!(reply.status, 400, "{call} {body}: {reply:?}");
        let message = reply.json()["communicationError"]["details"].to_string();
        assert!(
            message.contains("expected an object"),
            "{call} {body}: {message}"
        );
    }
    let create = world.identity(IDENTITY, "POST /identities", Some(json!([["chat"], 60])));
    assert_eq!(create.status, 400, "{create:?}");
}

#[test]
fn a_body_that_is_no_json_or_of_another_media_type_is_400() {
    let world = World::new();
    let alice = world.user();
    let authorization = format!("Bearer {}", alice.token);
    let send = |media_type: &str, body: &'static str| {
        let mut request = request(
            "POST",
            &format!("/chat/threads?api-version={V2021}"),
            None,
            &[
                ("authorization", &authorization),
                ("content-type", media_type),
            ],
        );
        *request.body_mut() = body.into();
        world.send(request)
    };
    assert_eq!(
        send("application/json; charset=utf-8", r#"{"topic":"t"}"#).status,
        201
    );
    assert_eq!(send("Application/JSON", r#"{"topic":"t"}"#).status, 201);
    for body in [
        "",
        "{",
        r#"{"topic":"t""#,
        "<html>",
        "\u{feff}{}",
        r#"{"topic":"t"}x"#,
    ] {
        send("application/json", body).expect_invalid("$");
    }
    for media_type in ["text/plain", "application/merge-patch+json", ""] {
        let message = send(media_type, r#"{"topic":"t"}"#).expect_error(400, "BadRequest");
        assert_eq!(
            message,
            "The media type of the body must be application/json."
        );
    }
}

#[test]
fn a_patch_must_be_a_merge_patch() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let authorization = format!("Bearer {}", alice.token);
    let mut request = request(
        "PATCH",
        &format!("{thread}?api-version={V2021}"),
        None,
        &[
            ("authorization", &authorization),
            ("content-type", "application/json"),
        ],
    );
    *request.body_mut() = r#"{"topic":"t"}"#.into();
    let message = world.send(request).expect_error(400, "BadRequest");
    assert_eq!(
        message,
        "The media type of the body must be application/merge-patch+json."
    );
}

#[test]
fn a_request_without_a_host_is_400_and_changes_nothing() {
    let world = World::new();
    let alice = world.user();
    let authorization = format!("Bearer {}", alice.token);
    let mut request = request(
        "POST",
        &format!("/chat/threads?api-version={V2021}"),
        Some(json!({"topic": "t"})),
        &[("authorization", &authorization)],
    );
    request.headers_mut().insert("host", "".parse().unwrap());
    world.send(request.clone()).expect_error(400, "BadRequest");
    request.headers_mut().remove("host");
    world.send(request).expect_error(400, "BadRequest");
    let listed = world.get(&alice, "/chat/threads").expect(200);
    assert_eq!(listed, json!({"value": []}));
}

#[test]
fn limits_are_told_with_their_values() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let body = json!({"content": "x".repeat(28 * 1024 + 1)});
    let reply = world.call(&alice, &format!("POST {thread}/messages"), body);
    let message = reply.expect_error(400, "BadRequest");
    assert_eq!(message, "Bytes of a message must not be more than 28672.");

    let unlimited = World::with(Limits::off());
    let bob = unlimited.user();
    let thread = unlimited.thread(&[&bob]);
    unlimited.message(&bob, &thread, &"x".repeat(28 * 1024 + 1));
}

#[test]
fn odd_targets_are_answered_and_never_panic() {
    let world = World::new();
    let alice = world.user();
    for target in [
        "/",
        "//",
        "/chat/threads/%ff",
        "/chat/threads/%00",
        "/chat/threads/a%2Fb",
        "/chat//messages",
        "/chat/threads/%F0%9F%98%80",
        "/identities/%F0%9F%98%80",
        "/chat/threads?maxPageSize=%ff",
    ] {
        let reply = world.get(&alice, target);
        assert!((400..500).contains(&reply.status), "{target}: {reply:?}");
        reply.json();
    }
}
