use super::*;

#[test]
fn attachments_come_with_2023_07_01_preview() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let id = world.message(&alice, &thread, "content");
    let call = format!("GET {thread}/messages/{id}");
    for version in ["2021-03-07", "2021-09-07"] {
        let message = world.chat(&alice, version, &call, None).expect(200);
        assert_eq!(
            message["content"],
            json!({"message": "content"}),
            "{version}"
        );
    }
    for version in ["2023-07-01-preview", "2025-03-15"] {
        let message = world.chat(&alice, version, &call, None).expect(200);
        let expected = json!({"message": "content", "attachments": []});
        assert_eq!(message["content"], expected, "{version}");
    }
    let list = format!("GET {thread}/messages");
    let listed = world.chat(&alice, V2025, &list, None).expect(200);
    let system = &listed["value"][1]["content"];
    assert!(
        system.get("attachments").is_none(),
        "only users attach files"
    );
}

#[test]
fn answers_of_a_version_have_no_fields_of_a_later_one() {
    let world = World::new();
    let alice = world.user();
    let body = json!({
        "topic": "t",
        "metadata": {"a": "1"},
        "retentionPolicy": {"kind": "threadCreationDate", "deleteThreadAfterDays": 30},
    });
    let created = world
        .chat(&alice, V2025, "POST /chat/threads", Some(body))
        .expect(201);
    let call = format!("GET {}", thread_path(&created));
    for (version, metadata, retention) in [
        ("2021-03-07", false, false),
        ("2021-09-07", false, false),
        ("2023-07-01-preview", false, false),
        ("2023-11-07", false, false),
        ("2023-11-15-preview", true, false),
        ("2024-03-07", false, false),
        ("2025-03-15", true, true),
    ] {
        let thread = world.chat(&alice, version, &call, None).expect(200);
        assert_eq!(thread.get("metadata").is_some(), metadata, "{version}");
        assert_eq!(
            thread.get("retentionPolicy").is_some(),
            retention,
            "{version}"
        );
    }
}

#[test]
fn fields_that_a_version_does_not_have_are_ignored() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let mut who = participant(&bob.id);
    who["metadata"] = json!({"a": "1"});
    let body = json!({
        "topic": "t",
        "metadata": {"a": "1"},
        "retentionPolicy": {"kind": "none"},
        "participants": [who],
    });
    let created = world.call(&alice, "POST /chat/threads", body).expect(201);
    let thread = thread_path(&created);
    let patch = json!({"metadata": {"a": "1"}, "retentionPolicy": {"kind": "none"}});
    world
        .call(&alice, &format!("PATCH {thread}"), patch)
        .expect(204);

    let properties = format!("GET {thread}");
    let properties = world.chat(&alice, V2025, &properties, None).expect(200);
    assert_eq!(properties.get("metadata"), None);
    assert_eq!(properties.get("retentionPolicy"), None);
    let participants = format!("GET {thread}/participants");
    let participants = world.chat(&alice, V2025, &participants, None).expect(200);
    assert_eq!(participants["value"][1].get("metadata"), None);
}

#[test]
fn fields_that_no_version_has_are_ignored() {
    let world = World::new();
    let alice = world.user();
    let body = json!({"topic": "t", "colour": "green"});
    world.call(&alice, "POST /chat/threads", body).expect(201);
}

#[test]
fn an_unknown_or_missing_api_version_is_400() {
    let world = World::new();
    let alice = world.user();
    for version in ["2020-11-01-preview3", "2021-09-08", "latest", ""] {
        let error = world
            .chat(&alice, version, "GET /chat/threads", None)
            .expect(400);
        assert_eq!(error["error"]["code"], "UnsupportedApiVersion");
        let message = format!(
            "The HTTP resource that matches the request URI 'http://{HOST}/chat/threads' does not \
             support the API version '{version}'."
        );
        assert_eq!(error["error"]["message"], message);
    }
    let error = world
        .send(request("GET", "/chat/threads", None, &[]))
        .expect(400);
    assert_eq!(error["error"]["code"], "ApiVersionUnspecified");
    let error = world.identity(V2021, "POST /identities", None).expect(400);
    assert_eq!(error["error"]["code"], "UnsupportedApiVersion");
}
