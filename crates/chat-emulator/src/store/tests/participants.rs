use super::*;

use uuid::Uuid;

fn ids(world: &World, caller: &Caller, thread: &ThreadId) -> Vec<RawId> {
    let page = world
        .store
        .list_participants(caller, thread, 0, 1000)
        .unwrap();
    page.items
        .into_iter()
        .map(|participant| participant.id)
        .collect()
}

#[test]
fn who_can_be_added_is_and_who_cannot_is_named_with_a_reason() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let deleted = world.user().user;
    world.store.delete_user(&deleted).unwrap();
    let unknown = RawId::communication_user(world.store.resource(), Uuid::from_u128(999));
    let foreign = RawId::communication_user(Uuid::from_u128(777), Uuid::from_u128(1));
    let phone = RawId::parse("4:+15551234567").unwrap();
    let asked = [&unknown, &bob.user, &deleted, &foreign, &phone];
    let participants: Vec<_> = asked.into_iter().map(participant).collect();

    let new = NewThread {
        participants: participants.clone(),
        ..new_thread()
    };
    let created = world.store.create_thread(&alice, new).unwrap();
    let reasons: Vec<_> = created
        .failures
        .iter()
        .map(|f| (&f.target, f.reason))
        .collect();
    let expected = [
        (&unknown, FailureReason::NotFound),
        (&deleted, FailureReason::NotFound),
        (&foreign, FailureReason::NotPermitted),
        (&phone, FailureReason::NotPermitted),
    ];
    assert_eq!(reasons, expected);
    let thread = created.properties.id.clone();
    assert_eq!(
        ids(&world, &alice, &thread),
        [alice.user.clone(), bob.user.clone()]
    );

    let alone = world.thread(&[&alice]);
    let failures = world
        .store
        .add_participants(&alice, &alone, participants)
        .unwrap();
    assert_eq!(failures, created.failures);
    assert_eq!(ids(&world, &alice, &alone), [alice.user, bob.user]);
}

#[test]
fn adding_and_removing_is_told_in_the_thread() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let added = world
        .store
        .add_participants(&alice, &thread, vec![participant(&bob.user)]);
    assert_eq!(added, Ok(Vec::new()));
    world
        .store
        .remove_participant(&alice, &thread, &bob.user)
        .unwrap();
    let contents = world.contents(&alice, &thread);
    assert_eq!(contents, ["removed 1", "added 1", "topic Lunch", "added 1"]);
}

#[test]
fn adding_who_is_there_changes_nothing() {
    let mut world = World::new();
    let (alice, bob, carol) = (world.user(), world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let before = world.store.list_participants(&alice, &thread, 0, 10);
    let before = before.unwrap().items;
    let renamed = Participant {
        display_name: Some("Bob".to_owned()),
        share_history_time: Timestamp::MAX,
        ..participant(&bob.user)
    };
    world
        .store
        .add_participants(&alice, &thread, vec![renamed.clone()])
        .unwrap();
    assert_eq!(world.messages(&alice, &thread).len(), 2, "nothing is told");
    let page = world.store.list_participants(&alice, &thread, 0, 10);
    assert_eq!(page.unwrap().items, before);

    // Among others, too, and only the others are told of.
    let both = vec![renamed, participant(&carol.user)];
    world.store.add_participants(&alice, &thread, both).unwrap();
    assert_eq!(world.contents(&alice, &thread)[0], "added 1");
    let page = world.store.list_participants(&alice, &thread, 0, 10);
    assert_eq!(page.unwrap().items[..2], before);
}

#[test]
fn a_removed_participant_reads_what_was_before_and_keeps_the_thread_listed() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let before = world.send(&alice, &thread, "before");
    let edited = world.send(&alice, &thread, "secret to come");
    world.later(1);
    let removed_on = world.store.now();
    world
        .store
        .remove_participant(&alice, &thread, &bob.user)
        .unwrap();
    world.later(1);
    let after = world.send(&alice, &thread, "after");
    let change = MessageChange {
        content: Some("secret".to_owned()),
        metadata: None,
    };
    world
        .store
        .update_message(&alice, &thread, edited, change)
        .unwrap();

    let contents = world.contents(&bob, &thread);
    assert_eq!(
        contents,
        ["removed 1", "before", "topic Lunch", "added 2"],
        "neither what came nor what changed later"
    );
    assert!(world.store.message(&bob, &thread, before).is_ok());
    for later in [after, edited] {
        let refusal = world.store.message(&bob, &thread, later).unwrap_err();
        assert_eq!(refusal, Refusal::MessageNotFound);
    }
    let listed = world.store.list_threads(&bob, &all_threads()).unwrap();
    assert_eq!(listed.items.len(), 1);
    assert_eq!(listed.items[0].last_message_received_on, removed_on);
    assert!(world.store.thread_properties(&bob, &thread).is_ok());

    let no = Refusal::NotParticipant;
    let sent = world.store.send_message(&bob, &thread, text(&bob, "x"));
    assert_eq!(sent.unwrap_err(), no);
    let listed = world.store.list_participants(&bob, &thread, 0, 10);
    assert_eq!(listed.unwrap_err(), no);
    assert_eq!(
        world.store.send_typing(&bob, &thread, String::new()),
        Err(no)
    );
    let again = world.store.remove_participant(&alice, &thread, &bob.user);
    assert_eq!(again.unwrap_err(), Refusal::ParticipantNotFound);
}

#[test]
fn who_is_added_again_has_the_thread_once_and_sees_what_came_meanwhile() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    for _ in 0..2 {
        world
            .store
            .remove_participant(&alice, &thread, &bob.user)
            .unwrap();
        world.later(1);
        world.send(&alice, &thread, "meanwhile");
        world
            .store
            .add_participants(&alice, &thread, vec![participant(&bob.user)])
            .unwrap();
        let page = world.store.list_threads(&bob, &all_threads()).unwrap();
        assert_eq!(page.items.len(), 1, "once, not once per stay");
        assert_eq!(world.contents(&bob, &thread)[1], "meanwhile");
    }
}

#[test]
fn a_participant_may_leave() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    world
        .store
        .remove_participant(&bob, &thread, &bob.user)
        .unwrap();
    assert_eq!(
        ids(&world, &alice, &thread),
        std::slice::from_ref(&alice.user)
    );
}

#[test]
fn lists_are_paged_by_skipping() {
    let mut world = World::new();
    let callers: Vec<_> = (0..5).map(|_| world.user()).collect();
    let thread = world.thread(&callers.iter().collect::<Vec<_>>());
    let page = |skip, size| {
        let page = world
            .store
            .list_participants(&callers[0], &thread, skip, size)
            .unwrap();
        (
            page.items.into_iter().map(|who| who.id).collect::<Vec<_>>(),
            page.next,
        )
    };
    let id = |n: usize| callers[n].user.clone();
    assert_eq!(page(0, 2), (vec![id(0), id(1)], Some(2)));
    assert_eq!(page(4, 2), (vec![id(4)], None));
    assert_eq!(
        page(3, 2),
        (vec![id(3), id(4)], None),
        "a last full page has no next one"
    );
    assert_eq!(page(9, 2), (vec![], None));
}

#[test]
fn a_thread_has_250_participants_and_a_request_200() {
    let mut world = World::new();
    let callers: Vec<_> = (0..251).map(|_| world.user()).collect();
    let all: Vec<_> = callers[1..]
        .iter()
        .map(|caller| participant(&caller.user))
        .collect();
    let new = NewThread {
        participants: all[..201].to_vec(),
        ..new_thread()
    };
    let refusal = world.store.create_thread(&callers[0], new).unwrap_err();
    assert_eq!(refusal, Refusal::BatchTooLarge(200));

    let new = NewThread {
        participants: all[..200].to_vec(),
        ..new_thread()
    };
    let created = world.store.create_thread(&callers[0], new).unwrap();
    let thread = &created.properties.id;
    let refusal = world
        .store
        .add_participants(&callers[0], thread, all[200..].to_vec());
    let expected = Refusal::TooMuch {
        what: "Participants of a thread",
        limit: 250,
    };
    assert_eq!(refusal.unwrap_err(), expected);
    world
        .store
        .add_participants(&callers[0], thread, all[200..249].to_vec())
        .unwrap();
    assert_eq!(ids(&world, &callers[0], thread).len(), 250);
}

#[test]
fn participant_metadata_has_1_kib_in_all() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let metadata = metadata(&[("n", &"x".repeat(1024))]);
    let who = Participant {
        metadata,
        ..participant(&bob.user)
    };
    let refusal = world
        .store
        .add_participants(&alice, &thread, vec![who])
        .unwrap_err();
    assert!(matches!(refusal, Refusal::TooMuch { limit: 1024, .. }));
    assert_eq!(ids(&world, &alice, &thread).len(), 1);
}

#[test]
fn scopes_are_checked_for_each_group_of_operations() {
    let mut world = World::new();
    let alice = world.user();
    let joined = world.user_with(vec![Scope::ChatJoin]);
    let limited = world.user_with(vec![Scope::ChatJoinLimited]);
    let thread = world.thread(&[&alice, &joined, &limited]);
    let bob = world.user().user;
    for caller in [&joined, &limited] {
        let refused = |result: Result<(), Refusal>| {
            assert!(matches!(result, Err(Refusal::ScopeTooSmall("chat"))));
        };
        refused(world.store.create_thread(caller, new_thread()).map(drop));
        refused(
            world
                .store
                .update_thread(caller, &thread, ThreadChange::default()),
        );
        refused(world.store.delete_thread(caller, &thread));
        world.send(caller, &thread, "hello");
    }
    world
        .store
        .add_participants(&joined, &thread, vec![participant(&bob)])
        .unwrap();
    let refusal = world
        .store
        .remove_participant(&limited, &thread, &bob)
        .unwrap_err();
    assert_eq!(refusal, Refusal::ScopeTooSmall("chat or chat.join"));
    world
        .store
        .remove_participant(&joined, &thread, &bob)
        .unwrap();
}
