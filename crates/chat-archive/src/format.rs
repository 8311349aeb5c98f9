//! The format of an archive, version 1, as `docs/archive-format.md` describes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
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

/// `manifest.json`: what there is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always `chat-archive`.
    pub format: String,
    /// The version of the format.
    pub version: String,
    /// The program that wrote it, and its version.
    pub created_by: String,
    /// When it was written.
    #[serde(with = "rfc3339")]
    pub created_on: OffsetDateTime,
    /// The GUID of the communication resource, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The path of the list of users; `users.jsonl` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users_file: Option<String>,
    /// Lines of the list of users.
    pub user_count: u64,
    /// The threads, by their ids.
    pub threads: Vec<ThreadEntry>,
    /// Every file but this one, by its path, with `/` between the parts.
    pub files: BTreeMap<String, FileEntry>,
    /// What could not be read.
    #[serde(default)]
    pub unread: Vec<Unread>,
    /// Of this file, with 64 zeros in the place of this text.
    pub manifest_sha256: String,
}

impl Manifest {
    /// The path of the list of users.
    #[must_use]
    pub fn users_file(&self) -> &str {
        self.users_file.as_deref().unwrap_or(USERS)
    }

    /// The thread with this id.
    #[must_use]
    pub fn thread(&self, id: &str) -> Option<&ThreadEntry> {
        self.threads.iter().find(|thread| thread.id == id)
    }
}

/// A thread in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadEntry {
    /// The id of the thread.
    pub id: String,
    /// The path of its folder.
    pub folder: String,
    /// Lines of `messages.jsonl`.
    pub message_count: u64,
    /// Lines of `participants.jsonl`.
    pub participant_count: u64,
    /// Lines of `receipts.jsonl`.
    pub receipt_count: u64,
    /// Lines of `attachments.jsonl`.
    #[serde(default)]
    pub attachment_count: u64,
    /// Of its messages; nothing where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_ids: Option<SequenceRange>,
    /// The parts of the history that were listed without a gap, lowest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covered: Vec<Covered>,
    /// The raw ids of those who could see messages of it.
    pub visible_to: Vec<String>,
    /// The raw ids of the users with whose tokens messages were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read_by: Vec<String>,
    /// When it was read last.
    #[serde(
        default,
        with = "rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub read_on: Option<OffsetDateTime>,
}

/// The least and the greatest sequence id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceRange {
    /// The least.
    pub first: String,
    /// The greatest.
    pub last: String,
}

/// A part of a history that was listed without a gap: all sequence ids above one, up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Covered {
    /// The greatest sequence id that is not of it.
    pub after: u64,
    /// The greatest that is.
    pub up_to: u64,
}

/// A file in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// How many bytes it has.
    pub bytes: u64,
    /// In 64 small hexadecimal digits.
    pub sha256: String,
}

/// Why something could not be read.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum UnreadKind {
    /// The service has it no more.
    Gone,
    /// Nobody whose token can be had may read it.
    Refused,
    /// It is not of this resource, so that its access key gives no token for it.
    Elsewhere,
    /// The service answered in a form that cannot be stored.
    Unreadable,
    /// The service or the way to it failed: another run may read it.
    Failed,
    /// What another version of the format has to say.
    #[default]
    #[serde(other)]
    Other,
}

/// Something that could not be read, and why. What is absent is not what it is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    /// What sort of reason it is.
    #[serde(default)]
    pub kind: UnreadKind,
    /// The raw id of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The id of the thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The id of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Of a thread that has no entry: its record, as the list of threads has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Box<RawValue>>,
    /// For people.
    pub reason: String,
}

/// A line of the list of users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserLine {
    /// The raw id.
    pub id: String,
    /// What people call the user; the service knows no names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the user was deleted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deleted: bool,
}

/// `thread.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadDocument {
    /// Absent where nobody may read it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) properties: Option<Box<RawValue>>,
    /// The record of the list of threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<Box<RawValue>>,
}

/// A line of `participants.jsonl`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ParticipantLine {
    pub(crate) participant: Box<RawValue>,
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
}

/// How large a picture is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum PictureSize {
    Original,
    Small,
}

/// A line of `attachments.jsonl`: bytes that go with a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttachmentLine {
    pub(crate) message_id: String,
    pub(crate) attachment_id: String,
    pub(crate) size: PictureSize,
    pub(crate) media_type: String,
    /// The path of the bytes in the folder of the thread.
    pub(crate) file: String,
}

fn is_false(value: &bool) -> bool {
    !*value
}
