//! Messages.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;
use crate::store::{ContentType, Message, MessageBody, MessageChange, Metadata, UserMessage};
use crate::wire::error::ApiError;
use crate::wire::version::ChatVersion;

use super::attachment::{ChatAttachment, Links};
use super::identifier::Identifier;
use super::participant::ChatParticipant;
use super::{MetadataRequest, metadata_patch, nullable, required};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatMessage<'a> {
    id: String,
    r#type: &'a str,
    sequence_id: String,
    version: String,
    content: MessageContent<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_display_name: Option<&'a str>,
    created_on: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_communication_identifier: Option<Identifier<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_on: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_on: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Metadata>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum MessageContent<'a> {
    Known(ChatMessageContent<'a>),
    AsItWas(&'a Map<String, Value>),
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChatMessageContent<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participants: Option<Vec<ChatParticipant<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<Vec<ChatAttachment<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initiator_communication_identifier: Option<Identifier<'a>>,
}

impl<'a> ChatMessage<'a> {
    pub(crate) fn new(message: &'a Message, version: ChatVersion, links: Links<'_>) -> Self {
        let (name, metadata) = match &message.body {
            MessageBody::User(user) => (
                Some(user.sender_display_name.as_str()),
                Some(&user.metadata),
            ),
            MessageBody::Foreign(foreign) => (
                foreign.sender_display_name.as_deref(),
                Some(&foreign.metadata),
            ),
            _ => (None, None),
        };
        Self {
            id: message.id.to_string(),
            r#type: type_name(&message.body),
            sequence_id: message.sequence.to_string(),
            version: message.version.to_string(),
            content: MessageContent::new(message, version, links),
            sender_display_name: name,
            created_on: message.created_on(),
            sender_communication_identifier: message.body.sender().map(Identifier::from),
            deleted_on: message.deleted_on,
            edited_on: message.edited_on,
            metadata: metadata.filter(|metadata| !metadata.is_empty()),
        }
    }
}

impl<'a> MessageContent<'a> {
    fn new(message: &'a Message, version: ChatVersion, links: Links<'_>) -> Self {
        let attachments = message.body.attachments().iter();
        let attachments = attachments
            .map(|attachment| ChatAttachment::new(attachment, message.id, version, links));
        let known = match &message.body {
            MessageBody::Foreign(foreign) => return Self::AsItWas(&foreign.content),
            MessageBody::User(user) => ChatMessageContent {
                message: Some(&user.content),
                attachments: version.has_attachments().then(|| attachments.collect()),
                ..ChatMessageContent::default()
            },
            MessageBody::TopicUpdated { topic, initiator } => ChatMessageContent {
                topic: Some(topic),
                initiator_communication_identifier: Some(initiator.into()),
                ..ChatMessageContent::default()
            },
            MessageBody::ParticipantAdded {
                participants,
                initiator,
            }
            | MessageBody::ParticipantRemoved {
                participants,
                initiator,
            } => ChatMessageContent {
                participants: Some(
                    participants
                        .iter()
                        .map(|who| ChatParticipant::new(who, version))
                        .collect(),
                ),
                initiator_communication_identifier: Some(initiator.into()),
                ..ChatMessageContent::default()
            },
        };
        Self::Known(known)
    }
}

fn type_name(body: &MessageBody) -> &str {
    match body {
        MessageBody::Foreign(foreign) => &foreign.r#type,
        MessageBody::User(user) => match user.content_type {
            ContentType::Text => "text",
            ContentType::Html => "html",
        },
        MessageBody::TopicUpdated { .. } => "topicUpdated",
        MessageBody::ParticipantAdded { .. } => "participantAdded",
        MessageBody::ParticipantRemoved { .. } => "participantRemoved",
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct SendChatMessageResult {
    pub(crate) id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendChatMessageRequest {
    content: Option<String>,
    sender_display_name: Option<String>,
    r#type: Option<String>,
    metadata: Option<Metadata>,
}

impl SendChatMessageRequest {
    pub(crate) fn message(self, sender: &RawId) -> Result<UserMessage, ApiError> {
        let content_type = match self.r#type.as_deref() {
            None | Some("text") => ContentType::Text,
            Some("html") => ContentType::Html,
            Some(_) => {
                return Err(ApiError::invalid("type", "The input was not valid."));
            }
        };
        Ok(UserMessage {
            sender: sender.clone(),
            sender_display_name: self.sender_display_name.unwrap_or_default(),
            content_type,
            content: required("content", self.content)?,
            metadata: self.metadata.unwrap_or_default(),
            attachments: Vec::new(),
        })
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct UpdateChatMessageRequest {
    #[serde(default, deserialize_with = "nullable")]
    content: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    metadata: Option<MetadataRequest>,
}

impl UpdateChatMessageRequest {
    pub(crate) fn change(self) -> Result<MessageChange, ApiError> {
        if self.content == Some(None) {
            let message = "A message's content cannot be removed.";
            return Err(ApiError::invalid("content", message));
        }
        Ok(MessageChange {
            content: self.content.flatten(),
            metadata: self.metadata.map(metadata_patch),
        })
    }
}
