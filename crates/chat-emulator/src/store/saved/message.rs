//! Messages as rows.

use serde::{Deserialize, Serialize};

use crate::store::identifier::RawId;
use crate::store::ids::MessageId;
use crate::store::message::{ContentType, Message, MessageBody, UserMessage};
use crate::store::metadata::Metadata;
use crate::store::thread::Participant;
use crate::store::timestamp::Timestamp;

use super::thread::ParticipantRow;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MessageRow {
    id: i64,
    version: i64,
    edited_on: Option<i64>,
    deleted_on: Option<i64>,
    body: BodyRow,
}

#[derive(Debug, Serialize, Deserialize)]
enum BodyRow {
    User {
        sender: String,
        sender_display_name: String,
        html: bool,
        content: String,
        metadata: Metadata,
    },
    TopicUpdated {
        topic: String,
        initiator: String,
    },
    ParticipantAdded(ParticipantsRow),
    ParticipantRemoved(ParticipantsRow),
}

#[derive(Debug, Serialize, Deserialize)]
struct ParticipantsRow {
    participants: Vec<ParticipantRow>,
    initiator: String,
}

impl From<&Message> for MessageRow {
    fn from(message: &Message) -> Self {
        Self {
            id: message.id.0,
            version: message.version,
            edited_on: message.edited_on.map(Timestamp::millis),
            deleted_on: message.deleted_on.map(Timestamp::millis),
            body: (&message.body).into(),
        }
    }
}

impl MessageRow {
    pub(super) fn message(self, sequence: u64) -> Option<Message> {
        Some(Message {
            id: MessageId(self.id),
            sequence,
            version: self.version,
            edited_on: self.edited_on.map(Timestamp::from_millis),
            deleted_on: self.deleted_on.map(Timestamp::from_millis),
            body: self.body.body()?,
        })
    }
}

impl From<&MessageBody> for BodyRow {
    fn from(body: &MessageBody) -> Self {
        match body {
            MessageBody::User(user) => Self::User {
                sender: user.sender.to_string(),
                sender_display_name: user.sender_display_name.clone(),
                html: user.content_type == ContentType::Html,
                content: user.content.clone(),
                metadata: user.metadata.clone(),
            },
            MessageBody::TopicUpdated { topic, initiator } => Self::TopicUpdated {
                topic: topic.clone(),
                initiator: initiator.to_string(),
            },
            MessageBody::ParticipantAdded {
                participants,
                initiator,
            } => Self::ParticipantAdded(ParticipantsRow::new(participants, initiator)),
            MessageBody::ParticipantRemoved {
                participants,
                initiator,
            } => Self::ParticipantRemoved(ParticipantsRow::new(participants, initiator)),
        }
    }
}

impl BodyRow {
    fn body(self) -> Option<MessageBody> {
        Some(match self {
            Self::User {
                sender,
                sender_display_name,
                html,
                content,
                metadata,
            } => MessageBody::User(UserMessage {
                sender: RawId::parse(&sender).ok()?,
                sender_display_name,
                content_type: if html {
                    ContentType::Html
                } else {
                    ContentType::Text
                },
                content,
                metadata,
            }),
            Self::TopicUpdated { topic, initiator } => MessageBody::TopicUpdated {
                topic,
                initiator: RawId::parse(&initiator).ok()?,
            },
            Self::ParticipantAdded(row) => {
                let (participants, initiator) = row.parts()?;
                MessageBody::ParticipantAdded {
                    participants,
                    initiator,
                }
            }
            Self::ParticipantRemoved(row) => {
                let (participants, initiator) = row.parts()?;
                MessageBody::ParticipantRemoved {
                    participants,
                    initiator,
                }
            }
        })
    }
}

impl ParticipantsRow {
    fn new(participants: &[Participant], initiator: &RawId) -> Self {
        Self {
            participants: participants.iter().map(ParticipantRow::from).collect(),
            initiator: initiator.to_string(),
        }
    }

    fn parts(self) -> Option<(Vec<Participant>, RawId)> {
        let participants = self.participants.into_iter();
        let participants = participants.map(ParticipantRow::participant);
        Some((
            participants.collect::<Option<_>>()?,
            RawId::parse(&self.initiator).ok()?,
        ))
    }
}
