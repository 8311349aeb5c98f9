//! What callers ask for, as bodies of requests.

use chat_rest::chat::types;
use time::OffsetDateTime;

use super::identifier;
use crate::models::{ChatMessageId, ChatMessageType, ChatParticipant, CommunicationIdentifier};

pub(crate) type AddParticipantsBody = types::AddChatParticipantsRequest;
pub(crate) type CreateThreadBody = types::CreateChatThreadRequest;
pub(crate) type SendMessageBody = types::SendChatMessageRequest;
pub(crate) type TypingBody = types::SendTypingNotificationRequest;
pub(crate) type UpdateMessageBody = types::UpdateChatMessageRequest;
pub(crate) type UpdateThreadBody = types::UpdateChatThreadRequest;

pub(crate) fn create_thread(topic: String) -> CreateThreadBody {
    types::CreateChatThreadRequest {
        topic,
        participants: None,
        metadata: None,
        retention_policy: None,
    }
}

/// Left out where there are none.
pub(crate) fn participants(given: &[ChatParticipant]) -> Option<Vec<types::ChatParticipant>> {
    (!given.is_empty()).then(|| given.iter().map(participant).collect())
}

pub(crate) fn send_message(content: String) -> SendMessageBody {
    types::SendChatMessageRequest {
        content,
        type_: Some(ChatMessageType::Text),
        sender_display_name: None,
        metadata: None,
    }
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

pub(crate) fn read_receipt(message_id: &ChatMessageId) -> types::SendReadReceiptRequest {
    types::SendReadReceiptRequest {
        chat_message_id: message_id.as_str().to_owned(),
    }
}

pub(crate) fn date_time(time: OffsetDateTime) -> chat_rest::DateTime {
    time.into()
}

pub(super) fn participant(given: &ChatParticipant) -> types::ChatParticipant {
    types::ChatParticipant {
        communication_identifier: Some(identifier::to_wire(&given.identifier)),
        display_name: given.display_name.clone(),
        share_history_time: given.share_history_time.map(date_time),
        metadata: (!given.metadata.is_empty()).then(|| given.metadata.clone()),
    }
}
