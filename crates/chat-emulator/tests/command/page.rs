//! The page of the control port, and what it reads.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use chat_emulator::{Emulator, Seed};
use serde_json::{Value, json};

use crate::world::{Chat, User, World, contents};

/// `/threads/…` of the control API.
fn path(chat: &Chat) -> String {
    chat.thread.replacen("/chat", "", 1)
}

#[test]
fn the_page_comes_from_the_program_and_may_load_nothing_else() {
    let world = World::new();
    for (file, content_type, text) in [
        ("/", "text/html; charset=utf-8", "<script src=\"main.js\""),
        ("/dom.js", "text/javascript; charset=utf-8", "textContent"),
        ("/message.js", "text/javascript; charset=utf-8", "message"),
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
    // A digit that the id does not end with.
    let (but_last, last) = chat.user.id.split_at(chat.user.id.len() - 1);
    let unknown = format!("{but_last}{}", if last == "9" { "8" } else { "9" });
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

#[test]
fn the_list_of_threads_has_few_participants_of_each_and_says_how_many_there_are() {
    let world = World::new();
    let chat = world.chat();
    let others: Vec<_> = (0..7)
        .map(|_| json!({"communicationIdentifier": {"rawId": world.user().id}}))
        .collect();
    let add = format!("POST {}/participants/:add", chat.thread);
    world
        .call(&chat.user, &add, json!({"participants": others}))
        .expect(201);
    let listed = world.control("GET", "/threads", &Value::Null).expect(200);
    let thread = &listed["threads"][0];
    assert_eq!(thread["participants"].as_array().unwrap().len(), 5);
    assert_eq!(thread["participantCount"], 8);
    let shown = world.control("GET", &path(&chat), &Value::Null).expect(200);
    assert_eq!(shown["participants"].as_array().unwrap().len(), 8);
}

#[test]
fn messages_are_written_edited_and_deleted_as_any_participant() {
    let world = World::new();
    let chat = world.chat();
    let messages = format!("{}/messages", path(&chat));
    let html = json!({
        "from": chat.user.id, "content": "<b>Hi</b><script>x</script>", "type": "html",
        "metadata": {"mood": "good"},
    });
    let sent = world.control("POST", &messages, &html).expect(201);
    let message = format!("{messages}/{}", sent["id"].as_str().unwrap());
    let newest = || {
        let shown = world.control("GET", &path(&chat), &Value::Null).expect(200);
        shown["messages"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone()
    };
    let shown = newest();
    assert_eq!(shown["type"], "html");
    assert_eq!(shown["content"], "<b>Hi</b>");
    assert_eq!(shown["metadata"], json!({"mood": "good"}));

    let edit = json!({"from": chat.user.id, "content": "<i>Ho</i>"});
    let reply = world.control("PATCH", &message, &edit);
    assert_eq!(reply.status(), Some(204));
    assert_eq!(newest()["content"], "<i>Ho</i>");
    assert!(newest()["editedOn"].is_string());

    let stranger = world.user();
    let by = |user: &str| json!({"from": user});
    for (method, target, body, status) in [
        (
            "PATCH",
            &*message,
            json!({"from": stranger.id, "content": "x"}),
            403,
        ),
        ("DELETE", &message, by(&stranger.id), 403),
        ("DELETE", &format!("{messages}/x"), by(&chat.user.id), 404),
        ("DELETE", &format!("{messages}/7"), by(&chat.user.id), 404),
        ("DELETE", &message, json!({}), 400),
    ] {
        let reply = world.control(method, target, &body);
        assert_eq!(reply.status(), Some(status), "{method} {target} {body}");
    }
    assert_eq!(newest()["content"], "<i>Ho</i>");

    let reply = world.control("DELETE", &message, &by(&chat.user.id));
    assert_eq!(reply.status(), Some(204));
    assert_eq!(newest()["content"], "");
    assert!(newest()["deletedOn"].is_string());
}

#[test]
fn who_types_and_how_far_people_have_read_is_shown_until_it_is_over() {
    let world = World::new();
    let chat = world.chat();
    let sent = world.send_message(&chat, "hello").expect(201);
    let shown = || world.control("GET", &path(&chat), &Value::Null).expect(200);
    assert_eq!(
        (&shown()["typing"], &shown()["receipts"]),
        (&json!([]), &json!([]))
    );

    let typing = format!("{}/typing", path(&chat));
    let by = json!({"from": chat.user.id});
    let types = || {
        let reply = world.control("POST", &typing, &by);
        assert_eq!(reply.status(), Some(204));
    };
    types();
    assert_eq!(shown()["typing"], json!([chat.user.id]));
    world.send_message(&chat, "here").expect(201);
    assert_eq!(shown()["typing"], json!([]), "a message has come instead");
    types();
    world.emulator.advance_clock(Duration::from_secs(8));
    assert_eq!(shown()["typing"], json!([]), "too long ago");
    // A client's notification is shown as well.
    let notify = format!("POST {}/typing", chat.thread);
    world.call(&chat.user, &notify, json!({})).expect(200);
    assert_eq!(shown()["typing"], json!([chat.user.id]));

    let receipt = json!({"from": chat.user.id, "messageId": sent["id"]});
    let receipts = format!("{}/receipts", path(&chat));
    let reply = world.control("POST", &receipts, &receipt);
    assert_eq!(reply.status(), Some(204));
    assert_eq!(shown()["receipts"][0]["user"], chat.user.id.as_str());
    assert_eq!(shown()["receipts"][0]["messageId"], sent["id"]);
}

#[test]
fn users_are_listed_and_get_tokens_that_are_good() {
    let seed = r#"{"users": [{"name": "zoe"}, {"name": "bob"}]}"#;
    let emulator = Emulator::builder()
        .control_port(0)
        .seed(Seed::from_json(seed).unwrap())
        .start_blocking()
        .unwrap();
    let world = World::with(emulator);
    let nameless = world.user();
    let listed = world.control("GET", "/users", &Value::Null).expect(200);
    assert_eq!(listed["count"], 3);
    let names: Vec<_> = listed["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| &user["name"])
        .collect();
    assert_eq!(names, [&json!("bob"), &json!("zoe"), &Value::Null]);

    let target = format!("/users/{}/tokens", nameless.id);
    let issued = world.control("POST", &target, &Value::Null).expect(201);
    let user = User {
        id: nameless.id.clone(),
        token: issued["token"].as_str().unwrap().to_owned(),
    };
    world
        .call(&user, "GET /chat/threads", Value::Null)
        .expect(200);
    let (rest, last) = nameless.id.split_at(nameless.id.len() - 1);
    let unknown = format!("{rest}{}", if last == "0" { "1" } else { "0" });
    for (user, status) in [("x", 400), (unknown.as_str(), 404)] {
        let reply = world.control("POST", &format!("/users/{user}/tokens"), &Value::Null);
        assert_eq!(reply.status(), Some(status), "{user}");
    }
}

#[test]
fn the_connection_string_is_the_one_that_programs_take() {
    let world = World::new();
    let about = world.control("GET", "/about", &Value::Null).expect(200);
    assert_eq!(
        about["connectionString"],
        world.emulator.connection_string()
    );
}

#[test]
fn each_kind_of_change_is_told_to_whoever_listens_and_nothing_else_is() {
    let world = World::new();
    let chat = world.chat();
    let mut events = BufReader::new(TcpStream::connect(world.control_address()).unwrap());
    let timeout = Some(Duration::from_secs(20));
    events.get_ref().set_read_timeout(timeout).unwrap();
    events
        .get_mut()
        .write_all(b"GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .unwrap();
    let mut next = || loop {
        let mut line = String::new();
        assert_ne!(
            events.read_line(&mut line).unwrap(),
            0,
            "the stream has ended"
        );
        if let Some(data) = line.strip_prefix("data: ") {
            return serde_json::from_str::<Value>(data).unwrap();
        }
    };
    let before = next();
    world.send_message(&chat, "hello").expect(201);
    let mut after = next();
    // Noted a moment later than it is carried out.
    if after["journal"] == before["journal"] {
        after = next();
    }
    assert_ne!(after["store"], before["store"]);
    assert_eq!(
        after["journal"][1],
        json!(before["journal"][1].as_u64().unwrap() + 1)
    );
    assert_eq!(after["faults"], json!([0, 0]));

    let typing = format!("{}/typing", path(&chat));
    world.control("POST", &typing, &json!({"from": chat.user.id}));
    let typed = next();
    assert_ne!(typed["store"], after["store"]);
    assert_eq!(
        typed["journal"], after["journal"],
        "commands are no requests"
    );
    world
        .control("POST", "/faults", &json!({"kind": "emptyPage"}))
        .expect(201);
    assert_eq!(next()["faults"], json!([1, 1]));
    world
        .control("POST", "/clock", &json!({"advanceSeconds": 3600}))
        .expect(200);
    assert_eq!(next()["clock"], json!([3_600_000, 0]));
    world.control("DELETE", "/journal", &Value::Null);
    let cleared = next()["journal"].clone();
    assert_eq!(cleared[0], json!(cleared[1].as_u64().unwrap() + 1));
}
