//! What becomes of rows in a later life.

use super::*;

#[test]
fn a_loaded_thread_gives_no_id_again_that_a_removed_message_had() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.store.create_thread(&alice, new_thread(&[&bob]));
    let thread = thread.unwrap().properties.id.clone();
    let removed = world
        .store
        .send_message(&bob, &thread, message(&bob, "last"))
        .unwrap();
    world.store.delete_user(&bob.user).unwrap();
    world.write();
    let mut loaded = world.load();
    let next = loaded
        .send_message(&alice, &thread, message(&alice, "next"))
        .unwrap();
    assert!(next > removed);
    let messages = loaded.list_messages(&alice, &thread, &all()).unwrap();
    assert_eq!(messages.items[0].sequence, 4);
}

#[test]
fn rows_of_a_later_version_may_have_more_and_those_of_an_earlier_one_less() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.store.create_thread(&alice, new_thread(&[&bob]));
    let thread = thread.unwrap().properties.id.clone();
    world
        .store
        .send_message(&alice, &thread, message(&alice, "hello"))
        .unwrap();
    world.write();
    for row in world.rows.values_mut() {
        let mut value: serde_json::Value = serde_json::from_slice(row).unwrap();
        value["later"] = true.into();
        *row = value.to_string().into_bytes();
    }
    assert_eq!(dump(&world.load()), dump(&world.store));
}

#[test]
fn bringing_a_state_back_writes_what_is_different_and_nothing_else() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let mut threads = Vec::new();
    for caller in [&alice, &bob] {
        let created = world.store.create_thread(caller, new_thread(&[])).unwrap();
        let thread = created.properties.id.clone();
        for number in 0..100 {
            let text = message(caller, &number.to_string());
            world.store.send_message(caller, &thread, text).unwrap();
        }
        threads.push(thread);
    }
    world.write();
    let state = world.store.state();
    let text = message(&alice, "more");
    world.store.send_message(&alice, &threads[0], text).unwrap();
    world.write();
    world.store.set_state(&state).unwrap();
    let changes = world.store.take_changes();
    // The message goes, the thread's progress and the totals are as they were.
    assert_eq!(changes.len(), 3, "{changes:?}");
    for change in &changes {
        apply(change, &mut world.rows);
    }
    assert_eq!(dump(&world.load()), dump(&world.store));
}
