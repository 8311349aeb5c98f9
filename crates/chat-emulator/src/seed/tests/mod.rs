mod merging;

use std::sync::Arc;

use super::*;
use crate::store::timestamp::Timestamp;
use crate::store::{ListMessages, ListThreads, ManualClock, MessageBody, Present};

fn world() -> (Arc<ManualClock>, Store) {
    let clock = ManualClock::at("2026-01-01T00:00:00Z");
    let (limits, capacity) = (Limits::default(), Capacity::default());
    let store = Store::new(
        Arc::clone(&clock) as _,
        Box::new(RandomIds),
        limits,
        capacity,
    );
    (clock, store)
}

/// The error of a seed, whenever it shows.
fn error(json: &str) -> SeedError {
    let seed = match Seed::from_json(json) {
        Ok(seed) => seed,
        Err(error) => return error,
    };
    let (clock, _) = world();
    seed.rehearse(clock, Limits::default(), Capacity::default())
        .unwrap_err()
}

const LUNCH: &str = r#"{
    "users": [{"name": "alice"}, {"name": "bob", "scopes": ["chat.join"], "tokenMinutes": 60}],
    "threads": [{
        "topic": "Lunch",
        "createdBy": "alice",
        "participants": [{"user": "bob", "displayName": "Bob"}],
        "messages": [
            {"from": "alice", "content": "Hungry?", "senderDisplayName": "Alice"},
            {"from": "bob", "content": "<b>Yes</b>", "type": "html", "metadata": {"mood": "good"}}
        ]
    }]
}"#;

#[test]
fn a_seed_makes_users_with_names_threads_and_messages() {
    let (_, mut store) = world();
    let grants = Seed::from_json(LUNCH).unwrap().plant(&mut store).unwrap();
    let names: Vec<_> = grants.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["alice", "bob"]);
    assert_eq!(
        grants[1].1.expires,
        store.now().plus(std::time::Duration::from_secs(3600))
    );
    let user = store.seeded_user("bob", &grants[0].1.user);
    assert_eq!(user, Present::Live(grants[1].1.user.clone()));

    let bob = store.authorize(&grants[1].1).unwrap();
    let list = ListThreads {
        page_size: 10,
        start: Timestamp::EPOCH,
        after: None,
    };
    let threads = store.list_threads(&bob, &list).unwrap().items;
    assert_eq!(threads.len(), 1);
    assert_eq!(threads[0].topic, "Lunch");
    let list = ListMessages {
        page_size: 10,
        start: Timestamp::EPOCH,
        before: u64::MAX,
    };
    let messages = store
        .list_messages(&bob, &threads[0].id, &list)
        .unwrap()
        .items;
    let contents: Vec<_> = messages
        .iter()
        .filter_map(|message| match &message.body {
            MessageBody::User(user) => Some((user.sender.clone(), user.content.as_str())),
            _ => None,
        })
        .collect();
    let expected = [
        (grants[1].1.user.clone(), "<b>Yes</b>"),
        (grants[0].1.user.clone(), "Hungry?"),
    ];
    assert_eq!(contents, expected, "newest first");
}

#[test]
fn the_seed_of_the_readme_is_taken() {
    let readme = include_str!("../../../README.md");
    let json = readme.split("```json\n").nth(1).unwrap();
    let json = json.split("```").next().unwrap();
    let seed = Seed::from_json(json).unwrap();
    let (_, mut store) = world();
    assert_eq!(seed.plant(&mut store).unwrap().len(), 2);
}

#[test]
fn a_mistake_is_named_with_its_path() {
    let long = "x".repeat(28 * 1024 + 1);
    let long = format!(
        r#"{{"users": [{{"name": "a"}}], "threads": [{{"topic": "t", "createdBy": "a",
            "messages": [{{"from": "a", "content": "x"}}, {{"from": "a", "content": "{long}"}}]}}]}}"#
    );
    for (json, path) in [
        ("", ""),
        ("7", ""),
        ("{} {}", ""),
        (r#"{"user": []}"#, "user"),
        (r#"{"users": [{"name": "a b"}]}"#, "users[0].name"),
        (r#"{"users": [{"name": ""}]}"#, "users[0].name"),
        (
            r#"{"users": [{"name": "a"}, {"name": "a"}]}"#,
            "users[1].name",
        ),
        (
            r#"{"users": [{"name": "a", "scopes": []}]}"#,
            "users[0].scopes",
        ),
        (
            r#"{"users": [{"name": "a", "scopes": ["chat", "chatter"]}]}"#,
            "users[0].scopes[1]",
        ),
        (
            r#"{"users": [{"name": "a", "tokenMinutes": "60"}]}"#,
            "users[0].tokenMinutes",
        ),
        (
            r#"{"users": [{"name": "a", "tokenMinutes": 59}]}"#,
            "users[0]",
        ),
        (r#"{"threads": [{"topic": "t"}]}"#, "threads[0]"),
        (
            r#"{"threads": [{"topic": "t", "createdBy": "a"}]}"#,
            "threads[0].createdBy",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "", "createdBy": "a"}]}"#,
            "threads[0].topic",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a",
                "deleteThreadAfterDays": 29}]}"#,
            "threads[0]",
        ),
        (
            r#"{"users": [{"name": "a", "scopes": ["chat.join"]}],
                "threads": [{"topic": "t", "createdBy": "a"}]}"#,
            "threads[0]",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a",
                "participants": [{"user": "b"}]}]}"#,
            "threads[0].participants[0].user",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a",
                "participants": [{"user": "a", "shareHistoryTime": "yesterday"}]}]}"#,
            "threads[0].participants[0].shareHistoryTime",
        ),
        (
            r#"{"users": [{"name": "a"}, {"name": "b"}], "threads": [{"topic": "t", "createdBy": "a",
                "messages": [{"from": "b", "content": "x"}]}]}"#,
            "threads[0].messages[0]",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a", "id": "19:x"}]}"#,
            "threads[0].id",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [
                {"topic": "t", "createdBy": "a", "id": "19:acsV2_x@thread.v2"},
                {"topic": "u", "createdBy": "a", "id": "19:acsV2_x@thread.v2"}]}"#,
            "threads[1].id",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a",
                "messages": [{"from": "a", "content": "x", "id": "soon"}]}]}"#,
            "threads[0].messages[0].id",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a",
                "createdOn": "2026-02-01T00:00:00Z",
                "messages": [{"from": "a", "content": "x", "id": "1769904000001"}]}]}"#,
            "threads[0].messages[0].id",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a",
                "messages": [{"from": "a", "content": "x"}, {"from": "a", "content": "y", "id": "1767225600002"}]}]}"#,
            "threads[0].messages[1].id",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a",
                "messages": [{"from": "a", "content": "x", "type": "image"}]}]}"#,
            "threads[0].messages[0].type",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a",
                "messages": [{"from": "a", "content": "x", "attachments": [{"name": "x.png"}]}]}]}"#,
            "threads[0].messages[0].attachments[0].bytes",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a",
                "messages": [{"from": "a", "content": "x", "attachments": [{"bytes": "!"}]}]}]}"#,
            "threads[0].messages[0].attachments[0].bytes",
        ),
        (
            r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a",
                "messages": [{"from": "a", "content": "x", "attachments": [{"attachmentType": "file"}]}]}]}"#,
            "threads[0].messages[0].attachments[0].previewUrl",
        ),
        (long.as_str(), "threads[0].messages[1]"),
    ] {
        let error = error(json);
        assert_eq!(error.path(), path, "{error}");
        let text = error.to_string();
        let dot = if path.is_empty() { "" } else { "." };
        assert!(
            text.starts_with(&format!("the seed is wrong at ${dot}{path}: ")),
            "{text}"
        );
    }
}

#[test]
fn a_seeded_user_does_not_print_its_token() {
    let user = SeededUser {
        name: "alice".to_owned(),
        id: "8:acs:x".to_owned(),
        token: "a.secret.token".to_owned(),
    };
    assert!(!format!("{user:?}").contains("secret"));
}
