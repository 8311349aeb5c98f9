//! An event and its envelope.

use serde_json::Value;
use time::OffsetDateTime;

use super::data::{MessageEvent, ParticipantEvent, ThreadEvent, TypingEvent};
use super::wire::{self, Envelope};
use crate::models::{ChatThreadId, Sensitive};

/// What the type of each chat event begins with.
const PREFIX: &str = "Microsoft.Communication.Chat";

/// An event as Event Grid delivers it, of either schema.
///
/// ```
/// use chat::event_grid::Event;
///
/// let body = br#"[{
///     "id": "1", "topic": "/subscriptions/a", "subject": "thread/a", "dataVersion": "1.0",
///     "eventType": "Microsoft.Communication.ChatThreadDeleted",
///     "eventTime": "2026-03-04T10:15:21Z",
///     "data": { "threadId": "19:acsV2_a@thread.v2" }
/// }]"#;
/// for event in Event::read_all(body)? {
///     assert_eq!(event.event_type(), "Microsoft.Communication.ChatThreadDeleted");
///     assert_eq!(event.thread_id().map(|id| id.as_str()), Some("19:acsV2_a@thread.v2"));
/// }
/// # Ok::<(), chat::event_grid::ReadEventsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Event {
    id: String,
    event_type: String,
    source: String,
    subject: String,
    time: OffsetDateTime,
    thread_id: Option<ChatThreadId>,
    data: ChatEventData,
    raw: Sensitive<Value>,
}

/// What an event tells.
///
/// Each variant stands for the types of both levels; [`Event::event_type`] has the type itself, and
/// an event at user level has a recipient.
///
/// ```
/// use chat::event_grid::{ChatEventData, Event};
///
/// let body = br#"{
///     "specversion": "1.0", "id": "1", "source": "/subscriptions/a", "subject": "thread/a",
///     "type": "Microsoft.Communication.ChatPollStarted", "time": "2026-03-04T10:15:21Z",
///     "data": { "poll": 1 }
/// }"#;
/// for event in Event::read_all(body)? {
///     match event.data() {
///         ChatEventData::MessageReceived(message) => println!("{}", message.message_id()),
///         ChatEventData::Unreadable { reason } => eprintln!("{reason}"),
///         _ => assert_eq!(event.raw_data()["poll"], 1),
///     }
/// }
/// # Ok::<(), chat::event_grid::ReadEventsError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ChatEventData {
    /// A message was sent: `ChatMessageReceived`, `ChatMessageReceivedInThread`.
    #[doc(alias("AcsChatMessageReceivedEventData"))]
    MessageReceived(MessageEvent),
    /// A message was edited: `ChatMessageEdited`, `ChatMessageEditedInThread`.
    #[doc(alias("AcsChatMessageEditedEventData"))]
    MessageEdited(MessageEvent),
    /// A message was deleted: `ChatMessageDeleted`, `ChatMessageDeletedInThread`.
    #[doc(alias("AcsChatMessageDeletedEventData"))]
    MessageDeleted(MessageEvent),
    /// A message that is a command to an Azure bot: `ChatAzureBotCommandReceivedInThread`.
    BotCommandReceived(MessageEvent),
    /// Somebody types: `ChatTypingIndicatorReceivedInThread`.
    TypingIndicatorReceived(TypingEvent),
    /// A thread was created: `ChatThreadCreatedWithUser`, `ChatThreadCreated`.
    #[doc(alias("AcsChatThreadCreatedEventData"))]
    ThreadCreated(ThreadEvent),
    /// A thread was deleted: `ChatThreadWithUserDeleted`, `ChatThreadDeleted`.
    #[doc(alias("AcsChatThreadDeletedEventData"))]
    ThreadDeleted(ThreadEvent),
    /// The topic or other properties of a thread changed: `ChatThreadPropertiesUpdatedPerUser`,
    /// `ChatThreadPropertiesUpdated`.
    #[doc(alias("AcsChatThreadPropertiesUpdatedEventData"))]
    ThreadPropertiesUpdated(ThreadEvent),
    /// Somebody was added: `ChatParticipantAddedToThreadWithUser`, `ChatThreadParticipantAdded`.
    #[doc(alias("AcsChatParticipantAddedToThreadEventData"))]
    ParticipantAdded(ParticipantEvent),
    /// Somebody was removed: `ChatParticipantRemovedFromThreadWithUser`,
    /// `ChatThreadParticipantRemoved`.
    #[doc(alias("AcsChatParticipantRemovedFromThreadEventData"))]
    ParticipantRemoved(ParticipantEvent),
    /// An event of a type this version of the library does not know. [`Event::raw_data`] has all of
    /// it.
    Unknown,
    /// An event of a known type whose data is not what it should be. [`Event::raw_data`] has all of
    /// it.
    Unreadable {
        /// The field, as a path, and what is wrong with it.
        reason: String,
    },
}

impl ChatEventData {
    fn read(event_type: &str, data: &Value) -> Self {
        let read = match event_type.strip_prefix(PREFIX).unwrap_or_default() {
            "MessageReceived" | "MessageReceivedInThread" => {
                wire::message(data).map(Self::MessageReceived)
            }
            "MessageEdited" | "MessageEditedInThread" => {
                wire::message(data).map(Self::MessageEdited)
            }
            "MessageDeleted" | "MessageDeletedInThread" => {
                wire::message(data).map(Self::MessageDeleted)
            }
            "AzureBotCommandReceivedInThread" => wire::message(data).map(Self::BotCommandReceived),
            "TypingIndicatorReceivedInThread" => {
                wire::typing(data).map(Self::TypingIndicatorReceived)
            }
            "ThreadCreatedWithUser" | "ThreadCreated" => {
                wire::thread(data).map(Self::ThreadCreated)
            }
            "ThreadWithUserDeleted" | "ThreadDeleted" => {
                wire::thread(data).map(Self::ThreadDeleted)
            }
            "ThreadPropertiesUpdatedPerUser" | "ThreadPropertiesUpdated" => {
                wire::thread(data).map(Self::ThreadPropertiesUpdated)
            }
            "ParticipantAddedToThreadWithUser" | "ThreadParticipantAdded" => {
                wire::participant(data).map(Self::ParticipantAdded)
            }
            "ParticipantRemovedFromThreadWithUser" | "ThreadParticipantRemoved" => {
                wire::participant(data).map(Self::ParticipantRemoved)
            }
            _ => Ok(Self::Unknown),
        };
        read.unwrap_or_else(|reason| Self::Unreadable { reason })
    }
}

impl Event {
    /// Reads the body of a delivery: an array of events of the Event Grid schema, a CloudEvent or
    /// an array of them.
    ///
    /// # Errors
    /// When the body is not JSON of this form. An event whose data can't be read is no error:
    /// it is [`ChatEventData::Unreadable`].
    pub fn read_all(body: &[u8]) -> Result<Vec<Self>, ReadEventsError> {
        let is_batch = body.trim_ascii_start().starts_with(b"[");
        let envelopes: Vec<Envelope> = if is_batch {
            serde_json::from_slice(body).map_err(ReadEventsError)?
        } else {
            vec![serde_json::from_slice(body).map_err(ReadEventsError)?]
        };
        Ok(envelopes.into_iter().map(Self::from).collect())
    }

    /// The id of the event. An event that is delivered again has the same id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The type, such as `Microsoft.Communication.ChatMessageReceived`.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The resource the event is of: `topic` of the Event Grid schema, `source` of CloudEvents. At
    /// thread level it is all in lower case.
    #[must_use]
    #[doc(alias = "topic")]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What the event is about, such as `thread/19:…@thread.v2/sender/8:acs:…`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// When the event happened.
    #[must_use]
    pub fn time(&self) -> OffsetDateTime {
        self.time
    }

    /// The thread it happened in, also of events of types that this version of the library does not
    /// know. It is all that [`WatchHandle::ring_thread`](crate::watch::WatchHandle::ring_thread)
    /// needs.
    #[must_use]
    pub fn thread_id(&self) -> Option<&ChatThreadId> {
        self.thread_id.as_ref()
    }

    /// What the event tells.
    #[must_use]
    pub fn data(&self) -> &ChatEventData {
        &self.data
    }

    /// What the event tells, by value.
    #[must_use]
    pub fn into_data(self) -> ChatEventData {
        self.data
    }

    /// The data as it was received, with fields this version of the library does not know.
    #[must_use]
    pub fn raw_data(&self) -> &Value {
        &self.raw.0
    }
}

impl From<Envelope> for Event {
    fn from(envelope: Envelope) -> Self {
        Self {
            thread_id: envelope.data["threadId"].as_str().map(Into::into),
            data: ChatEventData::read(&envelope.event_type, &envelope.data),
            id: envelope.id,
            event_type: envelope.event_type,
            source: envelope.source,
            subject: envelope.subject,
            time: envelope.time.into(),
            raw: Sensitive(envelope.data),
        }
    }
}

/// The body of a delivery is not what Event Grid sends.
///
/// ```
/// use chat::event_grid::Event;
///
/// let error = Event::read_all(b"<html>").unwrap_err();
/// assert_eq!(error.to_string(), "the body is neither an event nor an array of events");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the body is neither an event nor an array of events")]
pub struct ReadEventsError(#[source] serde_json::Error);
