//! Disks and files that go away under the running emulator.

use std::sync::atomic::{AtomicBool, Ordering};

use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use tower::Service as _;

use super::*;
use crate::api::origin::Origins;
use crate::api::service::Service;
use crate::data::writer::NotWritten;
use crate::emulator::{Emulator, Launch};
use crate::http::cors::AllowedOrigins;
use crate::http::journal::Journal;
use crate::http::router;
use crate::http::socket::{Aborter, Connection};
use crate::http::state::AppState;

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
    let disk = Disk {
        memory: InMemoryBackend::new(),
        gone: Arc::clone(&gone),
    };
    let file = DataFile::on(disk, 0);
    let mut store = new_store();
    store.note_changes();
    let writer = Writer::start(file).unwrap();
    store.create_user(Vec::new(), 60).unwrap();
    writer.enqueue(batch(&mut store));
    assert_eq!(writer.written().await, Ok(()));

    gone.store(true, Ordering::SeqCst);
    store.create_user(Vec::new(), 60).unwrap();
    writer.enqueue(batch(&mut store));
    assert_eq!(writer.written().await, Err(NotWritten::Ended));
    // The disk comes back, what was lost does not.
    gone.store(false, Ordering::SeqCst);
    store.create_user(Vec::new(), 60).unwrap();
    writer.enqueue(batch(&mut store));
    let waited = tokio::time::timeout(Duration::from_secs(20), writer.written());
    assert_eq!(waited.await, Ok(Err(NotWritten::Ended)));
}

/// An emulator on a disk that can be taken away.
fn emulator_on(disk: Disk, least_room: u64) -> Emulator {
    let mut store = new_store();
    store.note_changes();
    let keys = Keys {
        resource: store.resource(),
        ..Keys::generate(None)
    };
    let mut service = Service::new(store, keys);
    service.write_to(Writer::start(DataFile::on(disk, least_room)).unwrap());
    let clock = Arc::new(MovableClock::default());
    Emulator::launch(Launch {
        listener: std::net::TcpListener::bind("127.0.0.1:0").unwrap(),
        tls: None,
        certificate: None,
        public_url: None,
        allowed_origins: AllowedOrigins::default(),
        control: None,
        state: AppState::new(service, clock, Journal::new(10), Origins::default(), None),
        access_key: String::new(),
        seeded_users: Vec::new(),
        event_grid: None,
    })
    .unwrap()
}

#[tokio::test]
async fn an_emulator_whose_disk_is_gone_carries_nothing_out() {
    let gone = Arc::new(AtomicBool::new(false));
    let disk = Disk {
        memory: InMemoryBackend::new(),
        gone: Arc::clone(&gone),
    };
    let emulator = emulator_on(disk, 0);
    let service = &emulator.state.service;
    let grant = service.store().create_user(vec![Scope::Chat], 60).unwrap();
    let (user, token) = (grant.0, service.token_key().sign(&grant.1.unwrap()));
    let url = format!("{}chat/threads?api-version=2025-03-15", emulator.endpoint());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let create = async || {
        let request = client.post(&url).bearer_auth(&token);
        let request = request.header("x-ms-client-request-id", "an-id");
        let request = request.header("x-ms-return-client-request-id", "true");
        let body = serde_json::json!({"topic": "t"});
        request.json(&body).send().await.unwrap()
    };
    assert_eq!(create().await.status(), 201, "all is well");

    gone.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        let answer = create().await;
        assert_eq!(answer.status(), 503);
        let headers = answer.headers().clone();
        for name in ["ms-cv", "api-supported-versions", "x-ms-client-request-id"] {
            assert!(headers.contains_key(name), "{name}: {headers:?}");
        }
        let body = answer.text().await.unwrap();
        assert!(body.contains(r#""Code": "EmulatorOutOfOrder""#), "{body}");
    }
    // The first of them could not know; the others were not carried out, and nothing waits in memory.
    let known = topics(&mut service.store(), &user).len();
    assert_eq!(known, 2);
    assert_eq!(service.writable(false), Err(NotWritten::Ended));
    // Nor is anything read that was never written.
    let read = client.get(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(read.status(), 503);
}

#[cfg(unix)]
#[tokio::test]
async fn an_emulator_whose_disk_is_full_refuses_from_the_first_request_on_and_still_answers() {
    let disk = Disk {
        memory: InMemoryBackend::new(),
        gone: Arc::default(),
    };
    let emulator = emulator_on(disk, u64::MAX);
    let service = &emulator.state.service;
    let (user, grant) = service.store().create_user(vec![Scope::Chat], 60).unwrap();
    let token = service.token_key().sign(&grant.unwrap());
    let before = service.store().revision();
    let router = router::service(&emulator.state, AllowedOrigins::default());
    let call = async |method: &str, target: &str| {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{target}?api-version=2025-03-15"))
            .header("host", "localhost")
            .header("authorization", format!("Bearer {token}"))
            .extension(Connection {
                peer: std::net::Ipv4Addr::LOCALHOST.into(),
                encrypted: false,
                aborter: Aborter::default(),
            })
            .body(axum::body::Body::from(r#"{"topic": "t"}"#))
            .unwrap();
        router.clone().call(request).await.unwrap()
    };
    for _ in 0..3_000 {
        let answer = call("POST", "/chat/threads").await;
        assert_eq!(answer.status(), 503);
        for name in ["ms-cv", "api-supported-versions"] {
            assert!(answer.headers().contains_key(name), "{name}");
        }
    }
    assert_eq!(topics(&mut service.store(), &user), [""; 0]);
    // Nothing was carried out, nothing is noted, and nothing waits to be written.
    assert_eq!(service.store().revision(), before + 1, "of the token");
    assert_eq!(emulator.state.journal.range(), (1, 0));
    assert_eq!(service.written().await, Ok(()));
    assert_eq!(call("GET", "/chat/threads").await.status(), 200);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_gone_is_noticed_before_anything_is_carried_out() {
    let folder = Folder::new("gone");
    let mut opened = begin(&folder.file());
    let writer = Writer::start(opened.file.take().unwrap()).unwrap();
    assert_eq!(writer.writable(true), Ok(()));
    std::fs::remove_file(folder.file()).unwrap();
    assert_eq!(writer.writable(true), Err(NotWritten::Ended));
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_removed_or_replaced_is_noticed() {
    for replaced in [false, true] {
        let folder = Folder::new(&format!("vanished-{replaced}"));
        let mut opened = begin(&folder.file());
        let writer = Writer::start(opened.file.take().unwrap()).unwrap();
        assert!(!writer.has_failed());
        std::fs::remove_file(folder.file()).unwrap();
        if replaced {
            std::fs::write(folder.file(), "another one").unwrap();
        }
        opened.store.create_user(Vec::new(), 60).unwrap();
        writer.enqueue(batch(&mut opened.store));
        assert_eq!(writer.written().await, Err(NotWritten::Ended));
        assert!(writer.has_failed());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_vanishes_is_noticed_while_nothing_is_written() {
    let folder = Folder::new("idle");
    let mut opened = begin(&folder.file());
    let writer = Writer::start(opened.file.take().unwrap()).unwrap();
    std::fs::remove_file(folder.file()).unwrap();
    let noticed = tokio::time::timeout(Duration::from_secs(20), writer.failed());
    assert!(noticed.await.is_ok());
}
