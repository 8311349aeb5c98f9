//! Notifications: the envelope, and which of the events it is.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::data::{MessageNotification, ParticipantsNotification, ThreadNotification};
use crate::models::{
    ChatMessageReadReceipt, ChatThreadId, CommunicationIdentifier, Sensitive, TypingNotification,
};

/// Something that happened in a thread of the user, as the service reports it when it happens.
///
/// It is a hint, and may be incomplete: the thread's lists have what is stored. The fields are known
/// from the service's other clients and from no document, so each of them may be missing. A clone is
/// cheap.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, thread, bobs_thread, .. }: Scene) -> Done {
/// use chat::notifications::NotificationEvent;
///
/// # let mut notifications = client.notifications().connect()?;
/// while let Some(event) = notifications.try_next().await? {
///     # if matches!(event, NotificationEvent::Connected) { bobs_thread.send_message("Hello").await?; }
///     if let NotificationEvent::Received(notification) = event {
///         assert_eq!(notification.thread_id(), Some(thread.thread_id()));
///         assert_eq!(notification.event_id(), Some(200));
///         println!("{:?}", notification.data());
///         break; // The example's end; a program goes on.
///     }
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone)]
pub struct Notification {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) event_id: Option<u64>,
    pub(super) thread_id: Option<ChatThreadId>,
    pub(super) recipient: Option<CommunicationIdentifier>,
    pub(super) transaction_id: Option<String>,
    pub(super) version: Option<String>,
    pub(super) data: NotificationData,
    pub(super) raw: Sensitive<Value>,
}

/// Which event it is, and what it tells.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, bobs_thread, bob, .. }: Scene) -> Done {
/// use chat::notifications::{NotificationData, NotificationEvent};
///
/// # let mut notifications = client.notifications().connect()?;
/// while let Some(event) = notifications.try_next().await? {
///     # if matches!(event, NotificationEvent::Connected) { bobs_thread.send_typing_notification().await?; }
///     let NotificationEvent::Received(notification) = event else { continue };
///     match notification.data() {
///         NotificationData::MessageReceived(message) => println!("{:?}", message.content()),
///         NotificationData::TypingIndicatorReceived(typing) => {
///             assert_eq!(typing.sender(), Some(&bob.into()));
///             break; // The example's end; a program goes on.
///         }
///         other => println!("{other:?}"),
///     }
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotificationData {
    /// A message was sent.
    #[doc(alias("chatMessageReceived", "ChatMessageReceivedEvent"))]
    MessageReceived(MessageNotification),
    /// A message was edited.
    #[doc(alias("chatMessageEdited", "ChatMessageEditedEvent"))]
    MessageEdited(MessageNotification),
    /// A message was deleted.
    #[doc(alias("chatMessageDeleted", "ChatMessageDeletedEvent"))]
    MessageDeleted(MessageNotification),
    /// Somebody types. Not sent in threads of more than 20 participants (documented).
    #[doc(alias("typingIndicatorReceived", "TypingIndicatorReceivedEvent"))]
    TypingIndicatorReceived(TypingNotification),
    /// Somebody has read up to a message. Not sent in threads of more than 20 participants
    /// (documented).
    #[doc(alias("readReceiptReceived", "ReadReceiptReceivedEvent"))]
    ReadReceiptReceived(ChatMessageReadReceipt),
    /// A thread was created with the user in it.
    #[doc(alias("chatThreadCreated", "ChatThreadCreatedEvent"))]
    ThreadCreated(ThreadNotification),
    /// The topic or other properties of a thread were changed.
    #[doc(alias("chatThreadPropertiesUpdated", "ChatThreadPropertiesUpdatedEvent"))]
    ThreadPropertiesUpdated(ThreadNotification),
    /// A thread was deleted.
    #[doc(alias("chatThreadDeleted", "ChatThreadDeletedEvent"))]
    ThreadDeleted(ThreadNotification),
    /// Participants were added.
    #[doc(alias("participantsAdded", "ParticipantsAddedEvent"))]
    ParticipantsAdded(ParticipantsNotification),
    /// Participants were removed.
    #[doc(alias("participantsRemoved", "ParticipantsRemovedEvent"))]
    ParticipantsRemoved(ParticipantsNotification),
    /// An event that this version of the library does not know, or whose payload lacks what it is
    /// about. [`Notification::raw`] has all of it.
    Unknown,
}

impl Notification {
    /// Which event it is, and what it tells.
    #[must_use]
    pub fn data(&self) -> &NotificationData {
        &self.inner.data
    }

    /// The number the service has for the event, such as 200 for a message that was sent.
    #[must_use]
    pub fn event_id(&self) -> Option<u64> {
        self.inner.event_id
    }

    /// The thread it happened in.
    #[must_use]
    pub fn thread_id(&self) -> Option<&ChatThreadId> {
        self.inner.thread_id.as_ref()
    }

    /// To whom the service sent it: the user.
    #[must_use]
    pub fn recipient(&self) -> Option<&CommunicationIdentifier> {
        self.inner.recipient.as_ref()
    }

    /// The id by which the service traces what happened.
    #[must_use]
    pub fn transaction_id(&self) -> Option<&str> {
        self.inner.transaction_id.as_deref()
    }

    /// The version of the message or the thread: a time in milliseconds.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.inner.version.as_deref()
    }

    /// The payload as it was received, with fields that this version of the library does not know.
    #[must_use]
    pub fn raw(&self) -> &Value {
        &self.inner.raw
    }
}

impl fmt::Debug for Notification {
    /// Shows what happened, and nothing people wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("event_id", &self.inner.event_id)
            .field("thread_id", &self.inner.thread_id)
            .field("version", &self.inner.version)
            .field("data", &self.inner.data)
            .finish_non_exhaustive()
    }
}
