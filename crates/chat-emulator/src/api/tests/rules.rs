//! Who may do what, sentence by sentence, as it is answered on the wire.

use super::*;

const DAY: u64 = 24 * 60 * 60;

/// Every call of a thread that changes something, or tells others something.
fn writing_calls(thread: &str, message: &str, user: &User) -> Vec<(String, Value)> {
    vec![
        (format!("PATCH {thread}"), json!({"topic": "t"})),
        (format!("DELETE {thread}"), Value::Null),
        (
            format!("POST {thread}/messages"),
            json!({"content": "hello"}),
        ),
        (
            format!("PATCH {thread}/messages/{message}"),
            json!({"content": "hello"}),
        ),
        (format!("DELETE {thread}/messages/{message}"), Value::Null),
        (
            format!("POST {thread}/participants/:add"),
            json!({"participants": [participant(&user.id)]}),
        ),
        (
            format!("POST {thread}/participants/:remove"),
            identifier(&user.id),
        ),
        (
            format!("POST {thread}/readReceipts"),
            json!({"chatMessageId": message}),
        ),
        (format!("POST {thread}/typing"), json!({})),
    ]
}

/// Every call of a thread that only reads.
fn reading_calls(thread: &str, message: &str) -> Vec<(String, Value)> {
    let targets = [
        String::new(),
        "/messages".to_owned(),
        format!("/messages/{message}"),
        "/participants".to_owned(),
        "/readReceipts".to_owned(),
    ];
    targets
        .iter()
        .map(|target| (format!("GET {thread}{target}"), Value::Null))
        .collect()
}

fn every_call(thread: &str, message: &str, user: &User) -> Vec<(String, Value)> {
    let mut calls = reading_calls(thread, message);
    calls.extend(writing_calls(thread, message, user));
    calls
}

#[test]
fn nothing_in_a_thread_is_open_to_who_does_not_take_part() {
    let world = World::new();
    let (alice, eve) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let message = world.message(&alice, &thread, "hello");
    for (call, body) in every_call(&thread, &message, &eve) {
        let reply = world.call(&eve, &call, body);
        assert_eq!(reply.status, 403, "{call}: {reply:?}");
    }
    let threads = world.get(&eve, "/chat/threads").expect(200);
    assert_eq!(threads["value"], json!([]));
}

#[test]
fn a_removed_participant_reads_earlier_messages_and_gets_403_on_all_else() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let message = world.message(&bob, &thread, "mine");
    let remove = format!("POST {thread}/participants/:remove");
    world.call(&alice, &remove, identifier(&bob.id)).expect(204);
    let mut calls = writing_calls(&thread, &message, &bob);
    for list in ["participants", "readReceipts"] {
        calls.push((format!("GET {thread}/{list}"), Value::Null));
    }
    for (call, body) in calls {
        let reply = world.call(&bob, &call, body);
        assert_eq!(reply.status, 403, "{call}: {reply:?}");
    }
    let later = world.message(&alice, &thread, "not for bob");
    world.get(&bob, &thread).expect(200);
    let message = world.get(&bob, &format!("{thread}/messages/{message}"));
    assert_eq!(message.expect(200)["content"]["message"], "mine");
    world
        .get(&bob, &format!("{thread}/messages/{later}"))
        .expect_error(404, "NotFound");
    let listed = world.get(&bob, &format!("{thread}/messages")).expect(200);
    assert_eq!(listed["value"][0]["type"], "participantRemoved");
    let threads = world.get(&bob, "/chat/threads").expect(200);
    assert_eq!(threads["value"].as_array().unwrap().len(), 1);
}

#[test]
fn revoked_tokens_and_deleted_users_are_refused_everywhere() {
    for end in [
        "POST /identities/ID/:revokeAccessTokens",
        "DELETE /identities/ID",
    ] {
        let world = World::new();
        let alice = world.user();
        let thread = world.thread(&[&alice]);
        let message = world.message(&alice, &thread, "hello");
        let end = end.replace("ID", &alice.id);
        world.identity(IDENTITY, &end, None).expect(204);
        let mut calls = every_call(&thread, &message, &alice);
        calls.push(("GET /chat/threads".to_owned(), Value::Null));
        calls.push(("POST /chat/threads".to_owned(), json!({"topic": "t"})));
        for (call, body) in calls {
            let reply = world.call(&alice, &call, body);
            assert_eq!(reply.status, 401, "{end}, {call}: {reply:?}");
        }
    }
}

#[test]
fn a_scope_opens_the_calls_it_is_for_and_no_others() {
    for (scope, manages, invites) in [
        ("chat", true, true),
        ("chat.join", false, true),
        ("chat.join.limited", false, false),
    ] {
        let world = World::new();
        let (owner, other) = (world.user(), world.user());
        let caller = world.user_with(&[scope]);
        let thread = world.thread(&[&owner, &caller, &other]);
        let message = world.message(&caller, &thread, "hello");
        let mut calls = every_call(&thread, &message, &other);
        calls.push(("POST /chat/threads".to_owned(), json!({"topic": "t"})));
        // The thread is deleted last.
        calls.sort_by_key(|(call, _)| *call == format!("DELETE {thread}"));
        for (call, body) in calls {
            let (method, target) = call.split_once(' ').unwrap();
            let manage = target == "/chat/threads" || (target == thread && method != "GET");
            let invite = target.contains("/participants/:");
            let open = (!manage || manages) && (!invite || invites);
            let reply = world.call(&caller, &call, body);
            assert_eq!(reply.status < 300, open, "{scope}, {call}: {reply:?}");
            assert!(open || reply.status == 403, "{scope}, {call}: {reply:?}");
        }
    }
}

#[test]
fn history_before_the_share_history_time_is_neither_listed_nor_found() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let old = world.message(&alice, &thread, "before");
    world.later(10);
    let added = json!({"participants": [{
        "communicationIdentifier": identifier(&bob.id),
        "shareHistoryTime": "2026-01-01T00:00:10Z",
    }]});
    let add = format!("POST {thread}/participants/:add");
    world.call(&alice, &add, added).expect(201);
    let new = world.message(&alice, &thread, "after");

    let listed = world.get(&bob, &format!("{thread}/messages")).expect(200);
    let ids: Vec<_> = listed["value"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["type"] == "text")
        .map(|message| message["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [&new]);
    let (old, new) = (
        format!("{thread}/messages/{old}"),
        format!("{thread}/messages/{new}"),
    );
    world.get(&bob, &old).expect_error(404, "NotFound");
    world.get(&bob, &new).expect(200);
    world.get(&alice, &old).expect(200);

    // An edit does not bring it into view.
    let edit = json!({"content": "before, edited"});
    world
        .call(&alice, &format!("PATCH {old}"), edit)
        .expect(204);
    world.get(&bob, &old).expect_error(404, "NotFound");
    let listed = world.get(&bob, &format!("{thread}/messages")).expect(200);
    assert!(!listed.to_string().contains("edited"), "{listed}");
}

#[test]
fn history_that_is_hidden_can_be_neither_changed_nor_receipted() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let old = world.message(&bob, &thread, "before");
    world.later(10);
    // Bob leaves, and is added again without the history.
    let remove = format!("POST {thread}/participants/:remove");
    world.call(&alice, &remove, identifier(&bob.id)).expect(204);
    let added = json!({"participants": [{
        "communicationIdentifier": identifier(&bob.id),
        "shareHistoryTime": "2026-01-01T00:00:10Z",
    }]});
    let add = format!("POST {thread}/participants/:add");
    world.call(&alice, &add, added).expect(201);
    let message = format!("{thread}/messages/{old}");
    for (call, body) in [
        (format!("PATCH {message}"), json!({"content": "x"})),
        (format!("DELETE {message}"), Value::Null),
        (
            format!("POST {thread}/readReceipts"),
            json!({"chatMessageId": old}),
        ),
    ] {
        world.call(&bob, &call, body).expect_error(404, "NotFound");
    }
}

/// The same user with a token from now on: one lives a day.
fn with_new_token(world: &World, user: &User) -> User {
    let issue = format!("POST /identities/{}/:issueAccessToken", user.id);
    let issued = world.identity(IDENTITY, &issue, Some(json!({"scopes": ["chat"]})));
    User {
        id: user.id.clone(),
        token: issued.expect(200)["token"].as_str().unwrap().to_owned(),
    }
}

#[test]
fn a_thread_past_its_retention_is_deleted_when_the_clock_is_moved() {
    let world = World::new();
    let alice = world.user();
    let create = json!({
        "topic": "short-lived",
        "participants": [],
        "retentionPolicy": {"kind": "threadCreationDate", "deleteThreadAfterDays": 30},
    });
    let created = world.chat(&alice, V2025, "POST /chat/threads", Some(create));
    let thread = thread_path(&created.expect(201));

    world.later(30 * DAY - 1);
    let alice_again = with_new_token(&world, &alice);
    world.message(&alice_again, &thread, "still here");
    world.later(1);
    for (call, body) in writing_calls(&thread, "1767225600250", &alice) {
        // Deleting what is deleted is no error.
        let expected = if call == format!("DELETE {thread}") {
            204
        } else {
            404
        };
        let reply = world.call(&alice_again, &call, body);
        assert_eq!(reply.status, expected, "{call}: {reply:?}");
    }
    let threads = world.get(&alice_again, "/chat/threads").expect(200);
    assert_eq!(
        threads["value"][0]["deletedOn"], "2026-01-31T00:00:00Z",
        "it stays listed: {threads}"
    );
}

#[test]
fn a_retention_of_less_than_30_or_more_than_90_days_is_400() {
    let world = World::new();
    let alice = world.user();
    for (days, status) in [(0, 400), (29, 400), (30, 201), (90, 201), (91, 400)] {
        let create = json!({
            "topic": "t",
            "retentionPolicy": {"kind": "threadCreationDate", "deleteThreadAfterDays": days},
        });
        let reply = world.chat(&alice, V2025, "POST /chat/threads", Some(create));
        assert_eq!(reply.status, status, "{days}: {reply:?}");
    }
}
