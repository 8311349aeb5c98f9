//! Events as watches give them.

use super::data::{MessageEvent, ThreadEvent, TypingEvent};
use super::event::{ChatEventData, Event};
use crate::models::chat_event::ChatEvent;
use crate::models::{
    ChatMessage, ChatMessageContent, ChatMessageType, ChatThreadPropertiesUpdate, Sensitive,
    TypingNotification,
};

impl Event {
    /// The event that a [watch](crate::watch) gives for the same, where this one says as much:
    ///
    /// | data | event |
    /// |---|---|
    /// | message received, edited, deleted | the same, if the sequence id and the version are there, as in newer models |
    /// | typing | [`Typing`](ChatEvent::Typing) |
    /// | properties updated | [`PropertiesUpdated`](ChatEvent::PropertiesUpdated) |
    /// | thread deleted | [`ThreadDeleted`](ChatEvent::ThreadDeleted) |
    /// | all else | nothing: participants lack the message of the service |
    ///
    /// Events come at least once, in no order, and not always. Who has to miss nothing calls
    /// [`WatchHandle::ring_thread`](crate::watch::WatchHandle::ring_thread) instead.
    #[must_use]
    pub fn to_chat_event(&self) -> Option<ChatEvent> {
        Some(match self.data() {
            ChatEventData::MessageReceived(event) => ChatEvent::MessageReceived(message(event)?),
            ChatEventData::MessageEdited(event) => ChatEvent::MessageEdited(message(event)?),
            ChatEventData::MessageDeleted(event) => ChatEvent::MessageDeleted(message(event)?),
            ChatEventData::TypingIndicatorReceived(event) => ChatEvent::Typing(self.typing(event)),
            ChatEventData::ThreadPropertiesUpdated(event) => {
                ChatEvent::PropertiesUpdated(properties(event))
            }
            ChatEventData::ThreadDeleted(_) => ChatEvent::ThreadDeleted,
            _ => return None,
        })
    }

    fn typing(&self, event: &TypingEvent) -> TypingNotification {
        TypingNotification {
            sender: event.sender.clone(),
            sender_display_name: event.sender_display_name.clone(),
            received_on: self.time(),
        }
    }
}

fn message(event: &MessageEvent) -> Option<ChatMessage> {
    Some(ChatMessage {
        id: event.message_id.clone(),
        message_type: message_type(&event.message_type),
        sequence_id: event.sequence_id?.into(),
        version: event.version?.to_string(),
        content: ChatMessageContent {
            message: event.content.clone(),
            ..ChatMessageContent::default()
        },
        sender_display_name: event.sender_display_name.clone(),
        sender: event.sender.clone(),
        created_on: event.created_on,
        edited_on: event.edited_on,
        deleted_on: event.deleted_on,
        metadata: event.metadata.clone(),
    })
}

/// Events name the types of messages in other words than lists.
fn message_type(of_event: &ChatMessageType) -> ChatMessageType {
    match of_event.as_str() {
        "Text" => ChatMessageType::Text,
        "Html" | "RichText/Html" => ChatMessageType::Html,
        _ => of_event.clone(),
    }
}

fn properties(event: &ThreadEvent) -> ChatThreadPropertiesUpdate {
    ChatThreadPropertiesUpdate {
        topic: Sensitive(event.topic().map(str::to_owned)),
        metadata: Sensitive(event.metadata().clone()),
        retention_policy: event.retention_policy().cloned(),
        updated_on: event.updated_on(),
        updated_by: event.by().cloned(),
    }
}
