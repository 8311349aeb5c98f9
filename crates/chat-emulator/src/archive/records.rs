//! Records of the service as the emulator reads them. What it does not know it leaves alone.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;
use crate::store::{
    Attachment, AttachmentKind, Content, ContentType, ForeignMessage, Message, MessageBody,
    MessageId, Metadata, Participant, PictureSize, ReadReceipt, ThreadId, ThreadProperties,
    UserMessage,
};
use crate::wire::identifier::IdentifierRequest;
use crate::wire::thread::ChatRetentionPolicy;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PropertiesRecord {
    id: ThreadId,
    topic: String,
    created_on: Timestamp,
    created_by_communication_identifier: IdentifierRequest,
    deleted_on: Option<Timestamp>,
    #[serde(default)]
    metadata: Metadata,
    retention_policy: Option<ChatRetentionPolicy>,
}

impl PropertiesRecord {
    pub(super) fn properties(self) -> Result<ThreadProperties, String> {
        Ok(ThreadProperties {
            id: self.id,
            topic: self.topic,
            created_on: self.created_on,
            created_by: raw_id(self.created_by_communication_identifier)?,
            deleted_on: self.deleted_on,
            metadata: self.metadata,
            retention: self.retention_policy.map(Into::into),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ParticipantRecord {
    communication_identifier: IdentifierRequest,
    display_name: Option<String>,
    share_history_time: Option<Timestamp>,
    #[serde(default)]
    metadata: Metadata,
}

impl ParticipantRecord {
    pub(super) fn participant(self) -> Result<Participant, String> {
        Ok(Participant {
            id: raw_id(self.communication_identifier)?,
            display_name: self.display_name,
            share_history_time: self.share_history_time.unwrap_or(Timestamp::EPOCH),
            metadata: self.metadata,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReceiptRecord {
    sender_communication_identifier: IdentifierRequest,
    chat_message_id: String,
    read_on: Timestamp,
}

impl ReceiptRecord {
    pub(super) fn receipt(self) -> Result<ReadReceipt, String> {
        Ok(ReadReceipt {
            sender: raw_id(self.sender_communication_identifier)?,
            message: message_id(&self.chat_message_id)?,
            read_on: self.read_on,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageRecord {
    id: String,
    r#type: String,
    sequence_id: String,
    version: String,
    #[serde(default)]
    content: Map<String, Value>,
    sender_display_name: Option<String>,
    created_on: Timestamp,
    sender_communication_identifier: Option<IdentifierRequest>,
    deleted_on: Option<Timestamp>,
    edited_on: Option<Timestamp>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContentRecord {
    message: Option<String>,
    topic: Option<String>,
    participants: Option<Vec<ParticipantRecord>>,
    #[serde(default)]
    attachments: Vec<AttachmentRecord>,
    initiator_communication_identifier: Option<IdentifierRequest>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttachmentRecord {
    id: String,
    attachment_type: AttachmentKind,
    name: Option<String>,
    url: Option<String>,
    preview_url: Option<String>,
}

/// The bytes of attachments, by the message, the attachment and the size.
pub(super) type Contents = HashMap<(String, String, PictureSize), Content>;

impl AttachmentRecord {
    fn attachment(self, message: &str, contents: &mut Contents) -> Attachment {
        let mut content = |size| contents.remove(&(message.to_owned(), self.id.clone(), size));
        let (original, preview) = (content(PictureSize::Original), content(PictureSize::Small));
        let is_elsewhere = self.attachment_type == AttachmentKind::File;
        Attachment {
            kind: self.attachment_type,
            name: self.name,
            // The emulator says where pictures are.
            url: self.url.filter(|_| is_elsewhere),
            preview_url: self.preview_url.filter(|_| is_elsewhere),
            original,
            preview,
            id: self.id,
        }
    }
}

impl MessageRecord {
    pub(super) fn message(self, contents: &mut Contents) -> Result<Message, String> {
        let id = message_id(&self.id)?;
        let sequence = sequence_id(&self.sequence_id)?;
        let version = version(&self.version)?;
        if Timestamp::from_millis(id.0).seconds() != self.created_on.seconds() {
            return Err("createdOn is not the time that the id says".to_owned());
        }
        let (edited_on, deleted_on) = (self.edited_on, self.deleted_on);
        Ok(Message {
            id,
            sequence,
            version,
            edited_on,
            deleted_on,
            body: self.body(contents)?,
        })
    }

    fn body(self, contents: &mut Contents) -> Result<MessageBody, String> {
        let content = Value::Object(self.content.clone());
        let sender = self
            .sender_communication_identifier
            .map(raw_id)
            .transpose()?;
        let known: Option<MessageBody> = match (self.r#type.as_str(), &sender) {
            ("text" | "html", Some(sender)) => {
                let content = ContentRecord::read(content)?;
                let attachments = content.attachments.into_iter();
                let attachments = attachments.map(|record| record.attachment(&self.id, contents));
                Some(MessageBody::User(UserMessage {
                    sender: sender.clone(),
                    sender_display_name: self.sender_display_name.clone().unwrap_or_default(),
                    content_type: match self.r#type.as_str() {
                        "html" => ContentType::Html,
                        _ => ContentType::Text,
                    },
                    content: content.message.unwrap_or_default(),
                    metadata: self.metadata.clone(),
                    attachments: attachments.collect(),
                }))
            }
            ("topicUpdated", None) => ContentRecord::read(content)?.topic_updated()?,
            ("participantAdded", None) => {
                let people = ContentRecord::read(content)?.participants_and_initiator()?;
                people.map(|(participants, initiator)| MessageBody::ParticipantAdded {
                    participants,
                    initiator,
                })
            }
            ("participantRemoved", None) => {
                let people = ContentRecord::read(content)?.participants_and_initiator()?;
                people.map(
                    |(participants, initiator)| MessageBody::ParticipantRemoved {
                        participants,
                        initiator,
                    },
                )
            }
            _ => None,
        };
        Ok(known.unwrap_or(MessageBody::Foreign(ForeignMessage {
            r#type: self.r#type,
            sender,
            sender_display_name: self.sender_display_name,
            content: self.content,
            metadata: self.metadata,
        })))
    }
}

impl ContentRecord {
    fn read(content: Value) -> Result<Self, String> {
        serde_json::from_value(content).map_err(|error| format!("content: {error}"))
    }

    /// Nothing where it lacks a part.
    fn topic_updated(self) -> Result<Option<MessageBody>, String> {
        let initiator = self.initiator_communication_identifier;
        let initiator = initiator.map(raw_id).transpose()?;
        let parts = self.topic.zip(initiator);
        Ok(parts.map(|(topic, initiator)| MessageBody::TopicUpdated { topic, initiator }))
    }

    /// Nothing where one of both is not there.
    fn participants_and_initiator(self) -> Result<Option<(Vec<Participant>, RawId)>, String> {
        let participants = self.participants.map(|participants| {
            let participants = participants.into_iter().map(ParticipantRecord::participant);
            participants.collect::<Result<_, _>>()
        });
        let initiator = self.initiator_communication_identifier;
        let initiator = initiator.map(raw_id).transpose()?;
        Ok(participants.transpose()?.zip(initiator))
    }
}

fn raw_id(identifier: IdentifierRequest) -> Result<RawId, String> {
    let text = identifier.text();
    let text = text.map_err(|error| error.message.unwrap_or_default())?;
    RawId::archived(&text).map_err(|error| error.to_string())
}

fn message_id(text: &str) -> Result<MessageId, String> {
    let id = MessageId::parse(text).filter(|id| id.0 <= Timestamp::MAX.millis());
    id.ok_or_else(|| format!("{text:?} is no id of a message"))
}

/// Whether something can have been counted so far: a data file takes no greater count.
pub(super) fn is_count(count: u64) -> bool {
    count < 1 << 53
}

pub(super) fn sequence_id(text: &str) -> Result<u64, String> {
    let id = text.parse().ok().filter(|id| is_count(*id));
    id.ok_or_else(|| format!("{text:?} is no sequence id"))
}

/// A version is a number of milliseconds.
pub(super) fn version(text: &str) -> Result<i64, String> {
    let version = text.parse().ok();
    version
        .filter(|version| (0..=Timestamp::MAX.millis()).contains(version))
        .ok_or_else(|| format!("{text:?} is no version"))
}
