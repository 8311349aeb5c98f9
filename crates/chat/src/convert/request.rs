//! What callers ask for, as bodies of requests.

use std::collections::BTreeMap;

use chat_rest::chat::types;
use time::OffsetDateTime;

use super::identifier;
use crate::models::{
    ChatMessageId, ChatMessageType, ChatParticipant, ChatRetentionPolicy, CommunicationIdentifier,
};

pub(crate) type SendMessageBody = types::SendChatMessageRequest;

type Metadata = Option<BTreeMap<String, String>>;

pub(crate) fn create_thread(
    topic: String,
    participants: &[ChatParticipant],
    metadata: Metadata,
    retention_policy: Option<ChatRetentionPolicy>,
) -> types::CreateChatThreadRequest {
    types::CreateChatThreadRequest {
        topic,
        participants: (!participants.is_empty())
            .then(|| participants.iter().map(participant).collect()),
        metadata,
        retention_policy: retention_policy.map(retention),
    }
}

pub(crate) fn update_thread(
    topic: Option<String>,
    metadata: Metadata,
    retention_policy: Option<ChatRetentionPolicy>,
) -> types::UpdateChatThreadRequest {
    types::UpdateChatThreadRequest {
        topic,
        metadata,
        retention_policy: retention_policy.map(retention),
    }
}

pub(crate) fn send_message(
    content: String,
    message_type: &ChatMessageType,
    sender_display_name: Option<String>,
    metadata: Metadata,
) -> types::SendChatMessageRequest {
    types::SendChatMessageRequest {
        content,
        type_: Some(message_type.as_str().into()),
        sender_display_name,
        metadata,
    }
}

pub(crate) fn update_message(
    content: Option<String>,
    metadata: Metadata,
) -> types::UpdateChatMessageRequest {
    types::UpdateChatMessageRequest { content, metadata }
}

pub(crate) fn add_participants(
    participants: &[ChatParticipant],
) -> types::AddChatParticipantsRequest {
    types::AddChatParticipantsRequest {
        participants: participants.iter().map(participant).collect(),
    }
}

pub(crate) fn remove_participant(
    participant: &CommunicationIdentifier,
) -> types::CommunicationIdentifierModel {
    identifier::to_wire(participant)
}

pub(crate) fn typing_notification(
    sender_display_name: Option<String>,
) -> types::SendTypingNotificationRequest {
    types::SendTypingNotificationRequest {
        sender_display_name,
    }
}

pub(crate) fn read_receipt(message_id: &ChatMessageId) -> types::SendReadReceiptRequest {
    types::SendReadReceiptRequest {
        chat_message_id: message_id.as_str().to_owned(),
    }
}

pub(crate) fn date_time(time: OffsetDateTime) -> chat_rest::DateTime {
    time.into()
}

fn participant(given: &ChatParticipant) -> types::ChatParticipant {
    types::ChatParticipant {
        communication_identifier: Some(identifier::to_wire(&given.identifier)),
        display_name: given.display_name.clone(),
        share_history_time: given.share_history_time.map(date_time),
        metadata: given.metadata.clone(),
    }
}

/// Of a policy that is not known nothing but its kind is: the service says whether that will do.
fn retention(policy: ChatRetentionPolicy) -> chat_rest::ChatRetentionPolicy {
    match policy {
        ChatRetentionPolicy::ThreadCreationDate {
            delete_thread_after_days,
        } => chat_rest::ChatRetentionPolicy::ThreadCreationDate {
            delete_thread_after_days,
        },
        ChatRetentionPolicy::None => chat_rest::ChatRetentionPolicy::None,
        ChatRetentionPolicy::UnknownValue(kind) => {
            chat_rest::ChatRetentionPolicy::UnknownValue(serde_json::json!({ "kind": kind }))
        }
    }
}
