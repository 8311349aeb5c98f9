//! What callers ask for, as bodies of requests.

use chat_rest::chat::types;
use time::OffsetDateTime;

use super::identifier;
use crate::models::{ChatMessageId, ChatMessageType, ChatParticipant, CommunicationIdentifier};

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

/// The same with participants, who are left out where there are none.
pub(crate) fn create_thread_with<'a>(
    body: &'a CreateThreadBody,
    given: &'a [ChatParticipant],
) -> types::CreateChatThreadRequest<&'a str> {
    types::CreateChatThreadRequest {
        topic: &body.topic,
        participants: (!given.is_empty()).then(|| given.iter().map(participant).collect()),
        metadata: body.metadata.clone(),
        retention_policy: body.retention_policy.clone(),
    }
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
) -> types::AddChatParticipantsRequest<&str> {
    types::AddChatParticipantsRequest {
        participants: participants.iter().map(participant).collect(),
    }
}

pub(crate) fn remove_participant(
    participant: &CommunicationIdentifier,
) -> types::CommunicationIdentifierModel<&str> {
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

/// With texts that are owned or borrowed.
pub(super) fn participant<'a, S: From<&'a str> + Default>(
    given: &'a ChatParticipant,
) -> types::ChatParticipant<S> {
    types::ChatParticipant {
        communication_identifier: Some(identifier::to_wire(&given.identifier)),
        display_name: given.display_name().map(Into::into),
        share_history_time: given.share_history_time.map(date_time),
        metadata: (!given.metadata.is_empty()).then(|| given.metadata.clone()),
    }
}
