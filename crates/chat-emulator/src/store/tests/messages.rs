use super::*;

#[test]
fn the_newest_sequence_id_comes_first_and_ids_are_creation_times() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    world.later(10);
    let id = world.send(&alice, &thread, "one");
    assert_eq!(id.0, world.store.now().millis());
    world.send(&alice, &thread, "two");
    let messages = world.messages(&alice, &thread);
    assert_eq!(
        world.contents(&alice, &thread),
        ["two", "one", "topic Lunch", "added 1"]
    );
    let sequences: Vec<_> = messages.iter().map(|message| message.sequence).collect();
    assert_eq!(sequences, [4, 3, 2, 1]);
    assert!(
        messages
            .iter()
            .all(|message| message.version == message.id.0)
    );
}

#[test]
fn ids_are_unique_while_the_clock_stands_still() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let ids: std::collections::HashSet<_> =
        (0..100).map(|_| world.send(&alice, &thread, "x")).collect();
    assert_eq!(ids.len(), 100);
}

#[test]
fn an_edit_moves_a_message_to_the_top() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let first = world.send(&alice, &thread, "one");
    world.send(&alice, &thread, "two");
    world.later(10);
    let change = MessageChange {
        content: Some("1".to_owned()),
        ..MessageChange::default()
    };
    world
        .store
        .update_message(&alice, &thread, first, change)
        .unwrap();

    assert_eq!(
        world.contents(&alice, &thread),
        ["1", "two", "topic Lunch", "added 1"]
    );
    let edited = world.store.message(&alice, &thread, first).unwrap();
    assert_eq!(edited.id, first);
    assert_eq!(edited.sequence, 5);
    assert_eq!(edited.edited_on, Some(world.store.now()));
    assert_eq!(edited.version, world.store.now().millis());
    let sequences: Vec<_> = world
        .messages(&alice, &thread)
        .iter()
        .map(|message| message.sequence)
        .collect();
    assert_eq!(sequences, [5, 4, 2, 1], "the old number is gone");
}

#[test]
fn a_deleted_message_stays_empty_at_the_top() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let id = world.send(&alice, &thread, "one");
    let change = MessageChange {
        content: Some("1".to_owned()),
        ..MessageChange::default()
    };
    world
        .store
        .update_message(&alice, &thread, id, change.clone())
        .unwrap();
    world.send(&alice, &thread, "two");
    world.later(10);
    world.store.delete_message(&alice, &thread, id).unwrap();

    let deleted = world.store.message(&alice, &thread, id).unwrap();
    assert_eq!(deleted.deleted_on, Some(world.store.now()));
    assert_eq!(deleted.edited_on, None);
    let MessageBody::User(body) = &deleted.body else {
        panic!("a user's message stays one")
    };
    assert_eq!((body.content.as_str(), &body.sender), ("", &alice.user));
    assert_eq!(world.contents(&alice, &thread)[0], "");
    assert_eq!(world.store.delete_message(&alice, &thread, id), Ok(()));
    assert_eq!(
        world.store.message(&alice, &thread, id).unwrap().sequence,
        deleted.sequence
    );
    let refusal = world
        .store
        .update_message(&alice, &thread, id, change)
        .unwrap_err();
    assert_eq!(refusal, Refusal::MessageDeleted);
}

#[test]
fn only_the_sender_changes_a_message_and_nobody_a_system_message() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let id = world.send(&alice, &thread, "mine");
    let system = world.messages(&alice, &thread)[1].id;
    for (caller, id) in [(&bob, id), (&alice, system)] {
        let change = MessageChange {
            content: Some("x".to_owned()),
            ..MessageChange::default()
        };
        let updated = world.store.update_message(caller, &thread, id, change);
        assert_eq!(updated.unwrap_err(), Refusal::NotSender);
        let deleted = world.store.delete_message(caller, &thread, id);
        assert_eq!(deleted.unwrap_err(), Refusal::NotSender);
    }
    assert_eq!(world.contents(&bob, &thread)[0], "mine");
}

#[test]
fn a_patch_merges_metadata_and_an_empty_value_removes_a_name() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let sent = metadata(&[("tags", "t"), ("kept", "k"), ("empty", "")]);
    let message = UserMessage {
        metadata: sent.clone(),
        ..text(&alice, "x")
    };
    let id = world.store.send_message(&alice, &thread, message).unwrap();
    let mut update = |change: MessageChange| {
        world
            .store
            .update_message(&alice, &thread, id, change)
            .unwrap();
        let message = world.store.message(&alice, &thread, id).unwrap();
        let MessageBody::User(body) = &message.body else {
            panic!("a user's message stays one")
        };
        (
            body.content.clone(),
            body.metadata.clone(),
            message.edited_on,
        )
    };
    let unchanged = ("x".to_owned(), sent, None);
    assert_eq!(
        update(MessageChange::default()),
        unchanged,
        "an empty patch is no edit"
    );
    let changes = patch(&[("tags", Some("")), ("new", Some("n")), ("empty", None)]);
    let (content, metadata, edited_on) = update(MessageChange {
        metadata: changes,
        content: None,
    });
    assert_eq!(content, "x");
    assert_eq!(metadata, super::metadata(&[("kept", "k"), ("new", "n")]));
    assert!(edited_on.is_some());
    let (_, metadata, _) = update(MessageChange {
        metadata: Some(MetadataPatch::Clear),
        content: None,
    });
    assert_eq!(metadata, Metadata::new());
}

#[test]
fn pages_of_messages_lose_nothing_and_repeat_nothing() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for n in 0..8 {
        world.send(&alice, &thread, &n.to_string());
    }
    let expected = world.contents(&alice, &thread);
    let (mut listed, mut before, mut sizes) = (Vec::new(), u64::MAX, Vec::new());
    loop {
        let list = ListMessages {
            page_size: 4,
            before,
            ..all()
        };
        let page = world.store.list_messages(&alice, &thread, &list).unwrap();
        sizes.push(page.items.len());
        listed.extend(page.items.iter().map(|message| message.sequence));
        match page.next {
            Some(next) => before = next,
            None => break,
        }
    }
    assert_eq!(listed, (1..=10).rev().collect::<Vec<_>>());
    assert_eq!(sizes, [4, 4, 2]);
    assert_eq!(expected.len(), 10);
}

#[test]
fn a_page_that_ends_with_the_last_message_has_no_next_one() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let list = ListMessages {
        page_size: 2,
        ..all()
    };
    let page = world.store.list_messages(&alice, &thread, &list).unwrap();
    assert_eq!((page.items.len(), page.next), (2, None));
}

#[test]
fn a_start_time_leaves_out_what_has_not_changed_since() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let edited = world.send(&alice, &thread, "old");
    world.send(&alice, &thread, "untouched");
    world.later(60);
    let start = world.store.now();
    world.send(&alice, &thread, "new");
    let change = MessageChange {
        content: Some("edited".to_owned()),
        ..MessageChange::default()
    };
    world
        .store
        .update_message(&alice, &thread, edited, change)
        .unwrap();
    let list = ListMessages { start, ..all() };
    let page = world.store.list_messages(&alice, &thread, &list).unwrap();
    let sequences: Vec<_> = page.items.iter().map(|message| message.sequence).collect();
    assert_eq!(sequences, [6, 5]);
}

#[test]
fn a_participant_sees_messages_from_its_share_history_time_on() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let secret = world.send(&alice, &thread, "secret");
    world.later(60);
    let share_history_time = world.store.now();
    let open = world.send(&alice, &thread, "open");
    let who = Participant {
        share_history_time,
        ..participant(&bob.user)
    };
    world
        .store
        .add_participants(&alice, &thread, vec![who])
        .unwrap();
    let change = MessageChange {
        content: Some("secret 2".to_owned()),
        ..MessageChange::default()
    };
    world
        .store
        .update_message(&alice, &thread, secret, change)
        .unwrap();

    assert_eq!(world.contents(&bob, &thread), ["added 1", "open"]);
    assert!(world.store.message(&bob, &thread, open).is_ok());
    let refusal = world.store.message(&bob, &thread, secret).unwrap_err();
    assert_eq!(refusal, Refusal::MessageNotFound);
    assert_eq!(world.contents(&alice, &thread)[0], "secret 2");
}
