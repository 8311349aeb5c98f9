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
        (&foreign, FailureReason::OtherResource),
        (&phone, FailureReason::Unsupported("phone numbers")),
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
fn adding_nobody_new_is_not_told_but_updates_who_is_there() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let renamed = Participant {
        display_name: Some("Bob".to_owned()),
        ..participant(&bob.user)
    };
    world
        .store
        .add_participants(&alice, &thread, vec![renamed])
        .unwrap();
    assert_eq!(world.messages(&alice, &thread).len(), 2);
    let page = world
        .store
        .list_participants(&alice, &thread, 1, 1)
        .unwrap();
    assert_eq!(page.items[0].display_name.as_deref(), Some("Bob"));
    assert_eq!(ids(&world, &alice, &thread).len(), 2);
}

#[test]
fn a_removed_participant_is_shut_out_and_loses_the_thread_from_its_list() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    world
        .store
        .remove_participant(&alice, &thread, &bob.user)
        .unwrap();
    let sent = world.store.send_message(&bob, &thread, text(&bob, "x"));
    assert_eq!(sent.unwrap_err(), Refusal::NotParticipant);
    assert!(
        world
            .store
            .list_threads(&bob, &all_threads())
            .unwrap()
            .items
            .is_empty()
    );
    let again = world.store.remove_participant(&alice, &thread, &bob.user);
    assert_eq!(again.unwrap_err(), Refusal::ParticipantNotFound);

    world.later(1);
    world
        .store
        .add_participants(&alice, &thread, vec![participant(&bob.user)])
        .unwrap();
    let page = world.store.list_threads(&bob, &all_threads()).unwrap();
    assert_eq!(page.items.len(), 1, "once, not once per stay");
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
    let expected = Refusal::TooMuch {
        what: "Participants in one request",
        limit: 200,
    };
    assert_eq!(refusal, expected);

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
