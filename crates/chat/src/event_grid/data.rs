//! What events tell.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::models::{
    ChatMessageId, ChatMessageType, ChatParticipant, ChatRetentionPolicy, ChatThreadId,
    CommunicationIdentifier, Sensitive,
};

/// What all events have.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) thread_id: ChatThreadId,
    pub(super) transaction_id: Option<String>,
    pub(super) recipient: Option<CommunicationIdentifier>,
}

/// The accessors of what all events have.
macro_rules! about {
    ($($event:ident)+) => {
        $(impl $event {
            /// The thread it happened in.
            #[must_use]
            pub fn thread_id(&self) -> &ChatThreadId {
                &self.about.thread_id
            }

            /// Who the event is meant for; nobody at thread level.
            #[must_use]
            pub fn recipient(&self) -> Option<&CommunicationIdentifier> {
                self.about.recipient.as_ref()
            }

            /// The id by which the service traces what happened.
            #[must_use]
            pub fn transaction_id(&self) -> Option<&str> {
                self.about.transaction_id.as_deref()
            }
        })+
    };
}

about!(MessageEvent TypingEvent ThreadEvent ParticipantEvent);

/// A message was sent, edited or deleted.
///
/// ```
/// use chat::event_grid::{ChatEventData, Event};
///
/// let body = br#"{
///     "specversion": "1.0", "id": "1", "source": "/subscriptions/a", "subject": "thread/a",
///     "type": "Microsoft.Communication.ChatMessageReceived", "time": "2026-03-04T10:15:21Z",
///     "data": {
///         "threadId": "19:acsV2_a@thread.v2", "messageId": "1772619320500", "type": "Text",
///         "messageBody": "Noon?", "composeTime": "2026-03-04T10:15:20.5Z"
///     }
/// }"#;
/// let events = Event::read_all(body)?;
/// let ChatEventData::MessageReceived(message) = events[0].data() else { panic!("another event") };
/// assert_eq!(message.content(), Some("Noon?"));
/// # Ok::<(), chat::event_grid::ReadEventsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MessageEvent {
    pub(super) about: About,
    pub(super) message_id: ChatMessageId,
    pub(super) message_type: ChatMessageType,
    pub(super) sender: Option<CommunicationIdentifier>,
    pub(super) sender_display_name: Sensitive<Option<String>>,
    pub(super) content: Sensitive<Option<String>>,
    pub(super) metadata: Sensitive<BTreeMap<String, String>>,
    pub(super) created_on: OffsetDateTime,
    pub(super) edited_on: Option<OffsetDateTime>,
    pub(super) deleted_on: Option<OffsetDateTime>,
    pub(super) version: Option<u64>,
    pub(super) sequence_id: Option<u64>,
}

impl MessageEvent {
    /// The id of the message.
    #[must_use]
    pub fn message_id(&self) -> &ChatMessageId {
        &self.message_id
    }

    /// The type of the message.
    #[must_use]
    pub fn message_type(&self) -> &ChatMessageType {
        &self.message_type
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

    /// The text of the message: missing when it was deleted, and when it is too large for an event.
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

    /// When it was sent.
    #[must_use]
    #[doc(alias = "compose_time")]
    pub fn created_on(&self) -> OffsetDateTime {
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

    /// The version of the message.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// The sequence id of the message, where the service gives it: newer models have it.
    #[must_use]
    pub fn sequence_id(&self) -> Option<u64> {
        self.sequence_id
    }
}

/// Somebody types.
///
/// ```
/// use chat::event_grid::{ChatEventData, Event};
///
/// let body = br#"{
///     "specversion": "1.0", "id": "1", "source": "/subscriptions/a", "subject": "thread/a",
///     "type": "Microsoft.Communication.ChatTypingIndicatorReceivedInThread",
///     "time": "2026-03-04T10:15:21Z",
///     "data": {
///         "threadId": "19:acsV2_a@thread.v2", "senderDisplayName": "Bob",
///         "senderCommunicationIdentifier": { "rawId": "8:acs:a_b" }
///     }
/// }"#;
/// let events = Event::read_all(body)?;
/// let ChatEventData::TypingIndicatorReceived(typing) = events[0].data() else {
///     panic!("another event")
/// };
/// assert_eq!(typing.sender_display_name(), Some("Bob"));
/// # Ok::<(), chat::event_grid::ReadEventsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TypingEvent {
    pub(super) about: About,
    pub(super) sender: Option<CommunicationIdentifier>,
    pub(super) sender_display_name: Sensitive<Option<String>>,
}

impl TypingEvent {
    /// Who types.
    #[must_use]
    pub fn sender(&self) -> Option<&CommunicationIdentifier> {
        self.sender.as_ref()
    }

    /// The name of who types.
    #[must_use]
    pub fn sender_display_name(&self) -> Option<&str> {
        self.sender_display_name.as_deref()
    }
}

/// A thread was created, changed or deleted.
///
/// ```
/// use chat::event_grid::{ChatEventData, Event};
///
/// let body = br#"{
///     "specversion": "1.0", "id": "1", "source": "/subscriptions/a", "subject": "thread/a",
///     "type": "Microsoft.Communication.ChatThreadCreated", "time": "2026-03-04T10:15:21Z",
///     "data": { "threadId": "19:acsV2_a@thread.v2", "properties": { "topic": "Lunch" } }
/// }"#;
/// let events = Event::read_all(body)?;
/// let ChatEventData::ThreadCreated(thread) = events[0].data() else { panic!("another event") };
/// assert_eq!(thread.topic(), Some("Lunch"));
/// # Ok::<(), chat::event_grid::ReadEventsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ThreadEvent {
    pub(super) about: About,
    pub(super) by: Option<CommunicationIdentifier>,
    pub(super) topic: Sensitive<Option<String>>,
    pub(super) metadata: Sensitive<BTreeMap<String, String>>,
    pub(super) participants: Vec<ChatParticipant>,
    pub(super) retention_policy: Option<ChatRetentionPolicy>,
    pub(super) created_on: Option<OffsetDateTime>,
    pub(super) updated_on: Option<OffsetDateTime>,
    pub(super) deleted_on: Option<OffsetDateTime>,
    pub(super) version: Option<u64>,
}

impl ThreadEvent {
    /// Who created, changed or deleted the thread.
    #[must_use]
    #[doc(alias("created_by", "edited_by", "deleted_by"))]
    pub fn by(&self) -> Option<&CommunicationIdentifier> {
        self.by.as_ref()
    }

    /// The topic; missing when the thread was deleted.
    #[must_use]
    pub fn topic(&self) -> Option<&str> {
        self.topic.as_deref()
    }

    /// The metadata of the thread.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// Who took part when the thread was created.
    #[must_use]
    pub fn participants(&self) -> &[ChatParticipant] {
        &self.participants
    }

    /// When the service deletes the thread by itself, where the service says it.
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
    #[doc(alias = "edit_time")]
    pub fn updated_on(&self) -> Option<OffsetDateTime> {
        self.updated_on
    }

    /// When it was deleted.
    #[must_use]
    pub fn deleted_on(&self) -> Option<OffsetDateTime> {
        self.deleted_on
    }

    /// The version of the thread.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        self.version
    }
}

/// Somebody was added to a thread or removed from it.
///
/// ```
/// use chat::event_grid::{ChatEventData, Event};
///
/// let body = br#"{
///     "specversion": "1.0", "id": "1", "source": "/subscriptions/a", "subject": "thread/a",
///     "type": "Microsoft.Communication.ChatThreadParticipantAdded",
///     "time": "2026-03-04T10:15:21Z",
///     "data": {
///         "threadId": "19:acsV2_a@thread.v2", "time": "2026-03-04T10:15:20Z",
///         "participantAdded": {
///             "displayName": "Bob", "participantCommunicationIdentifier": { "rawId": "8:acs:a_b" }
///         }
///     }
/// }"#;
/// let events = Event::read_all(body)?;
/// let ChatEventData::ParticipantAdded(added) = events[0].data() else { panic!("another event") };
/// assert_eq!(added.participant().display_name(), Some("Bob"));
/// # Ok::<(), chat::event_grid::ReadEventsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ParticipantEvent {
    pub(super) about: About,
    pub(super) by: Option<CommunicationIdentifier>,
    pub(super) participant: ChatParticipant,
    pub(super) time: OffsetDateTime,
    pub(super) version: Option<u64>,
}

impl ParticipantEvent {
    /// Who added or removed the participant.
    #[must_use]
    #[doc(alias("added_by", "removed_by"))]
    pub fn by(&self) -> Option<&CommunicationIdentifier> {
        self.by.as_ref()
    }

    /// Who was added or removed.
    #[must_use]
    #[doc(alias("participant_added", "participant_removed"))]
    pub fn participant(&self) -> &ChatParticipant {
        &self.participant
    }

    /// When.
    #[must_use]
    pub fn time(&self) -> OffsetDateTime {
        self.time
    }

    /// The version of the thread.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        self.version
    }
}
