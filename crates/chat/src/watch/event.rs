//! Events, and what comes with each.

use crate::models::chat_event::ChatEvent;
use crate::models::{ChatMessage, ChatMessageType, ChatThreadId, Cursor};

/// What a message of the list says has happened.
pub(super) fn event_of(message: ChatMessage, is_first_seen: bool) -> ChatEvent {
    match message.message_type() {
        ChatMessageType::ParticipantAdded => ChatEvent::ParticipantsAdded(message),
        ChatMessageType::ParticipantRemoved => ChatEvent::ParticipantsRemoved(message),
        ChatMessageType::TopicUpdated => ChatEvent::TopicUpdated(message),
        _ if message.deleted_on().is_some() => ChatEvent::MessageDeleted(message),
        _ if is_first_seen => ChatEvent::MessageReceived(message),
        _ => ChatEvent::MessageEdited(message),
    }
}

/// An event, with the cursor to go on after it: that of its thread, or where
/// [`ChatClient::watch`](crate::ChatClient::watch) gives it, that of all threads of the user.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let mut watch = thread.watch().from_beginning().into_stream();
/// let watched = watch.try_next().await?.expect("a thread begins with a message of the service");
/// assert_eq!(watched.thread_id(), thread.thread_id());
/// println!("{:?}", watched.event());
/// let store = watched.cursor().to_string(); // In one write with what is done about the event.
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedEvent<C = Cursor> {
    pub(super) event: ChatEvent,
    pub(super) thread: ChatThreadId,
    pub(super) cursor: C,
}

impl<C> WatchedEvent<C> {
    /// What has happened.
    #[must_use]
    pub fn event(&self) -> &ChatEvent {
        &self.event
    }

    /// The thread it has happened in.
    #[must_use]
    pub fn thread_id(&self) -> &ChatThreadId {
        &self.thread
    }

    /// Where to go on after this event. Stored in one write with what the program does about the
    /// event, each event takes effect exactly once.
    #[must_use]
    pub fn cursor(&self) -> &C {
        &self.cursor
    }

    /// Event and cursor.
    #[must_use]
    pub fn into_parts(self) -> (ChatEvent, C) {
        (self.event, self.cursor)
    }
}
