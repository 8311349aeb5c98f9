use super::*;

#[test]
fn a_message_has_28_kib_with_its_metadata() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let limit = 28 * 1024;
    let id = world.send(&alice, &thread, &"x".repeat(limit));
    let too_long = text(&alice, &"x".repeat(limit + 1));
    let refusal = world
        .store
        .send_message(&alice, &thread, too_long)
        .unwrap_err();
    assert_eq!(
        refusal,
        Refusal::TooMuch {
            what: "Bytes of a message",
            limit
        }
    );
    let change = MessageChange {
        metadata: patch(&[("a", Some("b"))]),
        content: None,
    };
    let refusal = world
        .store
        .update_message(&alice, &thread, id, change)
        .unwrap_err();
    assert!(matches!(refusal, Refusal::TooMuch { .. }));
}

#[test]
fn limits_that_are_off_refuse_nothing() {
    let mut world = World::with(Limits::off(), Capacity::default());
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    world.send(&alice, &thread, &"x".repeat(100 * 1024));
    assert_eq!(world.messages(&alice, &thread).len(), 3);
}

#[test]
fn messages_beyond_the_capacity_are_refused() {
    let capacity = Capacity {
        messages_per_thread: 3,
        ..Capacity::default()
    };
    let mut world = World::with(Limits::default(), capacity);
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    world.send(&alice, &thread, "third");
    let sent = world
        .store
        .send_message(&alice, &thread, text(&alice, "fourth"));
    let expected = Refusal::Full {
        what: "messages in a thread",
        limit: 3,
    };
    assert_eq!(sent.unwrap_err(), expected);
    assert_eq!(world.messages(&alice, &thread).len(), 3);
}

#[test]
fn bytes_beyond_the_capacity_are_refused_and_deleting_gives_them_back() {
    let capacity = Capacity {
        bytes: 24 * 1024,
        ..Capacity::default()
    };
    let mut world = World::with(Limits::default(), capacity);
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let large = "x".repeat(16 * 1024);
    let id = world.send(&alice, &thread, &large);
    let sent = world
        .store
        .send_message(&alice, &thread, text(&alice, &large));
    assert!(matches!(
        sent.unwrap_err(),
        Refusal::Full { what: "bytes", .. }
    ));
    world.store.delete_message(&alice, &thread, id).unwrap();
    world.send(&alice, &thread, &large);
}

#[test]
fn a_deleted_thread_gives_back_what_its_messages_took() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let before = world.store.totals.bytes;
    for _ in 0..10 {
        world.send(&alice, &thread, &"x".repeat(1_000));
    }
    assert!(world.store.totals.bytes > before + 10_000);
    world.store.delete_thread(&alice, &thread).unwrap();
    assert!(world.store.totals.bytes <= before);
}
