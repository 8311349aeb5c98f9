//! What happens in a thread.

use crate::models::{ChatMessage, ChatMessageType, ChatThreadId, Cursor};

/// Something that happened in a thread.
///
/// What is told is read from the list of messages, which shows what is there now. What was
/// overwritten between two looks is not seen: of several edits the last one comes, and of a message
/// that was deleted only the deletion.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ChatEvent {
    /// A message was sent. If it was edited before it was first seen, its
    /// [`edited_on`](ChatMessage::edited_on) says so, and the edit does not come by itself.
    MessageReceived(ChatMessage),
    /// A message was edited.
    MessageEdited(ChatMessage),
    /// A message was deleted. Its content is gone.
    MessageDeleted(ChatMessage),
    /// Participants were added: those that the content of this message of the service names.
    ParticipantsAdded(ChatMessage),
    /// Participants were removed: those that the content of this message of the service names.
    ParticipantsRemoved(ChatMessage),
    /// The topic is another: the one that the content of this message of the service has.
    TopicUpdated(ChatMessage),
    /// The thread is gone. Nothing comes after this.
    ThreadDeleted,
}

impl ChatEvent {
    /// What a message of the list says has happened.
    pub(super) fn of(message: ChatMessage, is_first_seen: bool) -> Self {
        match message.message_type() {
            ChatMessageType::ParticipantAdded => Self::ParticipantsAdded(message),
            ChatMessageType::ParticipantRemoved => Self::ParticipantsRemoved(message),
            ChatMessageType::TopicUpdated => Self::TopicUpdated(message),
            _ if message.deleted_on().is_some() => Self::MessageDeleted(message),
            _ if is_first_seen => Self::MessageReceived(message),
            _ => Self::MessageEdited(message),
        }
    }

    /// The message it is about; that of the service, for participants and topics.
    #[must_use]
    pub fn message(&self) -> Option<&ChatMessage> {
        match self {
            Self::MessageReceived(message)
            | Self::MessageEdited(message)
            | Self::MessageDeleted(message)
            | Self::ParticipantsAdded(message)
            | Self::ParticipantsRemoved(message)
            | Self::TopicUpdated(message) => Some(message),
            Self::ThreadDeleted => None,
        }
    }
}

/// An event, and how far the thread was followed with it.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedEvent {
    pub(super) event: ChatEvent,
    pub(super) cursor: Cursor,
}

impl WatchedEvent {
    /// What has happened.
    #[must_use]
    pub fn event(&self) -> &ChatEvent {
        &self.event
    }

    /// The thread it has happened in.
    #[must_use]
    pub fn thread_id(&self) -> &ChatThreadId {
        self.cursor.thread_id()
    }

    /// Where to go on after this event. Stored in one write with what the program does about the
    /// event, each event takes effect exactly once.
    #[must_use]
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// Both.
    #[must_use]
    pub fn into_parts(self) -> (ChatEvent, Cursor) {
        (self.event, self.cursor)
    }
}
