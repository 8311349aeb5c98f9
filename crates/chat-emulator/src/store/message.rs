//! A message: sent by a user, or written by the service.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::store::identifier::RawId;
use crate::store::timestamp::{Timestamp, optional_millis};

use super::attachment::Attachment;
use super::ids::MessageId;
use super::metadata::{self, Metadata};
use super::participant::Participant;

/// One version of a message; a change makes a new one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) sequence: u64,
    /// Milliseconds: when the message was created or last changed.
    pub(crate) version: i64,
    #[serde(
        default,
        with = "optional_millis",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) edited_on: Option<Timestamp>,
    #[serde(
        default,
        with = "optional_millis",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) deleted_on: Option<Timestamp>,
    pub(crate) body: MessageBody,
}

impl Message {
    pub(crate) fn created_on(&self) -> Timestamp {
        Timestamp::from_millis(self.id.0)
    }
}

/// What a message says.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// One of an archive that is none of these.
    Foreign(ForeignMessage),
}

/// A message of an archive whose type nobody here knows, or which lacks what the others of its type have. It is
/// shown as the service has shown it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ForeignMessage {
    pub(crate) r#type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sender: Option<RawId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sender_display_name: Option<String>,
    pub(crate) content: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub(crate) metadata: Metadata,
}

/// How the content of a user's message is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ContentType {
    Text,
    Html,
}

/// A message that a user has sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UserMessage {
    pub(crate) sender: RawId,
    pub(crate) sender_display_name: String,
    pub(crate) content_type: ContentType,
    pub(crate) content: String,
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub(crate) metadata: Metadata,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attachment>,
}

impl MessageBody {
    /// Bytes of what goes with a message when it goes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::User(message) => message.size() + message.attachments_size(),
            Self::Foreign(message) => {
                // Only a map whose keys are not strings could fail, and there is none.
                let content = serde_json::to_vec(&message.content).unwrap_or_default();
                content.len() + metadata::size(&message.metadata)
            }
            _ => 0,
        }
    }

    /// Who has sent it; nobody if it is one of the service's own.
    pub(crate) fn sender(&self) -> Option<&RawId> {
        match self {
            Self::User(message) => Some(&message.sender),
            Self::Foreign(message) => message.sender.as_ref(),
            _ => None,
        }
    }

    /// What is attached to it.
    pub(crate) fn attachments(&self) -> &[Attachment] {
        match self {
            Self::User(message) => &message.attachments,
            _ => &[],
        }
    }
}

impl UserMessage {
    /// Bytes that count against the limit of a message.
    pub(crate) fn size(&self) -> usize {
        self.content.len() + metadata::size(&self.metadata)
    }

    /// Bytes that are attached, which do not.
    pub(super) fn attachments_size(&self) -> usize {
        self.attachments.iter().map(Attachment::size).sum()
    }
}
