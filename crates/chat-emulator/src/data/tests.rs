use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use redb::backends::InMemoryBackend;
use redb::{Database, StorageBackend};

use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use super::batch::Batch;
use super::error::DataError;
use super::file::DataFile;
use super::opening::{Opened, Surroundings};
use super::writer::{NotWritten, Writer};
use crate::api::origin::Origins;
use crate::api::service::Service;
use crate::auth::keys::Keys;
use crate::emulator::{Emulator, Launch};
use crate::http::cors::AllowedOrigins;
use crate::http::journal::Journal;
use crate::http::state::AppState;
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

fn surroundings() -> Surroundings {
    Surroundings {
        clock: Arc::new(MovableClock::default()),
        ids: Box::new(RandomIds),
        limits: Limits::default(),
        capacity: Capacity::default(),
    }
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
        clock_offset_millis: None,
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
    let made = open(&folder.file(), None).unwrap().keys;
    assert_eq!(made.access_key.len(), 64);
    let given = open(&folder.file(), Some(b"given")).unwrap().keys;
    assert_eq!(given.access_key, b"given");
    assert!(given.token_key == made.token_key, "tokens stay good");
    assert!(open(&folder.file(), None).unwrap().keys == given);
}

#[test]
fn the_clock_stays_where_it_was_moved() {
    let folder = Folder::new("clock");
    let opened = open(&folder.file(), None).unwrap();
    let moved = Batch {
        changes: Vec::new(),
        clock_offset_millis: Some(86_400_000),
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
    drop(open(&folder.file(), None).unwrap());
    let database = Database::open(folder.file()).unwrap();
    let transaction = database.begin_write().unwrap();
    let definition: redb::TableDefinition<'_, &[u8], &[u8]> =
        redb::TableDefinition::new("emulator");
    let mut table = transaction.open_table(definition).unwrap();
    table.insert(b"format".as_slice(), b"2".as_slice()).unwrap();
    drop(table);
    transaction.commit().unwrap();
    drop(database);
    let error = open(&folder.file(), None).unwrap_err();
    assert!(error.to_string().ends_with("its format is 2"), "{error}");
}

#[test]
fn keys_do_not_print() {
    let keys = Keys::generate(Uuid::nil(), Some(b"secret".to_vec()));
    let printed = format!("{keys:?}");
    assert!(!printed.contains("115, 101"), "{printed}");
    assert!(!printed.contains("key"), "{printed}");
}

#[tokio::test]
async fn what_is_waited_for_is_in_the_file_in_the_order_in_which_it_was_made() {
    let folder = Folder::new("order");
    let Opened {
        mut store, file, ..
    } = open(&folder.file(), None).unwrap();
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

/// A disk that can be taken away.
#[derive(Debug)]
struct Disk {
    memory: InMemoryBackend,
    gone: Arc<AtomicBool>,
}

impl Disk {
    fn check(&self) -> std::io::Result<()> {
        match self.gone.load(Ordering::SeqCst) {
            true => Err(std::io::Error::other("no space left")),
            false => Ok(()),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> std::io::Result<u64> {
        self.memory.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        self.memory.read(offset, out)
    }

    fn set_len(&self, len: u64) -> std::io::Result<()> {
        self.check()?;
        self.memory.set_len(len)
    }

    fn sync_data(&self) -> std::io::Result<()> {
        self.check()?;
        self.memory.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        self.check()?;
        self.memory.write(offset, data)
    }
}

#[tokio::test]
async fn nobody_waits_for_ever_for_a_disk_that_is_gone() {
    let gone = Arc::new(AtomicBool::new(false));
    let file = DataFile::on(Disk {
        memory: InMemoryBackend::new(),
        gone: Arc::clone(&gone),
    });
    let mut store = surroundings().new_store();
    store.note_changes();
    let writer = Writer::start(file).unwrap();
    store.create_user(Vec::new(), 60).unwrap();
    writer.enqueue(batch(&mut store));
    assert_eq!(writer.written().await, Ok(()));

    gone.store(true, Ordering::SeqCst);
    store.create_user(Vec::new(), 60).unwrap();
    writer.enqueue(batch(&mut store));
    assert_eq!(writer.written().await, Err(NotWritten));
    // The disk comes back, what was lost does not.
    gone.store(false, Ordering::SeqCst);
    store.create_user(Vec::new(), 60).unwrap();
    writer.enqueue(batch(&mut store));
    let waited = tokio::time::timeout(Duration::from_secs(20), writer.written());
    assert_eq!(waited.await, Ok(Err(NotWritten)));
}

#[tokio::test]
async fn an_emulator_whose_disk_is_gone_answers_nothing_but_that() {
    let gone = Arc::new(AtomicBool::new(false));
    let file = DataFile::on(Disk {
        memory: InMemoryBackend::new(),
        gone: Arc::clone(&gone),
    });
    let mut store = surroundings().new_store();
    store.note_changes();
    let keys = Keys::generate(store.resource(), None);
    let mut service = Service::new(store, keys);
    service.write_to(Writer::start(file).unwrap());
    let clock = Arc::new(MovableClock::default());
    let emulator = Emulator::launch(Launch {
        listener: std::net::TcpListener::bind("127.0.0.1:0").unwrap(),
        tls: None,
        certificate: None,
        public_url: None,
        allowed_origins: AllowedOrigins::default(),
        control: None,
        state: AppState::new(service, clock, Journal::new(10), Origins::default()),
        access_key: String::new(),
        seeded_users: Vec::new(),
    })
    .unwrap();
    let url = format!("{}chat/threads?api-version=2021-09-07", emulator.endpoint());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = async || client.get(&url).send().await.unwrap();

    emulator.advance_clock(Duration::from_secs(1));
    assert_eq!(answer().await.status(), 401, "all is well");
    gone.store(true, Ordering::SeqCst);
    emulator.advance_clock(Duration::from_secs(1));
    for _ in 0..2 {
        let answer = answer().await;
        assert_eq!(answer.status(), 503);
        let body = answer.text().await.unwrap();
        assert!(body.contains(r#""CommunicationError""#), "{body}");
        assert!(body.contains(r#""Code": "EmulatorOutOfOrder""#), "{body}");
    }
}
