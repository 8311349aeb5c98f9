//! Pictures that are attached to messages.

use chat_emulator::Emulator;
use serde_json::{Value, json};

use super::folder;
use super::world::{World, user};

pub(crate) const THREAD: &str = "19:acsV2_pictures@thread.v2";

/// A thread of alice and bob with pictures, for a seed. The bytes are `original` and `small`.
pub(crate) fn thread() -> Value {
    json!({
        "id": THREAD,
        "topic": "Pictures",
        "createdBy": "alice",
        "participants": [{"user": "bob"}],
        "messages": [{
            "from": "alice",
            "content": "<p>Look <img id=\"0-eus-1\"></p>",
            "type": "html",
            "metadata": {"amsreferences": "[\"0-eus-1\"]"},
            "attachments": [
                {"id": "0-eus-1", "name": "cat.png", "bytes": "b3JpZ2luYWw=", "preview": "c21hbGw="},
                {"attachmentType": "file", "name": "plan.docx", "previewUrl": "https://files.example/plan.docx"},
                {"bytes": "b3JpZ2luYWw=", "mediaType": "image/jpeg"},
            ],
        }],
    })
}

fn start() -> (World, Vec<String>) {
    World::seeded(&json!({
        "users": [{"name": "alice"}, {"name": "bob"}, {"name": "carol"}],
        "threads": [thread()],
    }))
}

/// The newest message of the thread, and its attachments.
fn message(world: &World, token: &str) -> (String, Value) {
    let page = world.done(token, "GET", &format!("/{THREAD}/messages"), Value::Null);
    let message = &page["value"][0];
    let id = message["id"].as_str().unwrap().to_owned();
    (id, message["content"]["attachments"].clone())
}

/// What a URL of a message is here, where its origin is the same for all.
fn here(world: &World, url: &Value) -> String {
    let path = url.as_str().unwrap().strip_prefix("http://emulator/");
    format!("{}{}", world.emulator.endpoint(), path.unwrap())
}

#[test]
fn pictures_are_served_to_participants_where_their_message_says() {
    let (world, users) = start();
    let token = |index: usize| world.token(&users[index]).unwrap();
    let (bob, carol) = (token(1), token(2));
    let (id, attachments) = message(&world, &bob);
    let thread = format!("http://emulator/chat/threads/{THREAD}");
    let version = "api-version=2025-03-15";
    let third = attachments[2]["id"].as_str().unwrap();
    let expected = json!([
        {
            "id": "0-eus-1",
            "attachmentType": "image",
            "name": "cat.png",
            "url": format!("{thread}/images/0-eus-1/views/original?{version}"),
            "previewUrl": format!("{thread}/messages/{id}/teamsInterop/images/0-eus-1/views/small?{version}"),
        },
        {
            "id": attachments[1]["id"],
            "attachmentType": "file",
            "name": "plan.docx",
            "previewUrl": "https://files.example/plan.docx",
        },
        {
            "id": third,
            "attachmentType": "image",
            "url": format!("{thread}/images/{third}/views/original?{version}"),
        },
    ]);
    assert_eq!(attachments, expected);
    let one = world.done(
        &bob,
        "GET",
        &format!("/{THREAD}/messages/{id}"),
        Value::Null,
    );
    assert_eq!(one["content"]["attachments"], expected);

    let (url, preview) = (
        here(&world, &expected[0]["url"]),
        here(&world, &expected[0]["previewUrl"]),
    );
    for (url, media_type, bytes) in [
        (url.clone(), "image/png", "original"),
        (preview.clone(), "image/png", "small"),
        (url.replace("original", "small"), "image/png", "small"),
        (here(&world, &expected[2]["url"]), "image/jpeg", "original"),
        (
            here(&world, &expected[2]["url"]).replace("original", "small"),
            "image/jpeg",
            "original",
        ),
    ] {
        let response = world.fetch(&url, Some(&bob));
        assert_eq!(response.status(), 200, "{url}");
        assert_eq!(response.headers()["content-type"], media_type);
        assert_eq!(response.text().unwrap(), bytes);
    }
    for (url, token, status) in [
        (url.clone(), None, 401),
        (url.clone(), Some(&carol), 403),
        (preview, Some(&carol), 403),
        (url.replace("0-eus-1", "0-eus-2"), Some(&bob), 404),
        (url.replace("original", "huge"), Some(&bob), 404),
        (url.replace("pictures@", "nothing@"), Some(&bob), 404),
    ] {
        let response = world.fetch(&url, token.map(String::as_str));
        assert_eq!(response.status(), status, "{url}");
    }
}

#[test]
fn a_picture_goes_with_its_message_and_stays_when_the_text_is_changed() {
    let (world, users) = start();
    let alice = world.token(&users[0]).unwrap();
    let (id, attachments) = message(&world, &alice);
    let url = here(&world, &attachments[0]["url"]);
    let path = format!("/{THREAD}/messages/{id}");
    world.done(&alice, "PATCH", &path, json!({ "content": "Look again" }));
    assert_eq!(message(&world, &alice).1, attachments);
    assert_eq!(world.fetch(&url, Some(&alice)).status(), 200);
    world.done(&alice, "DELETE", &path, Value::Null);
    assert_eq!(message(&world, &alice).1, json!([]));
    assert_eq!(world.fetch(&url, Some(&alice)).status(), 404);
}

#[test]
fn history_that_is_hidden_hides_its_pictures() {
    let (world, users) = start();
    let alice = world.token(&users[0]).unwrap();
    let (_, attachments) = message(&world, &alice);
    let late = json!({
        "communicationIdentifier": user(&users[2]),
        "shareHistoryTime": "2026-06-01T00:00:00Z",
    });
    let path = format!("/{THREAD}/participants/:add");
    world.done(&alice, "POST", &path, json!({ "participants": [late] }));
    let carol = world.token(&users[2]).unwrap();
    for url in [&attachments[0]["url"], &attachments[0]["previewUrl"]] {
        let url = here(&world, url);
        assert_eq!(world.fetch(&url, Some(&alice)).status(), 200);
        assert_eq!(world.fetch(&url, Some(&carol)).status(), 404);
    }
}

#[test]
fn pictures_come_with_an_archive() {
    let folder = folder();
    let (world, users) = start();
    let archive = folder.path().join("archive");
    world.emulator.export(&archive).unwrap();
    let imported = World::start(Emulator::builder().import(archive));
    let bob = imported.token(&users[1]).unwrap();
    let (_, attachments) = message(&imported, &bob);
    assert_eq!(
        attachments,
        message(&world, &world.token(&users[1]).unwrap()).1
    );
    for (url, bytes) in [
        (&attachments[0]["url"], "original"),
        (&attachments[0]["previewUrl"], "small"),
        (&attachments[2]["url"], "original"),
    ] {
        let response = imported.fetch(&here(&imported, url), Some(&bob));
        assert_eq!(response.text().unwrap(), bytes);
    }
}
