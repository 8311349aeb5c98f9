use super::*;

/// What has happened, who has done it, and who is to be told.
type Told = (&'static str, RawId, Vec<RawId>);

impl World {
    /// A world in which somebody listens.
    fn listening() -> Self {
        let mut world = Self::new();
        world.store.keep_events(true);
        world
    }

    fn told(&mut self) -> Vec<Told> {
        let name = |kind: &ThreadEventKind| match kind {
            ThreadEventKind::MessageReceived(_) => "received",
            ThreadEventKind::MessageEdited(_) => "edited",
            ThreadEventKind::MessageDeleted(_) => "deleted",
            ThreadEventKind::Typing { .. } => "typing",
            ThreadEventKind::ReadReceipt(_) => "read",
            ThreadEventKind::ThreadCreated { .. } => "thread created",
            ThreadEventKind::ThreadUpdated => "thread updated",
            ThreadEventKind::ThreadDeleted => "thread deleted",
            ThreadEventKind::ThreadExpired => "thread expired",
            ThreadEventKind::ParticipantsAdded(_) => "added",
            ThreadEventKind::ParticipantsRemoved(_) => "removed",
        };
        let events = self.store.take_events().into_iter();
        events
            .map(|event| (name(&event.kind), event.actor.id, event.recipients))
            .collect()
    }
}

#[test]
fn everything_that_happens_is_told_once_and_in_order_to_all_who_take_part() {
    let mut world = World::listening();
    let (alice, bob, carol) = (world.user(), world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let message = world.send(&alice, &thread, "hello");
    let change = MessageChange {
        content: Some("hello all".to_owned()),
        metadata: None,
    };
    let store = &mut world.store;
    store
        .update_message(&alice, &thread, message, change)
        .unwrap();
    store.send_typing(&bob, &thread, "Bob".to_owned()).unwrap();
    store.send_read_receipt(&bob, &thread, message).unwrap();
    let new = vec![participant(&carol.user)];
    store.add_participants(&alice, &thread, new).unwrap();
    store
        .remove_participant(&alice, &thread, &carol.user)
        .unwrap();
    let change = ThreadChange {
        topic: Some("Dinner".to_owned()),
        ..ThreadChange::default()
    };
    store.update_thread(&alice, &thread, change).unwrap();
    store.delete_message(&alice, &thread, message).unwrap();
    store.delete_thread(&alice, &thread).unwrap();

    let (a, b, c) = (alice.user, bob.user, carol.user);
    let both = || vec![a.clone(), b.clone()];
    let three = || vec![a.clone(), b.clone(), c.clone()];
    let expected = [
        ("thread created", a.clone(), both()),
        ("received", a.clone(), both()),
        ("edited", a.clone(), both()),
        ("typing", b.clone(), both()),
        // Nobody is told what it has read itself.
        ("read", b.clone(), vec![a.clone()]),
        ("added", a.clone(), three()),
        ("removed", a.clone(), three()),
        ("thread updated", a.clone(), both()),
        ("deleted", a.clone(), both()),
        ("thread deleted", a.clone(), both()),
    ];
    assert_eq!(world.told(), expected);
    assert_eq!(world.told(), []);
}

#[test]
fn events_have_what_it_takes_to_tell_of_them() {
    let mut world = World::listening();
    let (alice, bob) = (world.user(), world.user());
    let new = NewThread {
        participants: vec![
            Participant {
                display_name: Some("Alice".to_owned()),
                ..participant(&alice.user)
            },
            participant(&bob.user),
        ],
        ..new_thread()
    };
    let created = world.store.create_thread(&alice, new).unwrap();
    let thread = created.properties.id.clone();
    world.later(1);
    world.send(&alice, &thread, "hello");
    world
        .store
        .remove_participant(&alice, &thread, &alice.user)
        .unwrap();

    let events = world.store.take_events();
    let [first, sent, left] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(first.thread.topic, "Lunch");
    assert_eq!(first.actor.display_name.as_deref(), Some("Alice"));
    let ThreadEventKind::ThreadCreated { participants } = &first.kind else {
        panic!("{first:?}");
    };
    let ids: Vec<_> = participants.iter().map(|one| &one.id).collect();
    assert_eq!(ids, [&alice.user, &bob.user]);
    let ThreadEventKind::MessageReceived(message) = &sent.kind else {
        panic!("{sent:?}");
    };
    assert_eq!(message.created_on(), sent.at);
    // Who has removed itself has no place any more, and its name all the same.
    assert_eq!(left.actor.display_name.as_deref(), Some("Alice"));
    let told = [bob.user, alice.user];
    assert_eq!(left.recipients, told);
}

#[test]
fn nobody_is_told_of_messages_before_its_history() {
    let mut world = World::listening();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let old = world.send(&alice, &thread, "before");
    world.later(1);
    let newcomer = Participant {
        share_history_time: world.store.now(),
        ..participant(&bob.user)
    };
    let store = &mut world.store;
    store
        .add_participants(&alice, &thread, vec![newcomer])
        .unwrap();
    store.take_events();
    world.store.delete_message(&alice, &thread, old).unwrap();
    world.send(&alice, &thread, "after");
    let (a, b) = (alice.user, bob.user);
    let expected = [
        ("deleted", a.clone(), vec![a.clone()]),
        ("received", a.clone(), vec![a, b]),
    ];
    assert_eq!(world.told(), expected);
}

#[test]
fn threads_of_more_than_20_tell_of_messages_but_not_of_typing_and_receipts() {
    let mut world = World::listening();
    let callers: Vec<_> = (0..21).map(|_| world.user()).collect();
    let all: Vec<_> = callers.iter().collect();
    let thread = world.thread(&all);
    world.told();
    let message = world.send(&callers[0], &thread, "hello");
    let store = &mut world.store;
    store
        .send_typing(&callers[1], &thread, String::new())
        .unwrap();
    store
        .send_read_receipt(&callers[1], &thread, message)
        .unwrap();
    let told = world.told();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0, told[0].2.len()), ("received", 21));
}

#[test]
fn what_changes_nothing_and_what_is_refused_is_no_event() {
    let mut world = World::listening();
    let (alice, eve) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let message = world.send(&alice, &thread, "hello");
    world.told();
    let store = &mut world.store;
    let same = vec![participant(&alice.user)];
    store.add_participants(&alice, &thread, same).unwrap();
    store
        .update_thread(&alice, &thread, ThreadChange::default())
        .unwrap();
    store
        .update_message(&alice, &thread, message, MessageChange::default())
        .unwrap();
    assert!(
        store
            .send_message(&eve, &thread, text(&eve, "let me in"))
            .is_err()
    );
    assert!(store.send_typing(&eve, &thread, String::new()).is_err());
    store.delete_message(&alice, &thread, message).unwrap();
    store.delete_message(&alice, &thread, message).unwrap();
    store.delete_thread(&alice, &thread).unwrap();
    store.delete_thread(&alice, &thread).unwrap();
    let told = world.told();
    let names: Vec<_> = told.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, ["deleted", "thread deleted"]);
}

#[test]
fn where_nobody_listens_nothing_is_kept() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    assert_eq!(world.told(), []);
    world.store.keep_events(true);
    world.send(&alice, &thread, "heard");
    world.store.keep_events(false);
    world.send(&alice, &thread, "unheard");
    world.store.keep_events(true);
    assert_eq!(world.told(), []);
}

const DAY: u64 = 24 * 60 * 60;

fn days(count: u64) -> std::time::Duration {
    std::time::Duration::from_secs(count * DAY)
}

impl World {
    fn thread_for(&mut self, caller: &Caller, days: u32) -> ThreadId {
        let retention = Some(RetentionPolicy::ThreadCreationDate { days });
        let new = NewThread {
            retention,
            ..new_thread()
        };
        let created = self.store.create_thread(caller, new).unwrap();
        created.properties.id.clone()
    }

    fn retain(&mut self, caller: &Caller, thread: &ThreadId, days: u32) {
        let retention = Some(Some(RetentionPolicy::ThreadCreationDate { days }));
        let change = ThreadChange {
            retention,
            ..ThreadChange::default()
        };
        self.store.update_thread(caller, thread, change).unwrap();
    }

    /// What has happened, and when.
    fn told_with_times(&mut self) -> Vec<(String, Timestamp)> {
        let events = self.store.take_events().into_iter();
        events
            .map(|event| (format!("{:?}", event.kind), event.at))
            .collect()
    }
}

#[test]
fn a_thread_that_deletes_itself_is_told_once_as_of_that_moment_in_the_name_of_who_created_it() {
    let mut world = World::listening();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let begin = world.store.now();
    world.later(1);
    world.thread_for(&bob, 60);
    world.retain(&alice, &thread, 40);
    world.told();
    assert_eq!(world.store.next_expiry(), Some(begin.plus(days(40))));

    world.later(40 * DAY - 2);
    assert_eq!(world.told(), []);
    world.later(7);
    let events = world.store.take_events();
    let [expired] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(matches!(expired.kind, ThreadEventKind::ThreadExpired));
    assert_eq!(expired.at, begin.plus(days(40)));
    assert_eq!(expired.actor.id, alice.user);
    assert_eq!(expired.recipients, [alice.user.clone(), bob.user.clone()]);
    assert_eq!(world.told(), []);
    // The other one is next.
    world.later(20 * DAY);
    let told = ("thread expired", bob.user.clone(), vec![bob.user.clone()]);
    assert_eq!(world.told(), [told]);
    assert_eq!(world.store.next_expiry(), None);
}

#[test]
fn a_retention_that_is_over_already_is_told_at_once_and_one_of_a_deleted_thread_never() {
    let mut world = World::listening();
    let alice = world.user();
    let (old, deleted) = (world.thread(&[&alice]), world.thread_for(&alice, 50));
    world.store.delete_thread(&alice, &deleted).unwrap();
    world.later(45 * DAY);
    world.told();
    world.retain(&alice, &old, 30);
    let now = world.store.now();
    let expected = [
        ("ThreadUpdated".to_owned(), now),
        ("ThreadExpired".to_owned(), now),
    ];
    assert_eq!(world.told_with_times(), expected);
    world.later(45 * DAY);
    assert_eq!(world.told(), []);
}

#[test]
fn what_has_expired_before_anybody_listens_or_before_a_state_that_is_brought_back_is_not_told() {
    let mut world = World::new();
    let alice = world.user();
    world.thread_for(&alice, 30);
    world.later(31 * DAY);
    world.store.keep_events(true);
    assert_eq!(world.told(), []);
    let state = world.store.state();
    world.thread_for(&alice, 30);
    world.told();
    world.store.set_state(&state).unwrap();
    world.later(31 * DAY);
    assert_eq!(world.told(), []);
}
