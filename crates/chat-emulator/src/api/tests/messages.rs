use super::*;

#[test]
fn send_answers_201_with_the_id_and_location() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let body = json!({"content": "hello", "senderDisplayName": "Alice", "type": "text"});
    let reply = world.call(&alice, &format!("POST {thread}/messages"), body);
    assert_eq!(reply.status, 201);
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(reply.text, format!(r#"{{"id":"{id}"}}"#));
    let location = format!("http://{HOST}{}/messages/{id}", thread.replace("%40", "@"));
    assert_eq!(reply.header("location"), Some(location.as_str()));
}

#[test]
fn a_users_message_has_the_recorded_fields() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let body =
        json!({"content": "<div>test</div>", "type": "html", "metadata": {"a": "1", "b": ""}});
    let sent = world
        .call(&alice, &format!("POST {thread}/messages"), body)
        .expect(201);
    let id = sent["id"].as_str().unwrap();
    let expected = json!({
        "id": id,
        "type": "html",
        "sequenceId": "3",
        "version": id,
        "content": {"message": "<div>test</div>"},
        "senderDisplayName": "",
        "createdOn": "2026-01-01T00:00:00Z",
        "senderCommunicationIdentifier": identifier(&alice.id),
        "metadata": {"a": "1", "b": ""},
    });
    assert_eq!(
        world
            .get(&alice, &format!("{thread}/messages/{id}"))
            .expect(200),
        expected
    );
    let plain = world.message(&alice, &thread, "x");
    let message = world
        .get(&alice, &format!("{thread}/messages/{plain}"))
        .expect(200);
    assert!(message.get("metadata").is_none());
    assert_eq!(message["type"], "text");
}

#[test]
fn fields_come_in_the_recorded_order() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let id = world.message(&alice, &thread, "x");
    let body = json!({"content": "y", "metadata": {"a": "1"}});
    world
        .call(&alice, &format!("PATCH {thread}/messages/{id}"), body)
        .expect(204);
    let text = world.get(&alice, &format!("{thread}/messages/{id}")).text;
    let names = [
        "id",
        "type",
        "sequenceId",
        "version",
        "content",
        "senderDisplayName",
        "createdOn",
        "senderCommunicationIdentifier",
        "editedOn",
        "metadata",
    ];
    let places: Vec<_> = names
        .map(|name| text.find(&format!("\"{name}\":")).unwrap())
        .into();
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn the_system_messages_of_a_new_thread_are_as_recorded() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let body = json!({"topic": "Lunch", "participants": [{
        "communicationIdentifier": {"communicationUser": {"id": bob.id}},
        "displayName": "Bob",
        "shareHistoryTime": "2020-09-08T01:02:14.387456Z",
    }]});
    let thread = thread_path(&world.call(&alice, "POST /chat/threads", body).expect(201));
    let listed = world.get(&alice, &format!("{thread}/messages")).expect(200);
    let messages = listed["value"].as_array().unwrap();
    let expected = json!([
        {
            "id": messages[0]["id"],
            "type": "topicUpdated",
            "sequenceId": "2",
            "version": messages[0]["id"],
            "content": {
                "topic": "Lunch",
                "initiatorCommunicationIdentifier": identifier(&alice.id),
            },
            "createdOn": "2026-01-01T00:00:00Z",
        },
        {
            "id": messages[1]["id"],
            "type": "participantAdded",
            "sequenceId": "1",
            "version": messages[1]["id"],
            "content": {
                "participants": [
                    {
                        "communicationIdentifier": identifier(&alice.id),
                        "shareHistoryTime": "1970-01-01T00:00:00Z",
                    },
                    {
                        "communicationIdentifier": identifier(&bob.id),
                        "displayName": "Bob",
                        "shareHistoryTime": "2020-09-08T01:02:14Z",
                    },
                ],
                "initiatorCommunicationIdentifier": identifier(&alice.id),
            },
            "createdOn": "2026-01-01T00:00:00Z",
        },
    ]);
    assert_eq!(listed["value"], expected);
}

#[test]
fn an_edited_and_a_deleted_message_look_as_recorded() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let id = world.message(&alice, &thread, "first");
    world.later(3);
    let path = format!("{thread}/messages/{id}");
    world
        .call(
            &alice,
            &format!("PATCH {path}"),
            json!({"content": "second"}),
        )
        .expect(204);
    let edited = world.get(&alice, &path).expect(200);
    assert_eq!(edited["editedOn"], "2026-01-01T00:00:03Z");
    assert_eq!(edited["createdOn"], "2026-01-01T00:00:00Z");
    assert_eq!(edited["sequenceId"], "4");
    assert_ne!(edited["version"], edited["id"]);

    world.later(3);
    world
        .call(&alice, &format!("DELETE {path}"), Value::Null)
        .expect(204);
    let deleted = world.get(&alice, &path).expect(200);
    let expected = json!({
        "id": id,
        "type": "text",
        "sequenceId": "5",
        "version": deleted["version"],
        "content": {"message": ""},
        "senderDisplayName": "",
        "createdOn": "2026-01-01T00:00:00Z",
        "senderCommunicationIdentifier": identifier(&alice.id),
        "deletedOn": "2026-01-01T00:00:06Z",
    });
    assert_eq!(deleted, expected);
}

#[test]
fn a_malformed_message_id_is_400_and_an_unknown_one_404() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for method in ["GET", "PATCH", "DELETE"] {
        let body = if method == "PATCH" {
            json!({"content": "x"})
        } else {
            Value::Null
        };
        let call = format!("{method} {thread}/messages/invalid_chat_message_id");
        let message = world
            .call(&alice, &call, body.clone())
            .expect_error(400, "BadRequest");
        assert_eq!(
            message,
            "Value for MessageId (invalid_chat_message_id) is not valid."
        );
        let call = format!("{method} {thread}/messages/1638847871698");
        world
            .call(&alice, &call, body)
            .expect_error(404, "NotFound");
    }
}

#[test]
fn only_text_and_html_can_be_sent() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for kind in [
        "topicUpdated",
        "participantAdded",
        "participantRemoved",
        "TEXT",
        "rich",
    ] {
        let body = json!({"content": "x", "type": kind});
        let reply = world.call(&alice, &format!("POST {thread}/messages"), body);
        assert_eq!(reply.expect_invalid("type"), "The input was not valid.");
    }
}

#[test]
fn html_is_sanitized_when_it_is_sent_and_when_it_is_changed_and_text_is_not() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let send = |kind: &str| {
        let content = "<p onclick=\"x\">a<script>alert(1)</script><img src=\"x\"></p>";
        let body = json!({"content": content, "type": kind});
        let sent = world.call(&alice, &format!("POST {thread}/messages"), body);
        let sent = sent.expect(201)["id"].as_str().unwrap().to_owned();
        format!("{thread}/messages/{sent}")
    };
    let content = |message: &str| {
        let message = world.get(&alice, message).expect(200);
        message["content"]["message"].as_str().unwrap().to_owned()
    };
    let html = send("html");
    assert_eq!(content(&html), "<p>a<img></p>");
    let change = json!({"content": "<b>b</b><iframe src=\"x\"></iframe>"});
    world
        .call(&alice, &format!("PATCH {html}"), change)
        .expect(204);
    assert_eq!(content(&html), "<b>b</b>");
    assert!(content(&send("text")).contains("<script>"));
}

#[test]
fn an_empty_content_is_a_message() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let id = world.message(&alice, &thread, "");
    let message = world
        .get(&alice, &format!("{thread}/messages/{id}"))
        .expect(200);
    assert_eq!(message["content"], json!({"message": ""}));
}
