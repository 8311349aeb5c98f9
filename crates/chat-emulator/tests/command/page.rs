//! The page of the control port, and what it reads.

use serde_json::{Value, json};

use crate::world::{Chat, World, contents};

/// `/threads/…` of the control API.
fn path(chat: &Chat) -> String {
    chat.thread.replacen("/chat", "", 1)
}

#[test]
fn the_page_comes_from_the_program_and_may_load_nothing_else() {
    let world = World::new();
    for (file, content_type, text) in [
        ("/", "text/html; charset=utf-8", "<script src=\"page.js\""),
        ("/page.js", "text/javascript; charset=utf-8", "textContent"),
        ("/page.css", "text/css; charset=utf-8", "color-scheme"),
    ] {
        let reply = world.control("GET", file, &Value::Null);
        assert_eq!(reply.status(), Some(200), "{file}");
        assert_eq!(reply.header("content-type"), Some(content_type));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(reply.body.contains(text), "{file}");
        assert!(!reply.body.contains("innerHTML"), "{file}");
        assert!(!reply.body.contains("//cdn"), "{file}");
    }
    let reply = world.control("GET", "/page.txt", &Value::Null);
    assert_eq!(reply.status(), Some(404));
}

#[test]
fn all_threads_are_listed_with_their_participants_whoever_asks() {
    let world = World::new();
    let (one, two) = (world.chat(), world.chat());
    world.send_message(&one, "hello").expect(201);
    let listed = world.control("GET", "/threads", &Value::Null).expect(200);
    assert_eq!(listed["count"], 2);
    let threads = listed["threads"].as_array().unwrap();
    let found: Vec<_> = threads
        .iter()
        .map(|thread| {
            let id = thread["id"].as_str().unwrap();
            let counts = (&thread["messageCount"], &thread["participants"][0]["id"]);
            (format!("/chat/threads/{id}"), json!(counts))
        })
        .collect();
    let expected = [
        (one.thread.clone(), json!([3, one.user.id])),
        (two.thread.clone(), json!([2, two.user.id])),
    ];
    assert_eq!(
        found, expected,
        "the one where something happened last first"
    );
}

#[test]
fn a_thread_is_shown_with_its_newest_200_messages_oldest_first() {
    let world = World::new();
    let chat = world.chat();
    for number in 0..205 {
        world.send_message(&chat, &number.to_string()).expect(201);
    }
    let shown = world.control("GET", &path(&chat), &Value::Null).expect(200);
    assert_eq!(shown["topic"], "Lunch");
    assert_eq!(shown["messageCount"], 207);
    let messages = shown["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 200);
    assert_eq!(messages[0]["content"], "5");
    assert_eq!(messages[199]["content"], "204");
    assert_eq!(messages[199]["sender"]["id"], chat.user.id.as_str());
}

#[test]
fn a_message_can_be_sent_as_any_participant() {
    let world = World::new();
    let chat = world.chat();
    let messages = format!("{}/messages", path(&chat));
    let message = json!({"from": chat.user.id, "content": "from the page"});
    let sent = world.control("POST", &messages, &message).expect(201);
    let page = world.list_messages(&chat).expect(200);
    assert_eq!(contents(&page), ["from the page"]);
    assert_eq!(page["value"][0]["id"], sent["id"]);
    let sender = &page["value"][0]["senderCommunicationIdentifier"];
    assert_eq!(sender["rawId"], chat.user.id.as_str());
}

#[test]
fn a_message_is_refused_as_the_service_would_refuse_it() {
    let world = World::new();
    let (chat, other) = (world.chat(), world.chat());
    let messages = format!("{}/messages", path(&chat));
    let unknown = format!("{}9", &chat.user.id[..chat.user.id.len() - 1]);
    let long = "x".repeat(28 * 1024 + 1);
    for (target, body, status) in [
        (
            &*messages,
            json!({"from": other.user.id, "content": "x"}),
            403,
        ),
        (&messages, json!({"from": unknown, "content": "x"}), 404),
        (&messages, json!({"from": "alice", "content": "x"}), 400),
        (
            &messages,
            json!({"from": chat.user.id, "content": long}),
            400,
        ),
        (&messages, json!({"from": chat.user.id}), 400),
        (
            "/threads/19:00000000000000000000000000000000@thread.v2/messages",
            json!({"from": chat.user.id, "content": "x"}),
            404,
        ),
        (
            "/threads/x/messages",
            json!({"from": chat.user.id, "content": "x"}),
            404,
        ),
    ] {
        let reply = world.control("POST", target, &body);
        assert_eq!(reply.status(), Some(status), "{body}: {}", reply.body);
    }
    let origin = [("origin", "http://example.com")];
    let message = json!({"from": chat.user.id, "content": "forged"}).to_string();
    let reply = world.control_with("POST", &messages, &origin, &message);
    assert_eq!(reply.status(), Some(403));
    assert!(world.stored(&chat).is_empty());
}
