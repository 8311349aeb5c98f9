//! Pages of lists that lead astray, or are not up to date.

use std::time::Duration;

use chat_emulator::Fault;
use serde_json::{Value, json};

use crate::world::{Chat, World, both_ways, contents};

/// A page of two messages.
fn page(world: &World, chat: &Chat) -> Value {
    let call = format!("GET {}/messages?maxPageSize=2", chat.thread);
    world.call(&chat.user, &call, Value::Null).expect(200)
}

fn three_messages(world: &World, chat: &Chat) {
    for content in ["a", "b", "c"] {
        world.send_message(chat, content).expect(201);
    }
}

#[test]
fn an_empty_page_leads_to_the_one_that_it_stands_for() {
    both_ways(
        Fault::empty_page().times(2),
        json!({"kind": "emptyPage", "times": 2}),
        |world, chat| {
            three_messages(world, chat);
            let first = page(world, chat);
            assert_eq!(first["value"], json!([]));
            let second = world.follow(&chat.user, &first["nextLink"]).expect(200);
            assert_eq!(second["value"], json!([]));
            assert_ne!(first["nextLink"], second["nextLink"]);
            let third = world.follow(&chat.user, &second["nextLink"]).expect(200);
            assert_eq!(contents(&third), ["c", "b"]);
            let fourth = world.follow(&chat.user, &third["nextLink"]).expect(200);
            assert_eq!(contents(&fourth), ["a"]);
        },
    );
}

#[test]
fn a_link_leads_to_a_foreign_host() {
    both_ways(
        Fault::foreign_next_link(),
        json!({"kind": "foreignNextLink"}),
        |world, chat| {
            three_messages(world, chat);
            let page = page(world, chat);
            let link = page["nextLink"].as_str().unwrap();
            assert!(
                link.starts_with("http://foreign.invalid/chat/threads/"),
                "{link}"
            );
            assert!(link.contains("syncState="), "{link}");
            assert_eq!(contents(&page), ["c", "b"]);
        },
    );
}

#[test]
fn the_foreign_host_can_be_chosen_and_a_last_page_has_a_link_too() {
    both_ways(
        Fault::foreign_next_link_to("https://127.0.0.1:9").for_operation("listChatParticipants"),
        json!({"kind": "foreignNextLink", "origin": "https://127.0.0.1:9", "operation": "listChatParticipants"}),
        |world, chat| {
            let call = format!("GET {}/participants", chat.thread);
            let page = world.call(&chat.user, &call, Value::Null).expect(200);
            let link = page["nextLink"].as_str().unwrap();
            assert!(
                link.starts_with("https://127.0.0.1:9/chat/threads/"),
                "{link}"
            );
            assert!(
                link.ends_with("/participants?api-version=2025-03-15"),
                "{link}"
            );
        },
    );
}

#[test]
fn a_link_leads_to_its_own_page_again_and_again() {
    both_ways(
        Fault::repeated_next_link(),
        json!({"kind": "repeatedNextLink"}),
        |world, chat| {
            three_messages(world, chat);
            let first = page(world, chat);
            let second = world.follow(&chat.user, &first["nextLink"]).expect(200);
            assert_eq!(second, first);
            assert_eq!(contents(&second), ["c", "b"]);
        },
    );
}

fn lag(world: &World, chat: &Chat) {
    let bob = world.user();
    world.emulator.advance_clock(Duration::from_secs(60));
    let old = world.send_message(chat, "old").expect(201);
    world.emulator.advance_clock(Duration::from_secs(60));
    let new = world.send_message(chat, "new").expect(201);
    let receipt = json!({"chatMessageId": new["id"]});
    let call = format!("POST {}/readReceipts", chat.thread);
    world.call(&chat.user, &call, receipt).expect(200);
    let bob_json = json!({"communicationIdentifier": {"communicationUser": {"id": bob.id}}});
    let call = format!("POST {}/participants/:add", chat.thread);
    world
        .call(&chat.user, &call, json!({"participants": [bob_json]}))
        .expect(201);
    let later = world.thread(&chat.user);

    let count = |user, path: &str| {
        let page = world
            .call(user, &format!("GET {path}"), Value::Null)
            .expect(200);
        page["value"].as_array().unwrap().len()
    };
    let participants = format!("{}/participants", chat.thread);
    let receipts = format!("{}/readReceipts", chat.thread);
    let shown = || {
        (
            contents(&world.list_messages(chat).expect(200)),
            count(&chat.user, "/chat/threads"),
            count(&bob, "/chat/threads"),
            count(&chat.user, &participants),
            count(&chat.user, &receipts),
        )
    };
    assert_eq!(shown(), (vec!["old".to_owned()], 1, 0, 1, 0));
    // Asked for by their ids, they are there.
    for path in [
        format!("{}/messages/{}", chat.thread, new["id"].as_str().unwrap()),
        later,
    ] {
        world
            .call(&chat.user, &format!("GET {path}"), Value::Null)
            .expect(200);
    }
    // A page is as long as ever, and what is new is not in the next one either.
    let page = page(world, chat);
    assert_eq!(page["value"][0]["id"], old["id"]);
    assert_eq!(page["value"].as_array().unwrap().len(), 2);

    world.emulator.advance_clock(Duration::from_secs(30));
    assert_eq!(
        shown(),
        (vec!["new".to_owned(), "old".to_owned()], 2, 1, 2, 1)
    );
}

#[test]
fn lists_lag_behind_and_catch_up() {
    both_ways(
        Fault::list_lag(Duration::from_secs(30)),
        json!({"kind": "listLag", "seconds": 30}),
        lag,
    );
}

#[test]
fn a_lag_comes_on_top_of_other_faults() {
    both_ways(
        Fault::list_lag(Duration::from_secs(30)),
        json!({"kind": "listLag", "seconds": 30}),
        |world, chat| {
            world
                .emulator
                .inject(Fault::extra_field().times(1))
                .unwrap();
            world.send_message(chat, "new").expect(201);
            world
                .emulator
                .inject(Fault::extra_field().times(1))
                .unwrap();
            let page = world.list_messages(chat).expect(200);
            assert_eq!(contents(&page), [""; 0]);
            assert!(page["unknownField"].is_object());
            let entry = world.emulator.journal().pop().unwrap();
            assert_eq!(entry.faults().count(), 2);
        },
    );
}
