//! A message: sent by a user, or written by the service.

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

use super::ids::MessageId;
use super::metadata::{self, Metadata};
use super::thread::Participant;

/// One version of a message; a change makes a new one.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) sequence: u64,
    /// Milliseconds: when the message was created or last changed.
    pub(crate) version: i64,
    pub(crate) edited_on: Option<Timestamp>,
    pub(crate) deleted_on: Option<Timestamp>,
    pub(crate) body: MessageBody,
}

impl Message {
    pub(crate) fn created_on(&self) -> Timestamp {
        Timestamp::from_millis(self.id.0)
    }
}

/// What a message says.
#[derive(Clone, Debug)]
pub(crate) enum MessageBody {
    User(UserMessage),
    TopicUpdated {
        topic: String,
        initiator: RawId,
    },
    ParticipantAdded {
        participants: Vec<Participant>,
        initiator: RawId,
    },
    ParticipantRemoved {
        participants: Vec<Participant>,
        initiator: RawId,
    },
}

/// How the content of a user's message is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentType {
    Text,
    Html,
}

/// A message that a user has sent.
#[derive(Clone, Debug)]
pub(crate) struct UserMessage {
    pub(crate) sender: RawId,
    pub(crate) sender_display_name: String,
    pub(crate) content_type: ContentType,
    pub(crate) content: String,
    pub(crate) metadata: Metadata,
}

impl UserMessage {
    /// Bytes that count against the limit of a message.
    pub(crate) fn size(&self) -> usize {
        self.content.len() + metadata::size(&self.metadata)
    }
}
