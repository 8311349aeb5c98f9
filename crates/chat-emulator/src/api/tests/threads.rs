use super::*;

#[test]
fn create_answers_201_with_the_recorded_fields_and_location() {
    let world = World::new();
    let alice = world.user();
    let reply = world.call(&alice, "POST /chat/threads", json!({"topic": "Lunch"}));
    assert_eq!(reply.status, 201);
    assert_eq!(
        reply.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    let created = reply.json();
    assert_eq!(keys(&created), ["chatThread"]);
    let thread = &created["chatThread"];
    let id = thread["id"].as_str().unwrap();
    let expected = json!({
        "id": id,
        "topic": "Lunch",
        "createdOn": "2026-01-01T00:00:00Z",
        "createdByCommunicationIdentifier": identifier(&alice.id),
    });
    assert_eq!(thread, &expected);
    let location = format!("http://{HOST}/chat/threads/{}", id.replace(':', "%3A"));
    assert!(location.ends_with("@thread.v2"));
    assert_eq!(reply.header("location"), Some(location.as_str()));
    assert!(!reply.text.contains(": "), "compact: {}", reply.text);
}

#[test]
fn participants_may_be_absent_empty_or_contain_the_caller() {
    let world = World::new();
    let alice = world.user();
    let only_alice = json!([participant(&alice.id)]);
    for participants in [Value::Null, json!([]), only_alice] {
        let body = json!({"topic": "t", "participants": participants});
        let thread = thread_path(&world.call(&alice, "POST /chat/threads", body).expect(201));
        let listed = world
            .get(&alice, &format!("{thread}/participants"))
            .expect(200);
        assert_eq!(listed["value"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_repeated_create_answers_the_same_with_another_body_too() {
    let world = World::new();
    let alice = world.user();
    let authorization = format!("Bearer {}", alice.token);
    let create = |id: &str, topic: &str| {
        let headers = [
            ("authorization", authorization.as_str()),
            ("repeatability-request-id", id),
        ];
        let target = format!("/chat/threads?api-version={V2021}");
        world.send(request(
            "POST",
            &target,
            Some(json!({"topic": topic})),
            &headers,
        ))
    };
    let first = create("one", "Lunch");
    world.later(60);
    let again = create("one", "Dinner");
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.header("location"), first.header("location"));
    let other = create("two", "Lunch").expect(201);
    assert_ne!(other["chatThread"]["id"], first.json()["chatThread"]["id"]);
}

#[test]
fn a_partial_failure_is_201_with_the_failed_ones_by_raw_id() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let resource = alice
        .id
        .strip_prefix("8:acs:")
        .unwrap()
        .split('_')
        .next()
        .unwrap();
    let unknown = format!("8:acs:{resource}_00000000-0000-4000-8000-000000000000");
    let foreign = "8:acs:357e39d2-a29a-4bf6-88cc-fda0afc2c0ed_0000000c-005a-9fcc-ac00-343a0d007710";
    let phone = json!({"communicationIdentifier": {"phoneNumber": {"value": "+15551234567"}}});
    let asked = json!([
        participant(&unknown),
        participant(&bob.id),
        participant(foreign),
        phone
    ]);
    let body = json!({"topic": "t", "participants": asked});
    let created = world.call(&alice, "POST /chat/threads", body).expect(201);
    assert_eq!(keys(&created), ["chatThread", "invalidParticipants"]);
    let failures = created["invalidParticipants"].as_array().unwrap();
    let pairs: Vec<_> = failures
        .iter()
        .map(|f| (f["target"].as_str().unwrap(), &f["code"]))
        .collect();
    let expected = [
        (unknown.as_str(), &json!("404")),
        (foreign, &json!("403")),
        ("4:+15551234567", &json!("403")),
    ];
    assert_eq!(pairs, expected);
    assert_eq!(failures[1]["message"], "Permissions check failed");
    let listed = world
        .get(&alice, &format!("{}/participants", thread_path(&created)))
        .expect(200);
    assert_eq!(listed["value"].as_array().unwrap().len(), 2);
}

#[test]
fn one_malformed_identifier_fails_the_whole_create() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let body = json!({
        "topic": "t",
        "participants": [participant(&bob.id), participant("8:acs:invalidUserId")],
    });
    let message = world
        .call(&alice, "POST /chat/threads", body)
        .expect_error(400, "BadRequest");
    assert_eq!(
        message,
        "Identifier format is invalid (8:acs:invalidUserId)."
    );
    let listed = world.get(&alice, "/chat/threads").expect(200);
    assert_eq!(listed, json!({"value": []}));
}

#[test]
fn threads_are_listed_with_the_recorded_fields() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    world.thread(&[&alice]);
    world.later(1);
    let shared = world.thread(&[&alice, &bob]);
    world.later(1);
    world
        .call(&alice, &format!("DELETE {shared}"), Value::Null)
        .expect(204);
    let listed = world.get(&alice, "/chat/threads").expect(200);
    let items = listed["value"].as_array().unwrap();
    assert_eq!(
        keys(&items[0]),
        ["deletedOn", "id", "lastMessageReceivedOn", "topic"]
    );
    assert_eq!(items[0]["deletedOn"], "2026-01-01T00:00:02Z");
    assert_eq!(items[0]["lastMessageReceivedOn"], "2026-01-01T00:00:01Z");
    assert_eq!(keys(&items[1]), ["id", "lastMessageReceivedOn", "topic"]);
    assert_eq!(keys(&listed), ["value"], "no link on the last page");
}

#[test]
fn update_and_delete_answer_204_with_nothing() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for call in [format!("PATCH {thread}"), format!("DELETE {thread}")] {
        let body = if call.starts_with("PATCH") {
            json!({"topic": "Dinner"})
        } else {
            Value::Null
        };
        let reply = world.call(&alice, &call, body);
        assert_eq!((reply.status, reply.text.as_str()), (204, ""));
        assert_eq!(reply.header("content-type"), None);
        assert_eq!(reply.header("content-length"), None);
    }
    let properties = world.get(&alice, &thread).expect(200);
    assert_eq!(properties["topic"], "Dinner");
    assert_eq!(properties["deletedOn"], "2026-01-01T00:00:00Z");
}

#[test]
fn thread_metadata_is_merged_and_a_missing_key_stays() {
    let world = World::new();
    let alice = world.user();
    let body =
        json!({"topic": "t", "metadata": {"threadType": "primary", "secondaryThread": "id"}});
    let created = world
        .chat(&alice, V2025, "POST /chat/threads", Some(body))
        .expect(201);
    let thread = thread_path(&created);
    let version = "2023-11-15-preview";
    let body = json!({"metadata": {"threadType": "secondary"}});
    world
        .chat(&alice, version, &format!("PATCH {thread}"), Some(body))
        .expect(204);
    let properties = world
        .chat(&alice, version, &format!("GET {thread}"), None)
        .expect(200);
    let expected = json!({"threadType": "secondary", "secondaryThread": "id"});
    assert_eq!(properties["metadata"], expected);
}

#[test]
fn a_retention_policy_is_kept_changed_and_checked() {
    let world = World::new();
    let alice = world.user();
    let days = |n: i64| json!({"kind": "threadCreationDate", "deleteThreadAfterDays": n});
    let body = json!({"topic": "t", "retentionPolicy": days(60)});
    let created = world
        .chat(&alice, V2025, "POST /chat/threads", Some(body))
        .expect(201);
    assert_eq!(created["chatThread"]["retentionPolicy"], days(60));
    let thread = thread_path(&created);
    let patch = |policy: Value| {
        let body = json!({"retentionPolicy": policy});
        world
            .chat(&alice, V2025, &format!("PATCH {thread}"), Some(body))
            .status
    };
    let read = || {
        let properties = world
            .chat(&alice, V2025, &format!("GET {thread}"), None)
            .expect(200);
        properties["retentionPolicy"].clone()
    };
    assert_eq!(patch(json!({"kind": "none"})), 204);
    assert_eq!(read(), json!({"kind": "none"}));
    for bad in [
        days(29),
        days(91),
        days(-1),
        json!({"kind": "moon"}),
        json!({}),
    ] {
        assert_eq!(patch(bad), 400);
    }
    assert_eq!(read(), json!({"kind": "none"}));
    assert_eq!(patch(Value::Null), 204);
    assert_eq!(read(), Value::Null);
}
