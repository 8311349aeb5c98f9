mod damage;
mod plain;
mod round_trip;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::export::export;
use super::format::Manifest;
use super::manifest::sha256;
use super::*;
use crate::store::limits::{Capacity, Limits};
use crate::store::timestamp::Timestamp;
use crate::store::{
    Attachment, AttachmentKind, Caller, Content, ContentType, ManualClock, NewThread, Participant,
    RandomIds, Scope, Store, StoreState, ThreadId, UserMessage,
};

/// A store, its clock and its users.
struct World {
    clock: Arc<ManualClock>,
    store: Store,
    callers: Vec<Caller>,
}

impl World {
    fn new(users: usize) -> Self {
        let clock = ManualClock::at("2026-01-01T00:00:00.250Z");
        let mut store = Store::new(
            Arc::clone(&clock) as _,
            Box::new(RandomIds),
            Limits::default(),
            Capacity::default(),
        );
        let callers = (0..users).map(|_| {
            let (_, grant) = store.create_user(vec![Scope::Chat], 60).unwrap();
            store.authorize(&grant.unwrap()).unwrap()
        });
        Self {
            callers: callers.collect(),
            clock,
            store,
        }
    }

    /// A thread of the first user with all others.
    fn thread(&mut self) -> ThreadId {
        let participants = self.callers[1..].iter().map(|caller| Participant {
            id: caller.user.clone(),
            display_name: Some("Somebody".to_owned()),
            share_history_time: Timestamp::EPOCH,
            metadata: Default::default(),
        });
        let new = NewThread {
            topic: "Lunch".to_owned(),
            participants: participants.collect(),
            metadata: Default::default(),
            retention: None,
            repeatability: None,
        };
        let created = self.store.create_thread(&self.callers[0], new).unwrap();
        created.properties.id.clone()
    }

    fn send(&mut self, who: usize, thread: &ThreadId, content: &str) -> crate::store::MessageId {
        let caller = &self.callers[who];
        let message = UserMessage {
            sender: caller.user.clone(),
            sender_display_name: String::new(),
            content_type: ContentType::Text,
            content: content.to_owned(),
            metadata: Default::default(),
            attachments: vec![picture()],
        };
        self.store.send_message(caller, thread, message).unwrap()
    }

    fn export(&self) -> BTreeMap<String, Vec<u8>> {
        exported(&self.store.state())
    }
}

fn picture() -> Attachment {
    let content = |text: &'static str| Content {
        media_type: "image/png".to_owned(),
        bytes: text.into(),
    };
    Attachment {
        id: "0-eus-1".to_owned(),
        kind: AttachmentKind::Image,
        name: None,
        url: None,
        preview_url: None,
        original: Some(content("original")),
        preview: Some(content("small")),
    }
}

/// The files of an archive.
fn exported(state: &StoreState) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let now = Timestamp::parse("2026-01-02T00:00:00Z").unwrap();
    let Ok(()) = export(state, now, |name, bytes| {
        files.insert(name.to_owned(), bytes);
        Ok::<_, std::convert::Infallible>(())
    });
    files
}

/// Files in a folder that is removed with the test.
fn folder(files: &BTreeMap<String, Vec<u8>>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        put(folder.path(), name, bytes);
    }
    folder
}

fn put(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The archive with other files, of which the manifest says that they are right.
fn sealed(
    files: &BTreeMap<String, Vec<u8>>,
    change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>, &mut Manifest),
) -> BTreeMap<String, Vec<u8>> {
    let mut files = files.clone();
    let mut manifest: Manifest = serde_json::from_slice(&files["manifest.json"]).unwrap();
    files.remove("manifest.json");
    change(&mut files, &mut manifest);
    for (name, entry) in &mut manifest.files {
        if let Some(bytes) = files.get(name) {
            entry.bytes = bytes.len() as u64;
            entry.sha256 = sha256(bytes);
        }
    }
    files.insert("manifest.json".to_owned(), manifest::write(manifest));
    files
}

/// The name of the file of this end.
fn named(files: &BTreeMap<String, Vec<u8>>, end: &str) -> String {
    files
        .keys()
        .find(|name| name.ends_with(end))
        .unwrap()
        .clone()
}
