//! A program that is killed while a state is brought back. What it has handed to the operating system by
//! then is in the file, and nothing else.

use std::sync::Mutex;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;

use super::*;
use crate::api::origin::Origins;
use crate::api::service::Service;
use crate::data::batch::Rows;
use crate::http::journal::Journal;
use crate::http::state::AppState;
use crate::store::identifier::RawId;

/// A file of which copies can be taken, and which takes so many more changes.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Mutex<Content>>);

#[derive(Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    changes_left: Option<usize>,
}

impl Disk {
    fn change(&self, change: impl FnOnce(&mut Vec<u8>)) -> std::io::Result<()> {
        let mut content = self.0.lock().unwrap();
        match &mut content.changes_left {
            Some(0) => return Err(std::io::Error::other("killed")),
            Some(left) => *left -= 1,
            None => {}
        }
        change(&mut content.bytes);
        Ok(())
    }

    /// Ends after so many more changes.
    fn die_after(&self, changes: usize) {
        self.0.lock().unwrap().changes_left = Some(changes);
    }

    /// What the next program finds.
    fn copy(&self) -> InMemoryBackend {
        let bytes = self.0.lock().unwrap().bytes.clone();
        let copy = InMemoryBackend::new();
        copy.set_len(bytes.len() as u64).unwrap();
        copy.write(0, &bytes).unwrap();
        copy
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> std::io::Result<u64> {
        Ok(self.0.lock().unwrap().bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        let content = self.0.lock().unwrap();
        let place = offset as usize;
        out.copy_from_slice(&content.bytes[place..place + out.len()]);
        Ok(())
    }

    fn set_len(&self, length: u64) -> std::io::Result<()> {
        self.change(|bytes| bytes.resize(length as usize, 0))
    }

    fn sync_data(&self) -> std::io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        let place = offset as usize;
        self.change(|bytes| bytes[place..place + data.len()].copy_from_slice(data))
    }
}

/// A service that writes to `disk`.
fn state_on(disk: &Disk) -> (AppState, Keys) {
    let mut store = new_store();
    store.note_changes();
    let keys = Keys {
        resource: store.resource(),
        ..Keys::generate(None)
    };
    let file = DataFile::on(disk.clone(), 0);
    file.begin(&keys, &store.state()).unwrap();
    let mut service = Service::new(store, keys.clone());
    service.write_to(Writer::start(file).unwrap());
    let clock = Arc::new(MovableClock::default());
    let state = AppState::new(service, clock, Journal::new(0), Origins::default(), None);
    (state, keys)
}

/// What a file says: how many threads the user has, and how far the clock has been moved.
fn found(disk: &Disk, keys: &Keys, user: &RawId) -> (usize, i64) {
    let file = DataFile::on(disk.copy(), 0);
    let (_, clock_offset_millis) = file.keys().unwrap().unwrap();
    let state = file.load(Rows::Current, keys.resource).unwrap();
    let clock = Arc::new(MovableClock::default());
    let (limits, capacity) = (Limits::default(), Capacity::default());
    let mut store = Store::continuing(state, clock, Box::new(RandomIds), limits, capacity);
    (topics(&mut store, user).len(), clock_offset_millis)
}

#[tokio::test]
async fn a_kill_during_a_restore_leaves_the_old_or_the_new_state_with_its_clock() {
    let hour = Duration::from_secs(3600);
    let (mut old, mut new) = (0, 0);
    for changes in 0.. {
        let disk = Disk::default();
        let (state, keys) = state_on(&disk);
        let (user, grant) = state
            .service
            .store()
            .create_user(vec![Scope::Chat], 1440)
            .unwrap();
        let create = |count: usize| {
            let mut store = state.service.store();
            let caller = store.authorize(grant.as_ref().unwrap()).unwrap();
            for number in 0..count {
                let topic = format!("{number} {}", "x".repeat(500));
                store.create_thread(&caller, new_thread(&topic)).unwrap();
            }
        };
        create(20);
        state.advance_clock(hour);
        let snapshot = state.snapshot();
        create(10);
        state.advance_clock(hour);
        state.service.written().await.unwrap();

        disk.die_after(changes);
        state.restore(&snapshot).unwrap();
        let written = state.service.written().await;
        match found(&disk, &keys, &user) {
            (30, 7_200_000) => old += 1,
            (20, 3_600_000) => new += 1,
            other => panic!("after {changes} changes: {other:?}"),
        }
        if written.is_ok() {
            break;
        }
    }
    assert!(old > 3 && new > 0, "{old} times the old, {new} the new");
}
