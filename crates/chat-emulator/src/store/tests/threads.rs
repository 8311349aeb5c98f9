use super::*;

#[test]
fn a_new_thread_starts_with_two_system_messages() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let messages = world.messages(&alice, &thread);
    let sequences: Vec<_> = messages.iter().map(|message| message.sequence).collect();
    assert_eq!(sequences, [2, 1]);
    assert_eq!(world.contents(&alice, &thread), ["topic Lunch", "added 2"]);
    world.send(&alice, &thread, "first");
    assert_eq!(world.messages(&alice, &thread)[0].sequence, 3);
}

#[test]
fn the_creator_takes_part_first_whether_it_is_named_or_not() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let named = Participant {
        display_name: Some("Alice".to_owned()),
        ..participant(&alice.user)
    };
    let new = NewThread {
        participants: vec![participant(&bob.user), named],
        ..new_thread()
    };
    let thread = world
        .store
        .create_thread(&alice, new)
        .unwrap()
        .properties
        .id
        .clone();
    let page = world
        .store
        .list_participants(&alice, &thread, 0, 10)
        .unwrap();
    let names: Vec<_> = page
        .items
        .into_iter()
        .map(|who| (who.id, who.display_name))
        .collect();
    assert_eq!(
        names,
        [
            (alice.user.clone(), Some("Alice".to_owned())),
            (bob.user, None)
        ]
    );

    let alone = world.thread(&[&alice]);
    let page = world
        .store
        .list_participants(&alice, &alone, 0, 10)
        .unwrap();
    assert_eq!(page.items, [participant(&alice.user)]);
}

#[test]
fn the_same_repeatability_id_gives_the_same_thread_again() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let with = |id: &str, topic: &str| NewThread {
        repeatability: Some(id.to_owned()),
        topic: topic.to_owned(),
        ..new_thread()
    };
    let first = world.store.create_thread(&alice, with("a", "one")).unwrap();
    world.later(60);
    let again = world
        .store
        .create_thread(&alice, with("a", "another body"))
        .unwrap();
    assert_eq!(again, first);
    assert_eq!(
        world
            .store
            .list_threads(&alice, &all_threads())
            .unwrap()
            .items
            .len(),
        1
    );

    let other_id = world.store.create_thread(&alice, with("b", "one")).unwrap();
    let other_user = world.store.create_thread(&bob, with("a", "one")).unwrap();
    assert_ne!(other_id.properties.id, first.properties.id);
    assert_ne!(other_user.properties.id, first.properties.id);
}

#[test]
fn a_deleted_thread_stays_listed_and_is_closed_to_all_but_its_properties() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let message = world.send(&alice, &thread, "hi");
    world.later(5);
    world.store.delete_thread(&alice, &thread).unwrap();
    let deleted_on = Some(world.store.now());
    world.later(5);
    assert_eq!(
        world.store.delete_thread(&alice, &thread),
        Ok(()),
        "again changes nothing"
    );

    let page = world.store.list_threads(&bob, &all_threads()).unwrap();
    assert_eq!(page.items[0].deleted_on, deleted_on);
    let properties = world.store.thread_properties(&bob, &thread).unwrap();
    assert_eq!(properties.deleted_on, deleted_on);
    let gone = Refusal::ThreadNotFound;
    let sent = world.store.send_message(&alice, &thread, text(&alice, "x"));
    assert_eq!(sent.unwrap_err(), gone);
    assert_eq!(
        world.store.message(&alice, &thread, message).unwrap_err(),
        gone
    );
    assert_eq!(
        world
            .store
            .list_messages(&alice, &thread, &all())
            .unwrap_err(),
        gone
    );
    let update = world
        .store
        .update_thread(&alice, &thread, ThreadChange::default());
    assert_eq!(update.unwrap_err(), gone);
}

#[test]
fn only_participants_get_in_and_unknown_threads_are_not_found() {
    let mut world = World::new();
    let (alice, eve) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let no = Refusal::NotParticipant;
    assert_eq!(
        world.store.thread_properties(&eve, &thread).unwrap_err(),
        no
    );
    assert_eq!(world.store.delete_thread(&eve, &thread).unwrap_err(), no);
    assert_eq!(
        world
            .store
            .list_messages(&eve, &thread, &all())
            .unwrap_err(),
        no
    );
    let sent = world.store.send_message(&eve, &thread, text(&eve, "x"));
    assert_eq!(sent.unwrap_err(), no);
    let unknown = ThreadId::parse("19:00000000000000000000000000000000@thread.v2").unwrap();
    let refusal = world.store.thread_properties(&alice, &unknown).unwrap_err();
    assert_eq!(refusal, Refusal::ThreadNotFound);
}

#[test]
fn a_new_topic_is_announced_and_new_metadata_is_not() {
    let mut world = World::new();
    let alice = world.user();
    let new = NewThread {
        metadata: metadata(&[("a", "1"), ("b", "2")]),
        ..new_thread()
    };
    let thread = world
        .store
        .create_thread(&alice, new)
        .unwrap()
        .properties
        .id
        .clone();
    let change = ThreadChange {
        topic: Some("Dinner".to_owned()),
        ..ThreadChange::default()
    };
    world.store.update_thread(&alice, &thread, change).unwrap();
    assert_eq!(world.contents(&alice, &thread)[0], "topic Dinner");
    let change = ThreadChange {
        metadata: patch(&[("a", Some("3")), ("b", None)]),
        ..ThreadChange::default()
    };
    world.store.update_thread(&alice, &thread, change).unwrap();
    let properties = world.store.thread_properties(&alice, &thread).unwrap();
    assert_eq!(properties.metadata, metadata(&[("a", "3")]));
    assert_eq!(properties.topic, "Dinner");
    assert_eq!(world.messages(&alice, &thread).len(), 3);
}

#[test]
fn thread_metadata_that_is_left_out_stays_and_null_removes_all() {
    let mut world = World::new();
    let alice = world.user();
    let new = NewThread {
        metadata: metadata(&[("a", "1"), ("b", "2")]),
        ..new_thread()
    };
    let thread = world
        .store
        .create_thread(&alice, new)
        .unwrap()
        .properties
        .id
        .clone();
    let mut change = |patch: Option<MetadataPatch>| {
        let change = ThreadChange {
            metadata: patch,
            ..ThreadChange::default()
        };
        world.store.update_thread(&alice, &thread, change).unwrap();
        world
            .store
            .thread_properties(&alice, &thread)
            .unwrap()
            .metadata
    };
    assert_eq!(
        change(patch(&[("a", Some(""))])),
        metadata(&[("a", ""), ("b", "2")])
    );
    assert_eq!(change(None), metadata(&[("a", ""), ("b", "2")]));
    assert_eq!(change(Some(MetadataPatch::Clear)), Metadata::new());
}

#[test]
fn a_thread_deletes_itself_when_its_retention_is_over() {
    let mut world = World::new();
    let alice = world.user();
    let retention = Some(RetentionPolicy::ThreadCreationDate { days: 30 });
    let new = NewThread {
        retention,
        ..new_thread()
    };
    let thread = world
        .store
        .create_thread(&alice, new)
        .unwrap()
        .properties
        .id
        .clone();
    let day = 24 * 60 * 60;
    world.later(30 * day - 1);
    world.send(&alice, &thread, "still here");
    world.later(1);
    let sent = world.store.send_message(&alice, &thread, text(&alice, "x"));
    assert_eq!(sent.unwrap_err(), Refusal::ThreadNotFound);
    let page = world.store.list_threads(&alice, &all_threads()).unwrap();
    assert_eq!(page.items[0].deleted_on, Some(world.store.now()));
}

#[test]
fn retention_is_30_to_90_days() {
    let mut world = World::new();
    let alice = world.user();
    for (days, good) in [(29, false), (30, true), (90, true), (91, false)] {
        let retention = Some(RetentionPolicy::ThreadCreationDate { days });
        let created = world.store.create_thread(
            &alice,
            NewThread {
                retention,
                ..new_thread()
            },
        );
        assert_eq!(created.is_ok(), good, "{days}");
    }
}

#[test]
fn thread_metadata_has_1_kib_in_all() {
    let mut world = World::new();
    let alice = world.user();
    let with = |bytes: usize| NewThread {
        metadata: metadata(&[("n", &"x".repeat(bytes - 1))]),
        ..new_thread()
    };
    let thread = world
        .store
        .create_thread(&alice, with(1024))
        .unwrap()
        .properties
        .id
        .clone();
    assert!(world.store.create_thread(&alice, with(1025)).is_err());
    let change = ThreadChange {
        metadata: patch(&[("m", Some(""))]),
        ..ThreadChange::default()
    };
    let refusal = world
        .store
        .update_thread(&alice, &thread, change)
        .unwrap_err();
    assert!(matches!(refusal, Refusal::TooMuch { limit: 1024, .. }));
}

#[test]
fn threads_beyond_the_capacity_are_refused() {
    let capacity = Capacity {
        threads: 1,
        ..Capacity::default()
    };
    let mut world = World::with(Limits::default(), capacity);
    let alice = world.user();
    world.thread(&[&alice]);
    let refusal = world.store.create_thread(&alice, new_thread()).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::Full {
            what: "threads",
            limit: 1
        }
    );
}
