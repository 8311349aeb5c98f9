//! The service's answers, as models.

use chat_rest::chat::types;

use super::identifier;
use crate::models::{
    ChatAttachment, ChatError, ChatMessage, ChatMessageContent, ChatMessageReadReceipt,
    ChatParticipant, ChatThreadItem, ChatThreadProperties, MoreContent, SendChatMessageResult,
    Sensitive,
};
use crate::paging::RawPage;

pub(crate) type AddedParticipants = types::AddChatParticipantsResult;
pub(crate) type CreatedThread = types::CreateChatThreadResult;
pub(crate) type MessagesPage = types::ChatMessagesCollection;
pub(crate) type ParticipantsPage = types::ChatParticipantsCollection;
pub(crate) type ReadReceiptsPage = types::ChatMessageReadReceiptsCollection;
pub(crate) type ThreadsPage = types::ChatThreadsItemCollection;
pub(crate) type Message = types::ChatMessage;
pub(crate) type SentMessage = types::SendChatMessageResult;
pub(crate) type ThreadProperties = types::ChatThreadProperties;

/// The thread, if the response names one, and an error for each participant who was not added.
pub(crate) fn created_thread(
    wire: CreatedThread,
) -> (Option<ChatThreadProperties>, Vec<ChatError>) {
    let thread = wire.chat_thread.map(Into::into);
    (thread, wire.invalid_participants.unwrap_or_default())
}

/// An error for each participant who was not added.
pub(crate) fn failures(wire: AddedParticipants) -> Vec<ChatError> {
    wire.invalid_participants.unwrap_or_default()
}

/// A collection of the service, whatever it holds.
macro_rules! page {
    ($collection:ident, $item:ty) => {
        impl From<types::$collection> for RawPage<$item> {
            fn from(wire: types::$collection) -> Self {
                Self {
                    items: wire.value.into_iter().map(Into::into).collect(),
                    unreadable: Vec::new(),
                    next_link: wire.next_link,
                }
            }
        }
    };
}

page!(ChatThreadsItemCollection, ChatThreadItem);
page!(ChatMessagesCollection, ChatMessage);
page!(ChatParticipantsCollection, ChatParticipant);
page!(ChatMessageReadReceiptsCollection, ChatMessageReadReceipt);

impl From<types::ChatThreadItem> for ChatThreadItem {
    fn from(wire: types::ChatThreadItem) -> Self {
        Self {
            id: wire.id.into(),
            topic: Sensitive(wire.topic),
            deleted_on: wire.deleted_on.map(Into::into),
            last_message_received_on: wire.last_message_received_on.map(Into::into),
        }
    }
}

impl From<types::ChatThreadProperties> for ChatThreadProperties {
    fn from(wire: types::ChatThreadProperties) -> Self {
        Self {
            id: wire.id.into(),
            topic: Sensitive(wire.topic),
            created_on: wire.created_on.into(),
            created_by: wire
                .created_by_communication_identifier
                .map(identifier::from_wire),
            deleted_on: wire.deleted_on.map(Into::into),
            metadata: Sensitive(wire.metadata.unwrap_or_default()),
            retention_policy: wire.retention_policy,
        }
    }
}

impl From<types::ChatMessage> for ChatMessage {
    fn from(wire: types::ChatMessage) -> Self {
        Self {
            id: wire.id.into(),
            message_type: wire.type_,
            sequence_id: wire.sequence_id.into(),
            version: wire.version,
            content: wire.content.map(Into::into).unwrap_or_default(),
            sender_display_name: Sensitive(wire.sender_display_name),
            sender: wire
                .sender_communication_identifier
                .map(identifier::from_wire),
            created_on: wire.created_on.into(),
            edited_on: wire.edited_on.map(Into::into),
            deleted_on: wire.deleted_on.map(Into::into),
            metadata: Sensitive(wire.metadata.unwrap_or_default()),
        }
    }
}

impl From<types::ChatMessageContent> for ChatMessageContent {
    fn from(wire: types::ChatMessageContent) -> Self {
        let types::ChatMessageContent {
            message,
            topic,
            participants,
            attachments,
            initiator_communication_identifier: initiator,
        } = wire;
        let (participants, attachments) = (all(participants), all(attachments));
        let is_text = topic.is_none()
            && participants.is_empty()
            && attachments.is_empty()
            && initiator.is_none();
        let more = || MoreContent {
            topic: Sensitive(topic),
            participants,
            attachments,
            initiator: initiator.map(|initiator| identifier::from_wire(*initiator)),
        };
        Self {
            message: Sensitive(message),
            more: (!is_text).then(|| Box::new(more())),
        }
    }
}

impl From<types::ChatAttachment> for ChatAttachment {
    fn from(wire: types::ChatAttachment) -> Self {
        Self {
            id: wire.id,
            attachment_type: wire.attachment_type,
            name: Sensitive(wire.name),
            url: Sensitive(wire.url),
            preview_url: Sensitive(wire.preview_url),
        }
    }
}

impl From<types::ChatParticipant> for ChatParticipant {
    fn from(wire: types::ChatParticipant) -> Self {
        let identifier = wire.communication_identifier.unwrap_or_default();
        Self {
            identifier: identifier::from_wire(identifier),
            display_name: wire.display_name,
            share_history_time: wire.share_history_time.map(Into::into),
            metadata: wire.metadata.unwrap_or_default(),
        }
    }
}

impl From<types::ChatMessageReadReceipt> for ChatMessageReadReceipt {
    fn from(wire: types::ChatMessageReadReceipt) -> Self {
        Self {
            sender: wire
                .sender_communication_identifier
                .map(identifier::from_wire),
            chat_message_id: wire.chat_message_id.into(),
            read_on: wire.read_on.into(),
        }
    }
}

pub(crate) fn sent(wire: SentMessage) -> SendChatMessageResult {
    SendChatMessageResult {
        id: wire.id.into(),
        exactly_once: None,
    }
}

/// The items of a list that may be missing.
fn all<W: Into<T>, T>(wire: Option<Vec<W>>) -> Vec<T> {
    let convert = |wire: Vec<W>| wire.into_iter().map(Into::into).collect();
    wire.map_or_else(Vec::new, convert)
}
