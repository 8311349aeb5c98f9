mod later;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::row::{UnreadableRow, key_of_two};
use super::*;
use crate::store::identifier::RawId;
use crate::store::limits::{Capacity, Limits};
use crate::store::timestamp::Timestamp;
use crate::store::{
    Caller, ContentType, ListMessages, ListThreads, ManualClock, MessageChange, Metadata,
    MetadataPatch, NewThread, Participant, RandomIds, RetentionPolicy, Scope, Store, ThreadChange,
    ThreadId, UserMessage,
};

type Rows = BTreeMap<(usize, Vec<u8>), Vec<u8>>;

/// A store whose changes are written down as rows, after each command.
struct World {
    store: Store,
    clock: Arc<ManualClock>,
    rows: Rows,
}

fn new_store(clock: &Arc<ManualClock>) -> Store {
    let mut store = Store::new(
        Arc::clone(clock) as _,
        Box::new(RandomIds),
        Limits::default(),
        Capacity::default(),
    );
    store.note_changes();
    store
}

impl World {
    fn new() -> Self {
        let clock = ManualClock::at("2026-01-01T00:00:00.250Z");
        Self {
            store: new_store(&clock),
            clock,
            rows: Rows::new(),
        }
    }

    /// Writes down what has changed.
    fn write(&mut self) {
        for change in self.store.take_changes() {
            apply(&change, &mut self.rows);
        }
    }

    /// The store that is made of the rows.
    fn load(&self) -> Store {
        let mut loading = Loading::new(self.store.resource());
        for ((table, key), value) in &self.rows {
            loading.row(Table::ALL[*table], key, value).unwrap();
        }
        Store::continuing(
            loading.finish(),
            Arc::clone(&self.clock) as _,
            Box::new(RandomIds),
            Limits::default(),
            Capacity::default(),
        )
    }

    /// Asserts that the rows hold all that the store knows.
    #[track_caller]
    fn check(&mut self, callers: &[Caller]) {
        self.write();
        let loaded = self.load();
        assert_eq!(dump(&loaded), dump(&self.store));
        for caller in callers {
            let list = ListThreads {
                page_size: 1000,
                start: Timestamp::EPOCH,
                after: None,
            };
            let listed = |store: &Store| store.list_threads(caller, &list).unwrap().items;
            assert_eq!(listed(&loaded), listed(&self.store));
        }
    }

    fn user(&mut self) -> Caller {
        let (_, grant) = self.store.create_user(vec![Scope::Chat], 60).unwrap();
        self.store.authorize(&grant.unwrap()).unwrap()
    }

    fn later(&self) {
        self.clock.advance(Duration::from_millis(1500));
    }
}

fn apply(change: &RowChange, rows: &mut Rows) {
    let place = |table| Table::ALL.iter().position(|other| *other == table).unwrap();
    match change {
        RowChange::Put(table, key, value) => {
            rows.insert((place(*table), key.clone()), value.bytes().into_owned());
        }
        RowChange::Delete(table, key) => {
            rows.remove(&(place(*table), key.clone()));
        }
    }
}

/// All rows of a store.
fn dump(store: &Store) -> BTreeMap<(usize, Vec<u8>), String> {
    let mut rows = Rows::new();
    for change in store.state().rows() {
        apply(&change, &mut rows);
    }
    let texts = rows.into_iter();
    texts.map(|(key, value)| (key, canonical(&value))).collect()
}

/// The JSON with its maps in order.
fn canonical(row: &[u8]) -> String {
    let row: serde_json::Value = serde_json::from_slice(row).unwrap();
    row.to_string()
}

fn participant(id: &RawId) -> Participant {
    Participant {
        id: id.clone(),
        display_name: Some("Bob \"the\" builder".to_owned()),
        share_history_time: Timestamp::from_millis(1_767_225_600_123),
        metadata: Metadata::from([("role".to_owned(), "guest".to_owned())]),
    }
}

fn new_thread(others: &[&Caller]) -> NewThread {
    NewThread {
        topic: "Lunch".to_owned(),
        participants: others
            .iter()
            .map(|other| participant(&other.user))
            .collect(),
        metadata: Metadata::from([("room".to_owned(), "4".to_owned())]),
        retention: Some(RetentionPolicy::ThreadCreationDate { days: 30 }),
        repeatability: None,
    }
}

fn message(sender: &Caller, content: &str) -> UserMessage {
    UserMessage {
        sender: sender.user.clone(),
        sender_display_name: "Ä".to_owned(),
        content_type: ContentType::Html,
        content: content.to_owned(),
        metadata: Metadata::from([("mood".to_owned(), String::new())]),
        attachments: Vec::new(),
    }
}

fn all() -> ListMessages {
    ListMessages {
        page_size: 1000,
        start: Timestamp::EPOCH,
        before: u64::MAX,
    }
}

#[test]
fn every_command_is_written_down() {
    let mut world = World::new();
    let (alice, bob, carol) = (world.user(), world.user(), world.user());
    let everyone = [alice.clone(), bob.clone(), carol.clone()];
    world.check(&everyone);

    let named = RawId::communication_user(world.store.resource(), uuid::Uuid::nil());
    world.store.seed_user(named, "alice").unwrap();
    world.check(&everyone);
    let grant = world
        .store
        .issue_token(&bob.user, vec![Scope::ChatJoin], 60)
        .unwrap();
    world.check(&everyone);
    world.store.revoke_tokens(&bob.user).unwrap();
    world.check(&everyone);
    assert!(world.load().authorize(&grant).is_err(), "it stays revoked");

    let alone = world.store.create_thread(&alice, new_thread(&[])).unwrap();
    world.check(&everyone);
    let new = NewThread {
        repeatability: Some("again\0 and again".to_owned()),
        retention: Some(RetentionPolicy::None),
        ..new_thread(&[&bob])
    };
    let created = world.store.create_thread(&alice, new).unwrap();
    let thread = created.properties.id.clone();
    world.check(&everyone);

    world.later();
    let first = world
        .store
        .send_message(&alice, &thread, message(&alice, "first"))
        .unwrap();
    world.check(&everyone);
    let second = world
        .store
        .send_message(&bob, &thread, message(&bob, "second"))
        .unwrap();
    world.check(&everyone);
    world.later();
    let change = MessageChange {
        content: Some("first, edited".to_owned()),
        metadata: None,
    };
    world
        .store
        .update_message(&alice, &thread, first, change)
        .unwrap();
    world.check(&everyone);
    world.store.delete_message(&bob, &thread, second).unwrap();
    world.check(&everyone);
    world.store.send_read_receipt(&bob, &thread, first).unwrap();
    world.check(&everyone);

    world.later();
    let added = vec![participant(&carol.user), participant(&bob.user)];
    world
        .store
        .add_participants(&alice, &thread, added)
        .unwrap();
    world.check(&everyone);
    world
        .store
        .remove_participant(&alice, &thread, &bob.user)
        .unwrap();
    world.check(&everyone);
    for topic in [Some("Dinner".to_owned()), None] {
        let change = ThreadChange {
            topic,
            metadata: Some(MetadataPatch::Clear),
            retention: Some(None),
        };
        world.store.update_thread(&alice, &thread, change).unwrap();
        world.check(&everyone);
    }
    world.later();
    world
        .store
        .delete_thread(&alice, &alone.properties.id)
        .unwrap();
    world.check(&everyone);
    world.store.delete_user(&carol.user).unwrap();
    world.check(&everyone);
    world.store.delete_user(&alice.user).unwrap();
    world.check(&everyone);
}

#[test]
fn a_state_that_is_brought_back_replaces_all_rows() {
    let mut world = World::new();
    let alice = world.user();
    world.store.create_thread(&alice, new_thread(&[])).unwrap();
    world.check(std::slice::from_ref(&alice));
    let state = world.store.state();
    let bob = world.user();
    let thread = world.store.create_thread(&bob, new_thread(&[])).unwrap();
    world
        .store
        .send_message(&bob, &thread.properties.id, message(&bob, "lost"))
        .unwrap();
    world.check(&[alice.clone(), bob]);
    world.store.set_state(&state).unwrap();
    world.check(&[alice]);
    assert!(!format!("{:?}", world.rows).contains("lost"));
}

#[test]
fn a_loaded_store_goes_on_where_the_other_one_ended() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let repeatability = Some("again".to_owned());
    let foreign = RawId::parse("8:orgid:357e39d2-a29a-4bf6-88cc-fda0afc2c0ed").unwrap();
    let new = || NewThread {
        repeatability: repeatability.clone(),
        participants: vec![participant(&bob.user), participant(&foreign)],
        ..new_thread(&[])
    };
    let created = world.store.create_thread(&alice, new()).unwrap();
    let thread = created.properties.id.clone();
    let old = world
        .store
        .send_message(&alice, &thread, message(&alice, "old"))
        .unwrap();
    world.write();
    let mut loaded = world.load();

    assert_eq!(loaded.create_thread(&alice, new()).unwrap(), created);
    let new = loaded
        .send_message(&alice, &thread, message(&alice, "new"))
        .unwrap();
    assert!(new > old, "the clock stands still, ids do not");
    let messages = loaded.list_messages(&bob, &thread, &all()).unwrap().items;
    let sequences: Vec<_> = messages.iter().map(|message| message.sequence).collect();
    assert_eq!(sequences, [4, 3, 2, 1]);
    let other = loaded.create_thread(&alice, new_thread(&[])).unwrap();
    let list = ListThreads {
        page_size: 10,
        start: Timestamp::EPOCH,
        after: None,
    };
    let listed = loaded.list_threads(&alice, &list).unwrap().items;
    let ids: Vec<_> = listed.iter().map(|item| item.id.clone()).collect();
    assert_eq!(ids, [other.properties.id.clone(), thread]);
}

#[test]
fn nothing_is_noted_for_nobody() {
    let clock = ManualClock::at("2026-01-01T00:00:00Z");
    let mut store = Store::new(
        Arc::clone(&clock) as _,
        Box::new(RandomIds),
        Limits::default(),
        Capacity::default(),
    );
    store.create_user(Vec::new(), 60).unwrap();
    assert!(store.take_changes().is_empty());
    store.note_changes();
    assert!(store.take_changes().is_empty());
}

#[test]
fn rows_that_nobody_has_written_are_refused() {
    let mut world = World::new();
    let alice = world.user();
    world.store.create_thread(&alice, new_thread(&[])).unwrap();
    world.write();
    for ((table, key), value) in &world.rows {
        let table = Table::ALL[*table];
        for (key, value) in [
            (&key[..], &value[..value.len() / 2]),
            (&key[..], b"{}".as_slice()),
            (b"\xff".as_slice(), &value[..]),
        ] {
            // The key of the one row of totals says nothing.
            if table == Table::Totals && key == b"\xff" {
                continue;
            }
            let mut loading = Loading::new(world.store.resource());
            assert_eq!(loading.row(table, key, value), Err(UnreadableRow(table)));
        }
    }
    let orphan = key_of_two(ThreadId::generate(&mut RandomIds).as_str(), &[0; 8]);
    let (_, message) = world
        .rows
        .iter()
        .find(|((table, _), _)| Table::ALL[*table] == Table::Messages)
        .unwrap();
    let mut loading = Loading::new(world.store.resource());
    let refused = loading.row(Table::Messages, &orphan, message);
    assert_eq!(refused, Err(UnreadableRow(Table::Messages)));
}
