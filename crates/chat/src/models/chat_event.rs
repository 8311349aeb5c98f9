//! What happens in a thread.

use super::{ChatMessage, ChatMessageReadReceipt, ChatThreadPropertiesUpdate, TypingNotification};

/// Something that happened in a thread.
///
/// | what | list of messages | list of receipts | notifications | Event Grid |
/// |---|---|---|---|---|
/// | messages received, edited, deleted | yes | | trigger a reading | yes |
/// | participants added, removed | yes | | trigger a reading | trigger a reading |
/// | topic | yes | | yes, with the other properties | yes, with the other properties |
/// | metadata, retention policy | | | yes | yes |
/// | read receipts | | where asked for | yes | |
/// | typing | | | yes | yes |
/// | thread deleted | when it answers 404 | | trigger a reading | yes |
///
/// A list shows only the present state. What was overwritten between two readings is not seen: of
/// several edits the last one comes, and of a message that was deleted only the deletion. Events that
/// only notifications have are not stored by the service: they come when they arrive, and not again
/// after a restart.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use chat::watch::ChatEvent;
///
/// thread.send_message("Hello").await?;
/// let mut watch = thread.watch().from_beginning().into_stream();
/// while let Some(watched) = watch.try_next().await? {
///     match watched.event() {
///         ChatEvent::MessageReceived(message) => {
///             assert_eq!(message.content().message(), Some("Hello"));
///             break; // The example's end; a program goes on.
///         }
///         other => println!("{other:?}"), // The topic, and who takes part.
///     }
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
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
    /// The topic was changed to the one that the content of this message of the service has.
    TopicUpdated(ChatMessage),
    /// Topic, metadata or retention policy were changed. Lists do not show it; of a new topic they
    /// give [`TopicUpdated`](Self::TopicUpdated), which comes beside this one.
    PropertiesUpdated(ChatThreadPropertiesUpdate),
    /// A participant has read up to a message.
    ReadReceipt(ChatMessageReadReceipt),
    /// A participant is typing.
    Typing(TypingNotification),
    /// The user is no participant of the thread any more, and the service refuses to show it (403).
    /// Only a watch of all threads gives this; a watch of one thread ends with an error instead.
    AccessLost,
    /// The thread was deleted. No event of it comes after this.
    ThreadDeleted,
}

impl ChatEvent {
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
            Self::PropertiesUpdated(_)
            | Self::ReadReceipt(_)
            | Self::Typing(_)
            | Self::AccessLost
            | Self::ThreadDeleted => None,
        }
    }
}
