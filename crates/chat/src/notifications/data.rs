//! What notifications tell.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::models::{
    ChatAttachment, ChatMessageId, ChatMessageType, ChatParticipant, ChatRetentionPolicy,
    CommunicationIdentifier, Sensitive,
};

/// A message was sent, edited or deleted.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, bobs_thread, .. }: Scene) -> Done {
/// use chat::notifications::{NotificationData, NotificationEvent};
///
/// # let mut notifications = client.notifications().connect()?;
/// while let Some(event) = notifications.try_next().await? {
///     # if matches!(event, NotificationEvent::Connected) { bobs_thread.send_message("Hello").sender_display_name("Bob").await?; }
///     let NotificationEvent::Received(notification) = event else { continue };
///     if let NotificationData::MessageReceived(message) = notification.data() {
///         assert_eq!(message.sender_display_name(), Some("Bob"));
///         assert_eq!(message.content(), Some("Hello"));
///         break; // The example's end; a program goes on.
///     }
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug)]
pub struct MessageNotification {
    pub(super) message_id: Option<ChatMessageId>,
    pub(super) message_type: Option<ChatMessageType>,
    pub(super) sender: Option<CommunicationIdentifier>,
    pub(super) sender_display_name: Sensitive<Option<String>>,
    pub(super) content: Sensitive<Option<String>>,
    pub(super) metadata: Sensitive<BTreeMap<String, String>>,
    pub(super) attachments: Vec<ChatAttachment>,
    pub(super) created_on: Option<OffsetDateTime>,
    pub(super) edited_on: Option<OffsetDateTime>,
    pub(super) deleted_on: Option<OffsetDateTime>,
}

impl MessageNotification {
    /// The id of the message.
    #[must_use]
    pub fn message_id(&self) -> Option<&ChatMessageId> {
        self.message_id.as_ref()
    }

    /// The type of the message.
    #[must_use]
    pub fn message_type(&self) -> Option<&ChatMessageType> {
        self.message_type.as_ref()
    }

    /// Who sent it.
    #[must_use]
    pub fn sender(&self) -> Option<&CommunicationIdentifier> {
        self.sender.as_ref()
    }

    /// The name the sender gave for the message.
    #[must_use]
    pub fn sender_display_name(&self) -> Option<&str> {
        self.sender_display_name.as_deref()
    }

    /// The text of the message. One that was deleted has none.
    #[must_use]
    #[doc(alias = "message_body")]
    pub fn content(&self) -> Option<&str> {
        self.content.as_deref()
    }

    /// The metadata of the message.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// The attachments of the message.
    #[must_use]
    pub fn attachments(&self) -> &[ChatAttachment] {
        &self.attachments
    }

    /// When it was sent.
    #[must_use]
    #[doc(alias = "original_arrival_time")]
    pub fn created_on(&self) -> Option<OffsetDateTime> {
        self.created_on
    }

    /// When it was edited.
    #[must_use]
    pub fn edited_on(&self) -> Option<OffsetDateTime> {
        self.edited_on
    }

    /// When it was deleted.
    #[must_use]
    pub fn deleted_on(&self) -> Option<OffsetDateTime> {
        self.deleted_on
    }
}

/// A thread was created, changed or deleted.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, bobs_thread, .. }: Scene) -> Done {
/// use chat::notifications::{NotificationData, NotificationEvent};
///
/// # let mut notifications = client.notifications().connect()?;
/// while let Some(event) = notifications.try_next().await? {
///     # if matches!(event, NotificationEvent::Connected) { bobs_thread.update_topic("Dinner").await?; }
///     let NotificationEvent::Received(notification) = event else { continue };
///     if let NotificationData::ThreadPropertiesUpdated(thread) = notification.data() {
///         assert_eq!(thread.topic(), Some("Dinner"));
///         break; // The example's end; a program goes on.
///     }
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug)]
pub struct ThreadNotification {
    pub(super) by: Option<ChatParticipant>,
    pub(super) topic: Sensitive<Option<String>>,
    pub(super) metadata: Sensitive<BTreeMap<String, String>>,
    pub(super) participants: Vec<ChatParticipant>,
    pub(super) retention_policy: Option<ChatRetentionPolicy>,
    pub(super) created_on: Option<OffsetDateTime>,
    pub(super) updated_on: Option<OffsetDateTime>,
    pub(super) deleted_on: Option<OffsetDateTime>,
    pub(super) reason: Option<String>,
}

impl ThreadNotification {
    /// Who created, changed or deleted the thread; nobody if the service did.
    #[must_use]
    #[doc(alias("created_by", "updated_by", "deleted_by"))]
    pub fn by(&self) -> Option<&ChatParticipant> {
        self.by.as_ref()
    }

    /// The topic. A thread that was deleted has none.
    #[must_use]
    pub fn topic(&self) -> Option<&str> {
        self.topic.as_deref()
    }

    /// The metadata of the thread.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// Who takes part in a thread that was created.
    #[must_use]
    pub fn participants(&self) -> &[ChatParticipant] {
        &self.participants
    }

    /// When the service deletes the thread by itself, where it says so.
    #[must_use]
    pub fn retention_policy(&self) -> Option<&ChatRetentionPolicy> {
        self.retention_policy.as_ref()
    }

    /// When the thread was created.
    #[must_use]
    pub fn created_on(&self) -> Option<OffsetDateTime> {
        self.created_on
    }

    /// When it was changed.
    #[must_use]
    pub fn updated_on(&self) -> Option<OffsetDateTime> {
        self.updated_on
    }

    /// When it was deleted.
    #[must_use]
    pub fn deleted_on(&self) -> Option<OffsetDateTime> {
        self.deleted_on
    }

    /// Why it was deleted, such as `deletedByUser` or `deletedByPolicy`.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// Participants were added to a thread or removed from it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, bobs_thread, identity, .. }: Scene) -> Done {
/// use chat::notifications::{NotificationData, NotificationEvent};
///
/// # let carol = identity.create_user().await?;
/// # let mut notifications = client.notifications().connect()?;
/// while let Some(event) = notifications.try_next().await? {
///     # if matches!(event, NotificationEvent::Connected) { assert!(bobs_thread.add_participants([&carol]).await?.is_complete()); }
///     let NotificationEvent::Received(notification) = event else { continue };
///     if let NotificationData::ParticipantsAdded(added) = notification.data() {
///         assert_eq!(added.participants()[0].identifier(), &carol.into());
///         break; // The example's end; a program goes on.
///     }
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug)]
pub struct ParticipantsNotification {
    pub(super) by: Option<ChatParticipant>,
    pub(super) participants: Vec<ChatParticipant>,
    pub(super) time: Option<OffsetDateTime>,
}

impl ParticipantsNotification {
    /// Who added or removed them.
    #[must_use]
    #[doc(alias("added_by", "removed_by"))]
    pub fn by(&self) -> Option<&ChatParticipant> {
        self.by.as_ref()
    }

    /// Who was added or removed.
    #[must_use]
    #[doc(alias("participants_added", "participants_removed"))]
    pub fn participants(&self) -> &[ChatParticipant] {
        &self.participants
    }

    /// When.
    #[must_use]
    #[doc(alias("added_on", "removed_on"))]
    pub fn time(&self) -> Option<OffsetDateTime> {
        self.time
    }
}
