//! A state as the files of an archive.

use std::collections::BTreeMap;

use serde::Serialize;
use time::OffsetDateTime;

use crate::store::timestamp::Timestamp;
use crate::store::{ArchivedParticipant, ArchivedThread, PictureSize, StoreState};
use crate::wire::attachment::Links;
use crate::wire::message::ChatMessage;
use crate::wire::participant::ChatParticipant;
use crate::wire::receipt::ChatMessageReadReceipt;
use crate::wire::thread::ChatThreadProperties;
use crate::wire::version::ChatVersion;

use super::format::{
    ATTACHMENTS, AttachmentLine, CONTENTS, FORMAT, FileEntry, ListPlace, MANIFEST, MESSAGES,
    Manifest, PARTICIPANTS, ParticipantLine, RECEIPTS, SequenceRange, THREAD, THREADS,
    ThreadDocument, ThreadEntry, USERS, UserLine, VERSION,
};
use super::manifest::{self, sha256};

/// The version whose records have the most in them.
const RECORDS: ChatVersion = ChatVersion::NEWEST;

/// Gives all files of an archive to `file`, by their paths; the manifest comes last.
pub(crate) fn export<E>(
    state: &StoreState,
    now: Timestamp,
    file: impl FnMut(&str, Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let mut files = Files {
        entries: BTreeMap::new(),
        file,
    };
    let users = state.archived_users();
    let mut lines = Vec::new();
    for user in &users {
        let line = UserLine {
            id: user.id.to_string(),
            name: user.name.clone(),
            deleted: user.deleted,
        };
        push(&mut lines, &line);
    }
    files.add(USERS.to_owned(), lines)?;
    let mut threads = Vec::new();
    for thread in state.archived_threads() {
        threads.push(export_thread(&thread, &mut files)?);
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION.to_owned(),
        created_by: concat!("chat-emulator ", env!("CARGO_PKG_VERSION")).to_owned(),
        created_on: now.into(),
        resource: Some(state.resource().to_string()),
        users_file: None,
        user_count: users.len() as u64,
        threads,
        files: files.entries,
        unread: Vec::new(),
        manifest_sha256: String::new(),
    };
    (files.file)(MANIFEST, manifest::write(manifest))
}

/// The files so far, and where they go.
struct Files<F> {
    entries: BTreeMap<String, FileEntry>,
    file: F,
}

impl<F, E> Files<F>
where
    F: FnMut(&str, Vec<u8>) -> Result<(), E>,
{
    fn add(&mut self, path: String, bytes: Vec<u8>) -> Result<(), E> {
        let entry = FileEntry {
            bytes: bytes.len() as u64,
            sha256: sha256(&bytes),
        };
        (self.file)(&path, bytes)?;
        self.entries.insert(path, entry);
        Ok(())
    }
}

fn export_thread<F, E>(thread: &ArchivedThread, files: &mut Files<F>) -> Result<ThreadEntry, E>
where
    F: FnMut(&str, Vec<u8>) -> Result<(), E>,
{
    let id = thread.properties.id.as_str();
    // Ids have letters that file names may not have, and differ where some file systems see no difference.
    let folder = format!("{THREADS}/{}", sha256(id.as_bytes()));
    let document = ThreadDocument {
        properties: Some(ChatThreadProperties::new(&thread.properties, RECORDS)),
        created_on: Some(thread.properties.created_on.into()),
        last_message_received_on: Some(thread.last_message_received_on.into()),
        listed: thread.activity.map(place),
        last_sequence_id: Some(thread.last_sequence.to_string()),
        last_version: Some(thread.last_version.to_string()),
    };
    let mut json = Vec::new();
    push(&mut json, &document);
    files.add(format!("{folder}/{THREAD}"), json)?;
    let mut participants = Vec::new();
    let mut receipts = Vec::new();
    for participant in &thread.participants {
        push(&mut participants, &participant_line(participant));
        if let Some(receipt) = &participant.receipt {
            push(&mut receipts, &ChatMessageReadReceipt::from(receipt));
        }
    }
    files.add(format!("{folder}/{PARTICIPANTS}"), participants)?;
    let links = Links {
        base: "",
        thread: &thread.properties.id,
    };
    let mut messages = Vec::new();
    for message in &thread.messages {
        push(&mut messages, &ChatMessage::new(message, RECORDS, links));
    }
    files.add(format!("{folder}/{MESSAGES}"), messages)?;
    files.add(format!("{folder}/{RECEIPTS}"), receipts)?;
    let attachment_count = export_attachments(thread, &folder, files)?;
    let everybody = thread.participants.iter();
    let receipts = everybody.clone().filter(|who| who.receipt.is_some());
    let ends = thread.messages.first().zip(thread.messages.last());
    Ok(ThreadEntry {
        id: id.to_owned(),
        folder,
        message_count: thread.messages.len() as u64,
        participant_count: thread.participants.len() as u64,
        receipt_count: receipts.count() as u64,
        attachment_count,
        sequence_ids: ends.map(|(first, last)| SequenceRange {
            first: first.sequence.to_string(),
            last: last.sequence.to_string(),
        }),
        visible_to: everybody
            .map(|who| who.participant.id.to_string())
            .collect(),
    })
}

/// Gives the bytes of attachments, each once, and says whose they are; gives how many lines there are.
fn export_attachments<F, E>(
    thread: &ArchivedThread,
    folder: &str,
    files: &mut Files<F>,
) -> Result<u64, E>
where
    F: FnMut(&str, Vec<u8>) -> Result<(), E>,
{
    let (mut lines, mut count) = (Vec::new(), 0);
    for message in &thread.messages {
        for attachment in message.body.attachments() {
            let original = attachment
                .original
                .iter()
                .map(|it| (PictureSize::Original, it));
            let small = attachment.preview.iter().map(|it| (PictureSize::Small, it));
            for (size, content) in original.chain(small) {
                let file = format!("{CONTENTS}/{}", sha256(&content.bytes));
                let path = format!("{folder}/{file}");
                if !files.entries.contains_key(&path) {
                    files.add(path, content.bytes.to_vec())?;
                }
                let line = AttachmentLine {
                    message_id: message.id.to_string(),
                    attachment_id: attachment.id.clone(),
                    size,
                    media_type: content.media_type.clone(),
                    file,
                };
                push(&mut lines, &line);
                count += 1;
            }
        }
    }
    if count > 0 {
        files.add(format!("{folder}/{ATTACHMENTS}"), lines)?;
    }
    Ok(count)
}

fn participant_line(who: &ArchivedParticipant) -> ParticipantLine<ChatParticipant<'_>> {
    let participant = &who.participant;
    let removal = who.removal;
    ParticipantLine {
        participant: ChatParticipant::new(participant, RECORDS),
        history_start: Some(participant.share_history_time.into()),
        added_on: Some(who.added_on.into()),
        removed_on: removal.map(|removal| removal.on.into()),
        last_sequence_id: removal.map(|removal| removal.last_sequence.to_string()),
        listed: removal.and_then(|removal| removal.activity).map(place),
    }
}

fn place(activity: crate::store::Activity) -> ListPlace {
    ListPlace {
        at: OffsetDateTime::from(activity.at),
        ordinal: activity.ordinal,
    }
}

/// Adds a line of JSON.
fn push(lines: &mut Vec<u8>, record: &impl Serialize) {
    // Only a map whose keys are not strings could fail, and there is none.
    lines.extend(serde_json::to_vec(record).unwrap_or_default());
    lines.push(b'\n');
}
