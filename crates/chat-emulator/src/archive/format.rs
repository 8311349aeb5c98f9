//! The format of an archive, version 1, as `docs/archive-format.md` describes it. These types know nothing of
//! the emulator: a record `R` is what the service says, in whatever type the program has it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;

/// What `format` says in every manifest.
pub(crate) const FORMAT: &str = "chat-archive";
/// The version that is written. Readers refuse a greater number before the dot.
pub(crate) const VERSION: &str = "1.0";
/// The greatest number before the dot that can be read.
pub(crate) const MAJOR: u32 = 1;

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const USERS: &str = "users.jsonl";
/// Where the folders of threads are, each with the following files.
pub(crate) const THREADS: &str = "threads";
pub(crate) const THREAD: &str = "thread.json";
pub(crate) const PARTICIPANTS: &str = "participants.jsonl";
pub(crate) const MESSAGES: &str = "messages.jsonl";
pub(crate) const RECEIPTS: &str = "receipts.jsonl";
pub(crate) const ATTACHMENTS: &str = "attachments.jsonl";
/// Where the bytes of attachments are.
pub(crate) const CONTENTS: &str = "attachments";

/// The part of a manifest that every version has.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ManifestHead {
    pub(crate) format: String,
    pub(crate) version: String,
}

/// `manifest.json`: what there is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    pub(crate) format: String,
    pub(crate) version: String,
    /// The program and its version.
    pub(crate) created_by: String,
    #[serde(with = "rfc3339")]
    pub(crate) created_on: OffsetDateTime,
    /// The GUID of the communication resource, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resource: Option<String>,
    /// The path of the list of users, where it is not `users.jsonl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) users_file: Option<String>,
    pub(crate) user_count: u64,
    pub(crate) threads: Vec<ThreadEntry>,
    /// Of every file but this one, by its path, with `/` between the parts.
    pub(crate) files: BTreeMap<String, FileEntry>,
    /// What could not be read.
    #[serde(default)]
    pub(crate) unread: Vec<Unread>,
    /// Of this file, with 64 zeros in the place of this text.
    pub(crate) manifest_sha256: String,
}

/// A thread in the manifest.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadEntry {
    pub(crate) id: String,
    /// The path of its folder.
    pub(crate) folder: String,
    pub(crate) message_count: u64,
    pub(crate) participant_count: u64,
    pub(crate) receipt_count: u64,
    #[serde(default)]
    pub(crate) attachment_count: u64,
    /// Of its messages; nothing where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sequence_ids: Option<SequenceRange>,
    /// The raw ids of the users of the resource who could see messages of it.
    pub(crate) visible_to: Vec<String>,
}

/// The least and the greatest sequence id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SequenceRange {
    pub(crate) first: String,
    pub(crate) last: String,
}

/// A file in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileEntry {
    pub(crate) bytes: u64,
    /// In 64 small hexadecimal digits.
    pub(crate) sha256: String,
}

/// Something that could not be read, and why. What is absent is not what it is about.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Unread {
    /// What sort of reason it is, such as `gone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) thread: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    pub(crate) reason: String,
}

/// A line of `users.jsonl`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UserLine {
    /// The raw id.
    pub(crate) id: String,
    /// What people call the user; the service knows no names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) deleted: bool,
}

/// `thread.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadDocument<P> {
    /// As `GET /chat/threads/{id}` answers; absent where nobody could read it.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub(crate) properties: Option<P>,
    /// When the thread was created, to the millisecond.
    #[serde(
        default,
        with = "rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) created_on: Option<OffsetDateTime>,
    /// When the last message came.
    #[serde(
        default,
        with = "rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) last_message_received_on: Option<OffsetDateTime>,
    /// Where the thread stands in lists of threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) listed: Option<ListPlace>,
    /// The last sequence id that was given, also if its message is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_sequence_id: Option<String>,
    /// The last id or version that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_version: Option<String>,
}

/// A place in a list of threads: by the time, and at one time by the ordinal, the greatest first.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct ListPlace {
    #[serde(with = "rfc3339")]
    pub(crate) at: OffsetDateTime,
    pub(crate) ordinal: u64,
}

/// A line of `participants.jsonl`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ParticipantLine<P> {
    /// As a list of participants has it.
    pub(crate) participant: P,
    /// From when on messages are seen, to the millisecond.
    #[serde(
        default,
        with = "rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) history_start: Option<OffsetDateTime>,
    #[serde(
        default,
        with = "rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) added_on: Option<OffsetDateTime>,
    /// Whoever was removed, or has left, is no participant any more.
    #[serde(
        default,
        with = "rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) removed_on: Option<OffsetDateTime>,
    /// The last sequence id that who was removed sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_sequence_id: Option<String>,
    /// Where the thread stays in the list of who was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) listed: Option<ListPlace>,
}

/// A line of `attachments.jsonl`: bytes that go with a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttachmentLine<S> {
    pub(crate) message_id: String,
    pub(crate) attachment_id: String,
    /// `original` or `small`, as in the URL of a picture.
    pub(crate) size: S,
    pub(crate) media_type: String,
    /// The path of the bytes in the folder of the thread.
    pub(crate) file: String,
}

fn none<P>() -> Option<P> {
    None
}

fn is_false(value: &bool) -> bool {
    !*value
}
