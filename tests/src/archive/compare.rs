//! Compares an archive with what the emulator exports of the same state, byte by byte. It reads the files
//! itself: neither the client nor what writes archives has a part in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// What the manifests of both have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    users_file: Option<String>,
    threads: Vec<Thread>,
    files: BTreeMap<String, File>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    id: String,
    folder: String,
    message_count: usize,
    visible_to: BTreeSet<String>,
}

#[derive(Deserialize)]
struct File {
    bytes: usize,
    sha256: String,
}

#[derive(Deserialize)]
struct Document {
    properties: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Participant {
    participant: Box<RawValue>,
    removed_on: Option<String>,
    last_sequence_id: Option<String>,
}

/// A folder with an archive.
struct Archive<'a> {
    folder: &'a Path,
    manifest: Manifest,
}

impl<'a> Archive<'a> {
    fn open(folder: &'a Path) -> Self {
        let manifest = fs::read(folder.join("manifest.json")).unwrap();
        Self {
            folder,
            manifest: serde_json::from_slice(&manifest).unwrap(),
        }
    }

    /// A file of which the manifest says what it is; nothing if there is none.
    fn file(&self, name: &str) -> Vec<u8> {
        let Some(entry) = self.manifest.files.get(name) else {
            return Vec::new();
        };
        let bytes = fs::read(self.folder.join(name)).unwrap();
        let hash = Sha256::digest(&bytes);
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((bytes.len(), &hash), (entry.bytes, &entry.sha256), "{name}");
        bytes
    }

    fn users(&self) -> BTreeSet<String> {
        let file = self.manifest.users_file.as_deref().unwrap_or("users.jsonl");
        let text = String::from_utf8(self.file(file)).unwrap();
        let id = |line: &str| {
            let user: serde_json::Value = serde_json::from_str(line).unwrap();
            user["id"].as_str().unwrap().to_owned()
        };
        text.lines().map(id).collect()
    }

    /// What there is of a thread, by the names of the parts, as texts that can be compared.
    fn parts(&self, thread: &Thread, endpoint: &str) -> BTreeMap<&'static str, String> {
        let file = |name: &str| {
            let bytes = self.file(&format!("{}/{name}", thread.folder));
            String::from_utf8(bytes).unwrap()
        };
        let document: Document = serde_json::from_str(&file("thread.json")).unwrap();
        let properties = document.properties.map(|raw| raw.get().to_owned());
        let messages = file("messages.jsonl");
        assert_eq!(
            messages.lines().count(),
            thread.message_count,
            "{}",
            thread.id
        );
        let participants = file("participants.jsonl");
        let participants: Vec<Participant> = participants
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let present = participants.iter().filter(|who| who.removed_on.is_none());
        let present: Vec<_> = present.map(|who| who.participant.get()).collect();
        let removed = participants.iter().filter(|who| who.removed_on.is_some());
        let removed: BTreeSet<_> = removed
            .map(|who| {
                let identifier: serde_json::Value =
                    serde_json::from_str(who.participant.get()).unwrap();
                let id = &identifier["communicationIdentifier"]["rawId"];
                format!("{id} on {:?} to {:?}", who.removed_on, who.last_sequence_id)
            })
            .collect();
        let attachments = file("attachments.jsonl");
        let mut lines: Vec<_> = attachments.lines().collect();
        lines.sort_unstable();
        for line in &lines {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            // Its name is its hash, which is compared with the line.
            assert!(
                !self
                    .file(&format!(
                        "{}/{}",
                        thread.folder,
                        line["file"].as_str().unwrap()
                    ))
                    .is_empty()
            );
        }
        BTreeMap::from([
            ("properties", properties.unwrap_or_default()),
            // The emulator's own archive names no host.
            (
                "messages",
                messages.replace(endpoint.trim_end_matches('/'), ""),
            ),
            ("participants", present.join("\n")),
            (
                "removed",
                removed.into_iter().collect::<Vec<_>>().join("\n"),
            ),
            ("receipts", file("receipts.jsonl")),
            ("attachments", lines.join("\n")),
            (
                "visible to",
                thread
                    .visible_to
                    .iter()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("\n"),
            ),
        ])
    }
}

/// In what the archive in `ours` differs from the one in `theirs`, which the emulator at `endpoint` has exported
/// of its state. Nothing means that users, properties, participants, messages, receipts and pictures are the
/// same, byte by byte.
#[must_use]
pub fn differences(ours: &Path, theirs: &Path, endpoint: &str) -> Vec<String> {
    let (ours, theirs) = (Archive::open(ours), Archive::open(theirs));
    let mut found = Vec::new();
    if ours.users() != theirs.users() {
        found.push("the users".to_owned());
    }
    let ids = |archive: &Archive<'_>| -> BTreeSet<String> {
        archive
            .manifest
            .threads
            .iter()
            .map(|thread| thread.id.clone())
            .collect()
    };
    for id in ids(&ours).symmetric_difference(&ids(&theirs)) {
        found.push(format!("the thread {id} is in one of them"));
    }
    for thread in &theirs.manifest.threads {
        let same = ours
            .manifest
            .threads
            .iter()
            .find(|other| other.id == thread.id);
        let Some(other) = same else { continue };
        let (expected, actual) = (theirs.parts(thread, endpoint), ours.parts(other, endpoint));
        for (part, expected) in expected {
            if actual[part] != expected {
                let line = first_difference(&actual[part], &expected);
                found.push(format!("the {part} of {}, first {line}", thread.id));
            }
        }
    }
    found
}

/// The first line that differs, as the archive has it and as the emulator has exported it. An emulator exports
/// records as its newest version has them.
fn first_difference(ours: &str, theirs: &str) -> String {
    let mut theirs = theirs.lines();
    for (ours, number) in ours.lines().zip(1..) {
        let theirs = theirs.next();
        if theirs != Some(ours) {
            let theirs = theirs.unwrap_or("nothing");
            return format!("in line {number}:\n  read:     {ours}\n  exported: {theirs}");
        }
    }
    let theirs = theirs.next().unwrap_or("nothing");
    format!("after all that was read:\n  exported: {theirs}")
}

#[test]
fn the_first_line_that_differs_is_shown_from_both_sides() {
    let shown = first_difference("a\nb\nc", "a\nx\nc");
    assert_eq!(shown, "in line 2:\n  read:     b\n  exported: x");
    let shown = first_difference("a\nb", "a");
    assert_eq!(shown, "in line 2:\n  read:     b\n  exported: nothing");
    let shown = first_difference("a", "a\nb");
    assert_eq!(shown, "after all that was read:\n  exported: b");
}
