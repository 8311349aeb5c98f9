//! Who takes part in a thread, who no longer does, and who could not be added.

use serde::{Deserialize, Serialize};

use crate::store::identifier::RawId;
use crate::store::timestamp::{Timestamp, millis};

use super::ids::MessageId;
use super::metadata::{self, Metadata};
use super::thread_activity::Activity;

/// Someone who takes part in a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Participant {
    pub(crate) id: RawId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) display_name: Option<String>,
    /// The participant sees the messages created from here on.
    #[serde(with = "millis")]
    pub(crate) share_history_time: Timestamp,
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub(crate) metadata: Metadata,
}

impl Participant {
    /// Bytes of its texts.
    pub(super) fn size(&self) -> usize {
        let name = self.display_name.as_ref().map_or(0, String::len);
        name + metadata::size(&self.metadata)
    }
}

/// How far a participant has read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadReceipt {
    pub(crate) sender: RawId,
    pub(crate) message: MessageId,
    #[serde(with = "millis")]
    pub(crate) read_on: Timestamp,
}

/// A participant with the last read receipt it sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) participant: Participant,
    #[serde(with = "millis")]
    pub(super) added_on: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) receipt: Option<ReadReceipt>,
}

/// Someone who was removed from a thread, and still reads what was there before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FormerMember {
    #[serde(with = "millis")]
    pub(super) share_history_time: Timestamp,
    #[serde(with = "millis")]
    pub(super) added_on: Timestamp,
    /// The message that told of the removal, which is the last one to see.
    pub(super) last_sequence: u64,
    /// Where the thread stays in the list of whoever was removed.
    pub(super) activity: Activity,
}

/// Someone who could not be added, while others were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) target: RawId,
    pub(crate) reason: FailureReason,
}

/// Why someone could not be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FailureReason {
    /// A user of another resource, or no communication user at all: the emulator has nobody else.
    NotPermitted,
    /// A user of this resource that does not exist, or no longer.
    NotFound,
}
