mod damage;
mod killed;
mod lost;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use redb::Database;

use super::batch::Batch;
use super::error::DataError;
use super::file::DataFile;
use super::opening::Opened;
use super::writer::Writer;
use crate::auth::keys::Keys;
use crate::store::limits::{Capacity, Limits};
use crate::store::timestamp::Timestamp;
use crate::store::{ListThreads, MovableClock, NewThread, RandomIds, Scope, Store};

/// A folder that is removed with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("chat-emulator-data-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("state.redb")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(path: &Path, access_key: Option<&[u8]>) -> Result<Opened, DataError> {
    let clock = Arc::new(MovableClock::default());
    let access_key = access_key.map(<[u8]>::to_vec);
    Opened::new(Some(path), access_key, None, &clock, Limits::default())
}

/// As [`open`], and writes what has to be written before anything is answered.
fn begin(path: &Path) -> Opened {
    let mut opened = open(path, None).unwrap();
    opened.write().unwrap();
    opened
}

fn new_store() -> Store {
    Store::new(
        Arc::new(MovableClock::default()),
        Box::new(RandomIds),
        Limits::default(),
        Capacity::default(),
    )
}

fn new_thread(topic: &str) -> NewThread {
    NewThread {
        topic: topic.to_owned(),
        participants: Vec::new(),
        metadata: Default::default(),
        retention: None,
        repeatability: None,
    }
}

/// The topics of a user's threads, newest first.
fn topics(store: &mut Store, user: &crate::store::identifier::RawId) -> Vec<String> {
    let grant = store.issue_token(user, vec![Scope::Chat], 60).unwrap();
    let list = ListThreads {
        page_size: 1000,
        start: Timestamp::EPOCH,
        after: None,
    };
    let caller = store.authorize(&grant).unwrap();
    let items = store.list_threads(&caller, &list).unwrap().items;
    items.into_iter().map(|item| item.topic).collect()
}

fn batch(store: &mut Store) -> Batch {
    Batch {
        changes: store.take_changes(),
        ..Batch::default()
    }
}

#[test]
fn a_file_keeps_the_state_and_the_keys() {
    let folder = Folder::new("keeps");
    let mut first = open(&folder.file(), None).unwrap();
    let (user, grant) = first.store.create_user(vec![Scope::Chat], 60).unwrap();
    let caller = first.store.authorize(&grant.unwrap()).unwrap();
    first
        .store
        .create_thread(&caller, new_thread("Lunch"))
        .unwrap();
    first.write().unwrap();
    let keys = first.keys.clone();
    drop(first);

    let mut second = open(&folder.file(), None).unwrap();
    assert!(second.keys == keys);
    assert_eq!(second.store.resource(), keys.resource);
    assert_eq!(topics(&mut second.store, &user), ["Lunch"]);
}

#[test]
fn an_access_key_that_is_given_is_the_key_from_now_on() {
    let folder = Folder::new("key");
    let made = begin(&folder.file()).keys;
    assert_eq!(made.access_key.len(), 64);
    let mut given = open(&folder.file(), Some(b"given")).unwrap();
    given.write().unwrap();
    let keys = given.keys.clone();
    drop(given);
    let given = keys;
    assert_eq!(given.access_key, b"given");
    assert!(given.token_key == made.token_key, "tokens stay good");
    assert!(open(&folder.file(), None).unwrap().keys == given);
}

#[test]
fn the_clock_stays_where_it_was_moved() {
    let folder = Folder::new("clock");
    let opened = begin(&folder.file());
    let moved = Batch {
        clock_offset_millis: Some(86_400_000),
        ..Batch::default()
    };
    opened.file.unwrap().write(&moved).unwrap();
    let clock = Arc::new(MovableClock::default());
    Opened::new(Some(&folder.file()), None, None, &clock, Limits::default()).unwrap();
    assert_eq!(clock.offset_millis(), 86_400_000);
}

#[test]
fn a_file_that_is_in_use_or_none_of_the_emulators_is_refused_and_left_alone() {
    let folder = Folder::new("refused");
    let opened = open(&folder.file(), None).unwrap();
    let error = open(&folder.file(), None).unwrap_err();
    assert!(matches!(error, DataError::InUse(_)), "{error:?}");
    drop(opened);

    let letter = folder.0.join("letter.txt");
    let text = "Dear emulator, this is no data file.".repeat(200);
    std::fs::write(&letter, &text).unwrap();
    let error = open(&letter, None).unwrap_err();
    assert!(matches!(error, DataError::Unreadable { .. }), "{error:?}");
    assert!(error.to_string().contains("letter.txt"), "{error}");
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), text);

    let error = open(&folder.0.join("no/such/folder"), None).unwrap_err();
    assert!(matches!(error, DataError::Io { .. }), "{error:?}");
}

#[test]
fn a_file_of_a_later_version_is_refused() {
    let folder = Folder::new("later");
    drop(begin(&folder.file()));
    let database = Database::open(folder.file()).unwrap();
    let transaction = database.begin_write().unwrap();
    let definition: redb::TableDefinition<'_, &[u8], &[u8]> =
        redb::TableDefinition::new("emulator");
    let mut table = transaction.open_table(definition).unwrap();
    table.insert(b"format".as_slice(), b"3".as_slice()).unwrap();
    drop(table);
    transaction.commit().unwrap();
    drop(database);
    let error = open(&folder.file(), None).unwrap_err();
    assert!(error.to_string().contains("its format is 3"), "{error}");
}

#[test]
fn keys_do_not_print() {
    let keys = Keys::generate(Some(b"secret".to_vec()));
    let printed = format!("{keys:?}");
    assert!(!printed.contains("115, 101"), "{printed}");
    assert!(!printed.contains("key"), "{printed}");
}

#[tokio::test]
async fn what_is_waited_for_is_in_the_file_in_the_order_in_which_it_was_made() {
    let folder = Folder::new("order");
    let Opened {
        mut store, file, ..
    } = begin(&folder.file());
    let writer = Writer::start(file.unwrap()).unwrap();
    let (user, grant) = store.create_user(vec![Scope::Chat], 60).unwrap();
    let caller = store.authorize(&grant.unwrap()).unwrap();
    let mut expected = Vec::new();
    for number in 0..100 {
        let topic = number.to_string();
        store.create_thread(&caller, new_thread(&topic)).unwrap();
        writer.enqueue(batch(&mut store));
        expected.insert(0, topic);
        if number % 10 == 0 {
            writer.written().await.unwrap();
        }
    }
    // Dropping it writes what nobody has waited for.
    drop(writer);
    let mut loaded = open(&folder.file(), None).unwrap().store;
    assert_eq!(topics(&mut loaded, &user), expected);
}

#[cfg(unix)]
#[test]
fn a_file_with_keys_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("mode");
    let mode = || {
        std::fs::metadata(folder.file())
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    drop(begin(&folder.file()));
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(folder.file(), PermissionsExt::from_mode(0o644)).unwrap();
    drop(begin(&folder.file()));
    assert_eq!(mode(), 0o600, "also one that others could read");
}

#[test]
fn what_was_known_in_the_beginning_is_known_after_a_restart() {
    let folder = Folder::new("initial");
    let mut first = open(&folder.file(), None).unwrap();
    let (user, grant) = first.store.create_user(vec![Scope::Chat], 60).unwrap();
    let caller = first.store.authorize(&grant.unwrap()).unwrap();
    first
        .store
        .create_thread(&caller, new_thread("seed"))
        .unwrap();
    first.write().unwrap();
    first
        .store
        .create_thread(&caller, new_thread("later"))
        .unwrap();
    first.write().unwrap();
    drop(first);

    let mut second = open(&folder.file(), None).unwrap();
    assert_eq!(topics(&mut second.store, &user), ["later", "seed"]);
    let initial = second.initial.clone().unwrap();
    second.store.set_state(&initial).unwrap();
    second.write().unwrap();
    drop(second);
    let mut third = open(&folder.file(), None).unwrap();
    assert_eq!(topics(&mut third.store, &user), ["seed"]);
}

#[test]
fn a_file_that_was_being_begun_begins_again() {
    let folder = Folder::new("half");
    drop(open(&folder.file(), None).unwrap());
    assert!(open(&folder.file(), None).unwrap().initial.is_none());
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    let folder = Folder::new("foreign");
    let database = Database::create(folder.file()).unwrap();
    let transaction = database.begin_write().unwrap();
    let definition: redb::TableDefinition<'_, u64, u64> = redb::TableDefinition::new("theirs");
    transaction
        .open_table(definition)
        .unwrap()
        .insert(1, 2)
        .unwrap();
    transaction.commit().unwrap();
    drop(database);
    let error = open(&folder.file(), None).unwrap_err().to_string();
    assert!(error.contains("another program"), "{error}");
    assert!(Database::create(folder.file()).is_ok());
}

/// So many messages in one thread of a user.
fn fill(store: &mut Store, messages: usize, text: &str) {
    use crate::store::{ContentType, UserMessage};

    let (user, grant) = store.create_user(vec![Scope::Chat], 60).unwrap();
    let caller = store.authorize(&grant.unwrap()).unwrap();
    let created = store.create_thread(&caller, new_thread("full")).unwrap();
    for number in 0..messages {
        let message = UserMessage {
            sender: user.clone(),
            sender_display_name: String::new(),
            content_type: ContentType::Text,
            content: format!("{number} {text}"),
            metadata: Default::default(),
            attachments: Vec::new(),
        };
        store
            .send_message(&caller, &created.properties.id, message)
            .unwrap();
    }
}

#[test]
fn a_file_does_not_grow_with_each_state_that_is_brought_back() {
    let folder = Folder::new("grow");
    let mut opened = begin(&folder.file());
    let empty = opened.store.state();
    fill(&mut opened.store, 1_000, &"x".repeat(200));
    opened.write().unwrap();
    let full = opened.store.state();
    let size = || std::fs::metadata(folder.file()).unwrap().len();
    let before = size();
    for _ in 0..5 {
        for state in [&empty, &full] {
            opened.store.set_state(state).unwrap();
            opened.write().unwrap();
        }
    }
    assert!(size() <= 3 * before, "from {before} to {} bytes", size());
}

#[test]
fn a_file_with_much_room_to_spare_is_compacted_when_it_is_opened() {
    let folder = Folder::new("loose");
    let mut opened = begin(&folder.file());
    let empty = opened.store.state();
    fill(&mut opened.store, 1_000, &"x".repeat(20_000));
    opened.write().unwrap();
    opened.store.set_state(&empty).unwrap();
    opened.write().unwrap();
    drop(opened);
    let size = || std::fs::metadata(folder.file()).unwrap().len();
    let before = size();
    drop(open(&folder.file(), None).unwrap());
    assert!(size() * 4 < before, "from {before} to {} bytes", size());
}
