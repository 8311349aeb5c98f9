//! A seed that meets what is there, and ids that follow from it.

use super::*;
use crate::store::{
    Caller, Message, MessageChange, MessageId, NewThread, Participant, StoreState, ThreadId,
};

/// Somebody who knows what the store holds.
struct World {
    clock: Arc<ManualClock>,
    store: Store,
}

impl World {
    /// The clock is far from what seeds say.
    fn new() -> Self {
        let clock = ManualClock::at("2026-11-24T00:00:00Z");
        let state = StoreState::empty(uuid::Uuid::from_u128(7));
        let store = Store::continuing(
            state,
            Arc::clone(&clock) as _,
            Box::new(RandomIds),
            Limits::default(),
            Capacity::default(),
        );
        Self { clock, store }
    }

    fn plant(&mut self, json: &str) -> Vec<Caller> {
        let grants = Seed::from_json(json)
            .unwrap()
            .plant(&mut self.store)
            .unwrap();
        let callers = grants.iter().map(|(_, grant)| self.store.authorize(grant));
        callers.collect::<Result<_, _>>().unwrap()
    }

    fn threads(&self, caller: &Caller) -> Vec<ThreadId> {
        let list = ListThreads {
            page_size: 100,
            start: Timestamp::EPOCH,
            after: None,
        };
        let threads = self.store.list_threads(caller, &list).unwrap().items;
        threads.into_iter().map(|thread| thread.id).collect()
    }

    /// Newest first.
    fn messages(&self, caller: &Caller, thread: &ThreadId) -> Vec<Arc<Message>> {
        let list = ListMessages {
            page_size: 100,
            start: Timestamp::EPOCH,
            before: u64::MAX,
        };
        self.store
            .list_messages(caller, thread, &list)
            .unwrap()
            .items
    }

    /// Newest first, and system messages as nothing.
    fn contents(&self, caller: &Caller, thread: &ThreadId) -> Vec<String> {
        let messages = self.messages(caller, thread);
        let contents = messages.iter().map(|message| match &message.body {
            MessageBody::User(user) => user.content.clone(),
            _ => String::new(),
        });
        contents.collect()
    }

    /// All rows but those of users, whose tokens are counted, in any order.
    fn rows(&self) -> Vec<String> {
        let mut rows: Vec<_> = self
            .store
            .state()
            .rows()
            .map(|row| format!("{row:?}"))
            .filter(|row| !row.starts_with("Put(Users"))
            .collect();
        rows.sort();
        rows
    }
}

fn change(content: &str) -> MessageChange {
    MessageChange {
        content: Some(content.to_owned()),
        metadata: None,
    }
}

#[test]
fn the_same_seed_gives_the_same_ids_wherever_it_is_planted() {
    let ids = |resource: u128, hours: u64| {
        let mut world = World::new();
        world.store = {
            let state = StoreState::empty(uuid::Uuid::from_u128(resource));
            let clock = Arc::clone(&world.clock) as _;
            let ids = Box::new(RandomIds);
            Store::continuing(state, clock, ids, Limits::default(), Capacity::default())
        };
        let later = std::time::Duration::from_secs(hours * 3600);
        world.clock.advance(later);
        let callers = world.plant(LUNCH);
        let threads = world.threads(&callers[0]);
        let messages = world.messages(&callers[1], &threads[0]);
        let messages: Vec<_> = messages.iter().map(|message| message.id).collect();
        let users: Vec<_> = callers.into_iter().map(|caller| caller.user).collect();
        (users, threads, messages)
    };
    let first = ids(7, 0);
    assert_eq!(first, ids(7, 5));
    let other = ids(8, 0);
    assert!(first.0[0] != other.0[0] && first.0[1] != other.0[1]);
    assert_ne!(first.1, other.1, "another resource has other ids");
    let created = Timestamp::parse("2026-01-01T00:00:00Z").unwrap().millis();
    let expected: Vec<_> = (0..4).rev().map(|n| MessageId(created + n)).collect();
    assert_eq!(first.2, expected, "a millisecond apart");
}

#[test]
fn ids_and_times_that_a_seed_names_are_kept() {
    let mut world = World::new();
    let callers = world.plant(
        r#"{"users": [{"name": "alice"}], "threads": [{
            "id": "19:acsV2_lunch@thread.v2", "topic": "Lunch", "createdBy": "alice",
            "createdOn": "2026-02-01T00:00:00Z",
            "messages": [
                {"from": "alice", "content": "one", "id": "1769904005000"},
                {"from": "alice", "content": "two"}
            ]}]}"#,
    );
    let threads = world.threads(&callers[0]);
    assert_eq!(threads[0].as_str(), "19:acsV2_lunch@thread.v2");
    let messages = world.messages(&callers[0], &threads[0]);
    let ids: Vec<_> = messages.iter().map(|message| message.id.0).collect();
    let created = 1_769_904_000_000;
    assert_eq!(ids, [created + 5001, created + 5000, created + 1, created]);
    assert!(
        messages
            .iter()
            .all(|message| message.version == message.id.0)
    );
    let thread = world.store.thread_properties(&callers[0], &threads[0]);
    assert_eq!(thread.unwrap().created_on.millis(), created);
}

#[test]
fn a_thread_with_a_retention_is_created_when_it_is_planted() {
    let mut world = World::new();
    let json = r#"{"users": [{"name": "alice"}], "threads": [{"topic": "t", "createdBy": "alice",
        "deleteThreadAfterDays": 30, "messages": [{"from": "alice", "content": "x"}]}]}"#;
    let callers = world.plant(json);
    let threads = world.threads(&callers[0]);
    assert_eq!(world.contents(&callers[0], &threads[0]), ["x", "", ""]);
    let before = world.rows();
    world.clock.advance(std::time::Duration::from_secs(60));
    world.plant(json);
    assert_eq!(world.rows(), before);
}

#[test]
fn threads_of_one_creator_and_topic_are_kept_apart() {
    let mut world = World::new();
    let callers = world.plant(
        r#"{"users": [{"name": "alice"}], "threads": [
            {"topic": "t", "createdBy": "alice"}, {"topic": "t", "createdBy": "alice"}]}"#,
    );
    assert_eq!(world.threads(&callers[0]).len(), 2);
}

#[test]
fn the_same_seed_again_adds_nothing_but_tokens() {
    let mut world = World::new();
    let seed = Seed::from_json(LUNCH).unwrap();
    let first = seed.plant(&mut world.store).unwrap();
    let before = world.rows();
    let second = seed.plant(&mut world.store).unwrap();
    assert_eq!(world.rows(), before);
    for ((name, old), (again, new)) in first.iter().zip(&second) {
        assert_eq!((name, &old.user), (again, &new.user));
        assert!(new.serial > old.serial);
    }
}

#[test]
fn what_is_new_in_a_seed_is_added_and_what_is_there_stays() {
    let mut world = World::new();
    let callers = world.plant(LUNCH);
    let (alice, bob) = (&callers[0], &callers[1]);
    let lunch = world.threads(alice)[0].clone();
    let hungry = world.messages(alice, &lunch)[1].id;
    let edited = world
        .store
        .update_message(alice, &lunch, hungry, change("Thirsty?"));
    edited.unwrap();
    let sent = world.store.send_message(
        bob,
        &lunch,
        crate::store::UserMessage {
            sender: bob.user.clone(),
            sender_display_name: String::new(),
            content_type: crate::store::ContentType::Text,
            content: "by hand".to_owned(),
            metadata: Default::default(),
            attachments: Vec::new(),
        },
    );
    sent.unwrap();

    let more = LUNCH
        .replacen(
            r#"[{"name": "alice"}"#,
            r#"[{"name": "carol"}, {"name": "alice"}"#,
            1,
        )
        .replacen(
            r#""participants": ["#,
            r#""participants": [{"user": "carol"}, "#,
            1,
        )
        .replacen(
            "\"good\"}}",
            r#""good"}}, {"from": "carol", "content": "Me too"}"#,
            1,
        )
        .replacen(
            r#""threads": ["#,
            r#""threads": [{"topic": "Dinner", "createdBy": "carol"}, "#,
            1,
        );
    let callers = world.plant(&more);
    let (carol, alice) = (&callers[0], &callers[1]);
    assert_eq!(world.threads(carol).len(), 2);
    assert_eq!(world.threads(alice), std::slice::from_ref(&lunch));
    let contents = ["Me too", "", "by hand", "Thirsty?", "<b>Yes</b>", "", ""];
    assert_eq!(
        world.contents(alice, &lunch),
        contents,
        "carol is announced"
    );
    let newest = world.messages(alice, &lunch)[0].clone();
    assert_eq!(newest.id.0 % 1000, 4, "its place in the seed makes its id");
    assert!(newest.version > newest.id.0);

    let before = world.rows();
    world.plant(&more);
    assert_eq!(world.rows(), before);
}

#[test]
fn what_was_deleted_and_who_was_removed_does_not_come_back() {
    let mut world = World::new();
    let callers = world.plant(LUNCH);
    let (alice, bob) = (&callers[0], &callers[1]);
    let lunch = world.threads(alice)[0].clone();
    world
        .store
        .remove_participant(alice, &lunch, &bob.user)
        .unwrap();
    let hungry = world.messages(alice, &lunch)[2].id;
    world.store.delete_message(alice, &lunch, hungry).unwrap();
    let new = NewThread {
        topic: "Other".to_owned(),
        participants: vec![Participant {
            id: bob.user.clone(),
            display_name: None,
            share_history_time: Timestamp::EPOCH,
            metadata: Default::default(),
        }],
        metadata: Default::default(),
        retention: None,
        repeatability: None,
    };
    world.store.create_thread(alice, new).unwrap();
    let before = world.rows();
    world.plant(LUNCH);
    assert_eq!(world.rows(), before);

    world.store.delete_user(&bob.user).unwrap();
    let before = world.rows();
    let callers = world.plant(LUNCH);
    assert_eq!(
        world.rows(),
        before,
        "nothing of a deleted user is made again"
    );
    assert_eq!(callers.len(), 1, "a deleted user has no token");

    world.store.delete_thread(alice, &lunch).unwrap();
    let before = world.rows();
    world.plant(LUNCH);
    assert_eq!(world.rows(), before);
}
