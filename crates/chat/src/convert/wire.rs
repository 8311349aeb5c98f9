//! The models in the form of the wire, so that they can be stored and read back as the service
//! writes them.

use std::collections::BTreeMap;

use chat_rest::chat::types;

use super::identifier::to_wire;
use crate::models::{
    ChatAttachment, ChatMessage, ChatMessageContent, ChatMessageReadReceipt, ChatParticipant,
    ChatThreadItem, ChatThreadProperties,
};

impl From<ChatThreadItem> for types::ChatThreadItem {
    fn from(model: ChatThreadItem) -> Self {
        Self {
            id: model.id.to_string(),
            topic: model.topic.0,
            deleted_on: model.deleted_on.map(Into::into),
            last_message_received_on: model.last_message_received_on.map(Into::into),
        }
    }
}

impl From<ChatThreadProperties> for types::ChatThreadProperties {
    fn from(model: ChatThreadProperties) -> Self {
        Self {
            id: model.id.to_string(),
            topic: model.topic.0,
            created_on: model.created_on.into(),
            created_by_communication_identifier: model.created_by.as_ref().map(to_wire),
            deleted_on: model.deleted_on.map(Into::into),
            metadata: some(model.metadata.0),
            retention_policy: model.retention_policy,
        }
    }
}

impl From<ChatMessage> for types::ChatMessage {
    fn from(model: ChatMessage) -> Self {
        Self {
            id: model.id.to_string(),
            type_: model.message_type,
            sequence_id: model.sequence_id.to_string(),
            version: model.version,
            content: Some(model.content.into()),
            sender_display_name: model.sender_display_name.0,
            sender_communication_identifier: model.sender.as_ref().map(to_wire),
            created_on: model.created_on.into(),
            edited_on: model.edited_on.map(Into::into),
            deleted_on: model.deleted_on.map(Into::into),
            metadata: some(model.metadata.0),
        }
    }
}

impl From<ChatMessageContent> for types::ChatMessageContent {
    fn from(model: ChatMessageContent) -> Self {
        let more = model.more.map(|more| *more).unwrap_or_default();
        Self {
            message: model.message.0,
            topic: more.topic.0,
            participants: list(more.participants),
            attachments: list(more.attachments),
            initiator_communication_identifier: more.initiator.as_ref().map(to_wire).map(Box::new),
        }
    }
}

impl From<ChatAttachment> for types::ChatAttachment {
    fn from(model: ChatAttachment) -> Self {
        Self {
            id: model.id,
            attachment_type: model.attachment_type,
            name: model.name.0,
            url: model.url.0,
            preview_url: model.preview_url.0,
        }
    }
}

impl From<ChatParticipant> for types::ChatParticipant {
    fn from(model: ChatParticipant) -> Self {
        super::request::participant(&model)
    }
}

impl From<ChatMessageReadReceipt> for types::ChatMessageReadReceipt {
    fn from(model: ChatMessageReadReceipt) -> Self {
        Self {
            sender_communication_identifier: model.sender.as_ref().map(to_wire),
            chat_message_id: model.chat_message_id.to_string(),
            read_on: model.read_on.into(),
        }
    }
}

/// What is empty is left out, as the service does.
fn some(metadata: BTreeMap<String, String>) -> Option<BTreeMap<String, String>> {
    (!metadata.is_empty()).then_some(metadata)
}

fn list<M, W: From<M>>(models: Vec<M>) -> Option<Vec<W>> {
    (!models.is_empty()).then(|| models.into_iter().map(Into::into).collect())
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;

    /// It is written as the service wrote it, and read back as what it was.
    fn travels<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(wire: Value) -> T {
        let model: T = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(serde_json::to_value(&model).unwrap(), wire);
        assert_eq!(serde_json::from_value::<T>(wire).unwrap(), model);
        model
    }

    fn user(id: &str) -> Value {
        json!({ "rawId": id, "communicationUser": { "id": id } })
    }

    #[test]
    fn models_are_stored_in_the_form_of_the_service_with_values_that_are_not_known() {
        let message: ChatMessage = travels(json!({
            "id": "17", "type": "poll", "sequenceId": "3", "version": "18",
            "content": {
                "message": "hello", "initiatorCommunicationIdentifier": user("8:acs:a_b"),
                "participants": [{ "communicationIdentifier": user("8:acs:a_c"), "displayName": "C",
                    "shareHistoryTime": "1970-01-01T00:00:00Z" }],
                "attachments": [{ "id": "x", "attachmentType": "hologram", "name": "n" }],
            },
            "senderDisplayName": "B", "senderCommunicationIdentifier": user("8:acs:a_b"),
            "createdOn": "2026-01-01T00:00:00Z", "editedOn": "2026-01-02T00:00:00Z",
            "metadata": { "k": "v" },
        }));
        assert_eq!(message.message_type().as_str(), "poll");
        let _: ChatThreadItem = travels(json!({
            "id": "19:a@thread.v2", "topic": "Lunch",
            "lastMessageReceivedOn": "2026-01-01T00:00:00Z",
        }));
        let _: ChatThreadProperties = travels(json!({
            "id": "19:a@thread.v2", "topic": "Lunch", "createdOn": "2026-01-01T00:00:00Z",
            "createdByCommunicationIdentifier": user("8:acs:a_b"),
            "retentionPolicy": { "kind": "lastMessageDate", "days": 7 },
        }));
        let _: ChatMessageReadReceipt = travels(json!({
            "senderCommunicationIdentifier": user("8:acs:a_b"), "chatMessageId": "17",
            "readOn": "2026-01-01T00:00:00Z",
        }));
        let _: ChatParticipant = travels(json!({
            "communicationIdentifier": user("8:acs:a_b"), "metadata": { "k": "v" },
        }));
    }
}
