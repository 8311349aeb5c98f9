//! The files of an archive as a state.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::store::identifier::{IdentifierKind, RawId};
use crate::store::timestamp::Timestamp;
use crate::store::{
    Activity, ArchivedParticipant, ArchivedThread, ArchivedUser, Content, Message, ReadReceipt,
    Removal, StoreState,
};

use super::error::ArchiveError;
use super::folder::Reader;
use super::format::{
    ATTACHMENTS, AttachmentLine, ListPlace, MESSAGES, PARTICIPANTS, ParticipantLine, RECEIPTS,
    THREAD, ThreadDocument, ThreadEntry, USERS, UserLine,
};
use super::records::{
    Contents, MessageRecord, ParticipantRecord, PropertiesRecord, ReceiptRecord, is_count,
    sequence_id, version,
};

/// Reads an archive. All of it is as it was written, and can be served.
pub(crate) fn read(folder: &Path) -> Result<StoreState, ArchiveError> {
    let mut reader = Reader::open(folder)?;
    let users = read_users(&mut reader)?;
    let entries = std::mem::take(&mut reader.manifest.threads);
    let mut threads = Vec::with_capacity(entries.len());
    let mut ids = HashSet::new();
    for entry in &entries {
        if !ids.insert(entry.id.as_str()) {
            return Err(reader.invalid_manifest(format!("it names {} twice", entry.id)));
        }
        match read_thread(entry, &mut reader)? {
            Some(thread) => threads.push(thread),
            None => tracing::warn!(
                thread = entry.id,
                "left out: nobody could read its properties"
            ),
        }
    }
    reader.check_others()?;
    for unread in &reader.manifest.unread {
        tracing::warn!(
            ?unread,
            "not everything could be read when the archive was made"
        );
    }
    let resource = resource(&reader, &users)?;
    StoreState::from_archive(resource, users, threads).map_err(|same| {
        let id = same.0.as_str();
        reader.invalid_manifest(format!("{id} stands where another thread stands in lists"))
    })
}

/// The resource that the manifest names, or else that of the first user.
fn resource(reader: &Reader<'_>, users: &[ArchivedUser]) -> Result<Uuid, ArchiveError> {
    if let Some(text) = &reader.manifest.resource {
        return Uuid::try_parse(text)
            .map_err(|_| reader.invalid_manifest(format!("{text:?} is no id of a resource")));
    }
    let mut resources = users.iter().filter_map(|user| match user.id.kind() {
        Some(IdentifierKind::CommunicationUser { resource }) => Some(resource),
        _ => None,
    });
    let first = resources.next();
    first.ok_or_else(|| reader.invalid_manifest("it names no resource, and there are no users"))
}

fn read_users(reader: &mut Reader<'_>) -> Result<Vec<ArchivedUser>, ArchiveError> {
    let mut ids = HashSet::new();
    let count = reader.manifest.user_count;
    let file = reader.manifest.users_file.clone();
    let file = file.as_deref().unwrap_or(USERS);
    lines(reader, file, count, |line: UserLine| {
        let id = RawId::parse(&line.id).map_err(|error| error.to_string())?;
        if !ids.insert(id.clone()) {
            return Err(format!("{id} is there twice"));
        }
        Ok(ArchivedUser {
            id,
            name: line.name,
            deleted: line.deleted,
        })
    })
}

/// Nothing for a thread without properties, which cannot be served.
fn read_thread(
    entry: &ThreadEntry,
    reader: &mut Reader<'_>,
) -> Result<Option<ArchivedThread>, ArchiveError> {
    let file = format!("{}/{THREAD}", entry.folder);
    let bytes = reader.file(&file)?;
    let document: Result<ThreadDocument<PropertiesRecord>, _> = serde_json::from_slice(&bytes);
    if matches!(&document, Ok(document) if document.properties.is_none()) {
        return Ok(None);
    }
    let contents = read_attachments(entry, reader)?;
    let messages = read_messages(entry, contents, reader)?;
    let newest = messages.iter().map(|message| message.created_on()).max();
    let thread = || {
        let document = document.map_err(|error| error.to_string())?;
        let properties = document.properties.ok_or("it has no properties")?;
        let mut properties = properties.properties()?;
        if let Some(created_on) = document.created_on {
            properties.created_on = created_on.into();
        }
        if properties.id.as_str() != entry.id {
            return Err(format!("it is not of {}", entry.id));
        }
        let sequence = document.last_sequence_id.as_deref().map(sequence_id);
        let version = document.last_version.as_deref().map(version);
        let received_on = document.last_message_received_on.map(Into::into);
        Ok(ArchivedThread {
            last_message_received_on: received_on.or(newest).unwrap_or(properties.created_on),
            properties,
            activity: document.listed.map(activity).transpose()?,
            last_sequence: sequence.transpose()?.unwrap_or(0),
            last_version: version.transpose()?.unwrap_or(0),
            participants: Vec::new(),
            messages,
        })
    };
    let mut thread: ArchivedThread =
        thread().map_err(|reason| ArchiveError::invalid(reader.path(&file), None, reason))?;
    let mut receipts = read_receipts(entry, reader)?;
    thread.participants = read_participants(entry, &thread, reader)?;
    for participant in &mut thread.participants {
        if participant.removal.is_none() {
            participant.receipt = receipts.remove(&participant.participant.id);
        }
    }
    Ok(Some(thread))
}

/// The bytes that go with messages.
fn read_attachments(
    entry: &ThreadEntry,
    reader: &mut Reader<'_>,
) -> Result<Contents, ArchiveError> {
    let file = format!("{}/{ATTACHMENTS}", entry.folder);
    let mut contents = Contents::new();
    if reader.has(&file) || entry.attachment_count > 0 {
        let count = entry.attachment_count;
        let all = lines(reader, &file, count, |line: AttachmentLine<_>| Ok(line))?;
        for line in all {
            let bytes = reader.file(&format!("{}/{}", entry.folder, line.file))?;
            let content = Content {
                media_type: line.media_type,
                bytes: bytes.into(),
            };
            contents.insert((line.message_id, line.attachment_id, line.size), content);
        }
    }
    Ok(contents)
}

fn read_messages(
    entry: &ThreadEntry,
    mut contents: Contents,
    reader: &mut Reader<'_>,
) -> Result<Vec<Arc<Message>>, ArchiveError> {
    let (mut ids, mut sequences) = (HashSet::new(), HashSet::new());
    let file = format!("{}/{MESSAGES}", entry.folder);
    let mut messages = lines(
        reader,
        &file,
        entry.message_count,
        |record: MessageRecord| {
            let message = record.message(&mut contents)?;
            if !ids.insert(message.id) {
                return Err(format!("the id {} is there twice", message.id));
            }
            if !sequences.insert(message.sequence) {
                return Err(format!(
                    "the sequence id {} is there twice",
                    message.sequence
                ));
            }
            Ok(Arc::new(message))
        },
    )?;
    messages.sort_by_key(|message| message.sequence);
    Ok(messages)
}

/// The newest receipt of each sender.
fn read_receipts(
    entry: &ThreadEntry,
    reader: &mut Reader<'_>,
) -> Result<HashMap<RawId, ReadReceipt>, ArchiveError> {
    let file = format!("{}/{RECEIPTS}", entry.folder);
    let mut receipts: HashMap<RawId, ReadReceipt> = HashMap::new();
    if reader.has(&file) || entry.receipt_count > 0 {
        let count = entry.receipt_count;
        lines(reader, &file, count, |record: ReceiptRecord| {
            let receipt = record.receipt()?;
            let known = receipts.get(&receipt.sender);
            if known.is_none_or(|known| known.message < receipt.message) {
                receipts.insert(receipt.sender.clone(), receipt);
            }
            Ok(())
        })?;
    }
    Ok(receipts)
}

/// Participants once each: as they take part, or else with their last removal.
fn read_participants(
    entry: &ThreadEntry,
    thread: &ArchivedThread,
    reader: &mut Reader<'_>,
) -> Result<Vec<ArchivedParticipant>, ArchiveError> {
    let file = format!("{}/{PARTICIPANTS}", entry.folder);
    let mut everybody: IndexMap<RawId, ArchivedParticipant> = IndexMap::new();
    let read = |line: ParticipantLine<ParticipantRecord>| {
        let who = read_participant(line, thread)?;
        let id = who.participant.id.clone();
        let removed_on = |who: &ArchivedParticipant| who.removal.map(|removal| removal.on);
        match (everybody.get(&id).map(removed_on), removed_on(&who)) {
            (Some(None), None) => return Err(format!("{id} takes part twice")),
            (Some(None), Some(_)) => {}
            (Some(Some(last)), Some(on)) if on <= last => {}
            _ => {
                // The order is that of their lines.
                everybody.shift_remove(&id);
                everybody.insert(id, who);
            }
        }
        Ok(())
    };
    lines(reader, &file, entry.participant_count, read)?;
    Ok(everybody.into_values().collect())
}

fn read_participant(
    line: ParticipantLine<ParticipantRecord>,
    thread: &ArchivedThread,
) -> Result<ArchivedParticipant, String> {
    let mut participant = line.participant.participant()?;
    if let Some(start) = line.history_start {
        participant.share_history_time = start.into();
    }
    let added_on = line.added_on.map(Into::into);
    let last_sequence = line.last_sequence_id.as_deref().map(sequence_id);
    let last_sequence = last_sequence.transpose()?;
    let activity = line.listed.map(activity).transpose()?;
    let removal = line.removed_on.map(Timestamp::from).map(|on| Removal {
        on,
        last_sequence: last_sequence.unwrap_or_else(|| last_before(&thread.messages, on)),
        activity,
    });
    Ok(ArchivedParticipant {
        participant,
        added_on: added_on.unwrap_or(thread.properties.created_on),
        removal,
        receipt: None,
    })
}

/// The last sequence id that there was at a time.
fn last_before(messages: &[Arc<Message>], on: Timestamp) -> u64 {
    let seen = messages
        .iter()
        .filter(|message| message.version <= on.millis());
    seen.map(|message| message.sequence).max().unwrap_or(0)
}

fn activity(place: ListPlace) -> Result<Activity, String> {
    let ordinal = Some(place.ordinal).filter(|ordinal| is_count(*ordinal));
    Ok(Activity {
        at: place.at.into(),
        ordinal: ordinal.ok_or("the ordinal of its place in lists is too large")?,
    })
}

/// Reads a file line by line. Errors say which line is wrong.
fn lines<L: DeserializeOwned, T>(
    reader: &mut Reader<'_>,
    file: &str,
    count: u64,
    mut read: impl FnMut(L) -> Result<T, String>,
) -> Result<Vec<T>, ArchiveError> {
    let bytes = reader.file(file)?;
    let mut items = Vec::new();
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let item = serde_json::from_slice(line).map_err(|error| error.to_string());
        let item = item.and_then(&mut read);
        let invalid = |reason| ArchiveError::invalid(reader.path(file), Some(index + 1), reason);
        items.push(item.map_err(invalid)?);
    }
    if count != items.len() as u64 {
        let has = items.len();
        let reason = format!("it has {has} lines, and the manifest says {count}");
        return Err(ArchiveError::invalid(reader.path(file), None, reason));
    }
    Ok(items)
}
