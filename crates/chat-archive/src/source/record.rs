//! Records: what the service said, in one line of JSON.

use chat::models::{ChatMessage, ChatParticipant, SequenceId};
use serde::Deserialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;

/// What the service said about one thing, in one line of JSON, with all fields that came.
///
/// `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    json: String,
}

impl Record {
    /// What was received. Line feeds can only stand between its values, and are left out.
    pub(crate) fn new(json: &str) -> Self {
        let json = json.trim();
        Self {
            json: match json.contains(['\n', '\r']) {
                true => json.replace(['\n', '\r'], ""),
                false => json.to_owned(),
            },
        }
    }

    /// The JSON.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The JSON.
    #[must_use]
    pub fn into_json(self) -> String {
        self.json
    }

    /// The record as the client's model of it, such as [`ChatMessage`].
    ///
    /// # Errors
    /// When the record is not of that form.
    pub fn model<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.json)
    }

    pub(crate) fn raw(&self) -> Option<Box<RawValue>> {
        RawValue::from_string(self.json.clone()).ok()
    }
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").finish_non_exhaustive()
    }
}

/// A thread as the list of a user's threads has it.
#[derive(Clone, Debug)]
pub struct ListedThread {
    /// The id of the thread.
    pub id: String,
    /// When it was deleted; most are not.
    pub deleted_on: Option<OffsetDateTime>,
    /// What the service said.
    pub record: Record,
}

impl ListedThread {
    pub(crate) fn new(json: &str) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Head {
            id: String,
            #[serde(default, with = "time::serde::rfc3339::option")]
            deleted_on: Option<OffsetDateTime>,
        }

        let record = Record::new(json);
        let head: Head = record.model().ok()?;
        Some(Self {
            id: head.id,
            deleted_on: head.deleted_on,
            record,
        })
    }
}

/// A participant of a thread.
#[derive(Clone, Debug)]
pub struct ListedParticipant {
    /// The raw id.
    pub id: String,
    /// From when on it sees messages; nothing if it sees all.
    pub history_start: Option<OffsetDateTime>,
    /// What the service said.
    pub record: Record,
}

impl ListedParticipant {
    pub(crate) fn new(json: &str) -> Option<Self> {
        let record = Record::new(json);
        let model: ChatParticipant = record.model().ok()?;
        Some(Self {
            id: model.identifier().raw_id().to_owned(),
            history_start: model.share_history_time(),
            record,
        })
    }
}

/// A message as the list of messages has it.
#[derive(Clone, Debug)]
pub struct ListedMessage {
    /// The id of the message.
    pub id: String,
    /// Its place in the thread.
    pub sequence_id: u64,
    /// Whether it was edited or deleted since it was sent.
    pub is_changed: bool,
    /// What the service said.
    pub record: Record,
}

impl ListedMessage {
    /// Nothing if it has no id, or no place among the others.
    pub(crate) fn new(json: &str) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Head {
            id: String,
            sequence_id: SequenceId,
            #[serde(default)]
            version: String,
        }

        let record = Record::new(json);
        let head: Head = record.model().ok()?;
        Some(Self {
            sequence_id: head.sequence_id.as_u64()?,
            is_changed: head.version != head.id,
            id: head.id,
            record,
        })
    }

    pub(crate) fn model(&self) -> Option<ChatMessage> {
        self.record.model().ok()
    }
}
