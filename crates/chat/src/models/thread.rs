//! Threads, and what creating one gives.

use std::collections::BTreeMap;

use chat_rest::chat::types;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::participant::retryable;
use super::{
    ChatError, ChatParticipant, ChatRetentionPolicy, ChatThreadId, CommunicationIdentifier,
    FailedParticipant, IdempotencyToken, Sensitive,
};

/// A thread as the list of threads shows it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, thread, .. }: Scene) -> Done {
/// let mut threads = client.list_chat_threads().into_stream();
/// while let Some(item) = threads.try_next().await? {
///     println!("{} at {:?}", item.topic(), item.last_message_received_on());
///     assert_eq!(client.chat_thread_client(item.id()).thread_id(), thread.thread_id());
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "types::ChatThreadItem", into = "types::ChatThreadItem")]
pub struct ChatThreadItem {
    pub(crate) id: ChatThreadId,
    pub(crate) topic: Sensitive<String>,
    pub(crate) deleted_on: Option<OffsetDateTime>,
    pub(crate) last_message_received_on: Option<OffsetDateTime>,
}

impl ChatThreadItem {
    /// For printing: `Debug` of what this gives shows the texts that `Debug` of the model leaves out
    /// because they do not belong in logs.
    #[must_use]
    pub fn revealed(&self) -> impl std::fmt::Debug {
        types::ChatThreadItem::from(self.clone())
    }

    /// The id of the thread.
    #[must_use]
    pub fn id(&self) -> &ChatThreadId {
        &self.id
    }

    /// The topic.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// When the thread was deleted. Deleted threads stay listed.
    #[must_use]
    pub fn deleted_on(&self) -> Option<OffsetDateTime> {
        self.deleted_on
    }

    /// When the newest message arrived; a thread that is new may lack it.
    #[must_use]
    pub fn last_message_received_on(&self) -> Option<OffsetDateTime> {
        self.last_message_received_on
    }
}

/// A thread.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, alice, .. }: Scene) -> Done {
/// let properties = thread.properties().await?;
/// assert_eq!(properties.topic(), "Lunch");
/// assert_eq!(properties.created_by(), Some(&alice.into()));
/// assert!(properties.deleted_on().is_none());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    from = "types::ChatThreadProperties",
    into = "types::ChatThreadProperties"
)]
pub struct ChatThreadProperties {
    pub(crate) id: ChatThreadId,
    pub(crate) topic: Sensitive<String>,
    pub(crate) created_on: OffsetDateTime,
    pub(crate) created_by: Option<CommunicationIdentifier>,
    pub(crate) deleted_on: Option<OffsetDateTime>,
    pub(crate) metadata: Sensitive<BTreeMap<String, String>>,
    pub(crate) retention_policy: Option<ChatRetentionPolicy>,
}

impl ChatThreadProperties {
    /// For printing: `Debug` of what this gives shows the texts that `Debug` of the model leaves out
    /// because they do not belong in logs.
    #[must_use]
    pub fn revealed(&self) -> impl std::fmt::Debug {
        types::ChatThreadProperties::from(self.clone())
    }

    /// The id of the thread.
    #[must_use]
    pub fn id(&self) -> &ChatThreadId {
        &self.id
    }

    /// The topic.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// When the thread was created, to the second.
    #[must_use]
    pub fn created_on(&self) -> OffsetDateTime {
        self.created_on
    }

    /// Who created the thread.
    #[must_use]
    pub fn created_by(&self) -> Option<&CommunicationIdentifier> {
        self.created_by.as_ref()
    }

    /// When the thread was deleted.
    #[must_use]
    pub fn deleted_on(&self) -> Option<OffsetDateTime> {
        self.deleted_on
    }

    /// The metadata that programs have given the thread; empty where there is nothing.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// When the service deletes the thread by itself. Missing where the service said nothing.
    #[must_use]
    pub fn retention_policy(&self) -> Option<&ChatRetentionPolicy> {
        self.retention_policy.as_ref()
    }
}

/// A thread that was created, and the participants that could not be added to it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, bob, .. }: Scene) -> Done {
/// let created = client.create_chat_thread("Lunch").participant(&bob).await?;
/// for failed in created.failed_participants() {
///     eprintln!("{failed}");
/// }
/// assert!(created.is_complete());
/// let thread = client.chat_thread_client(created.chat_thread().id());
/// # thread.send_message("Pizza?").await?;
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it says which participants could not be added"]
pub struct CreateChatThreadResult {
    pub(crate) chat_thread: ChatThreadProperties,
    pub(crate) failed_participants: Vec<FailedParticipant>,
    pub(crate) unmatched_errors: Vec<ChatError>,
    pub(crate) idempotency_token: IdempotencyToken,
}

impl CreateChatThreadResult {
    /// The thread, by value.
    #[must_use]
    pub fn into_chat_thread(self) -> ChatThreadProperties {
        self.chat_thread
    }

    /// The participants that could not be added, by value.
    #[must_use]
    pub fn into_failed_participants(self) -> Vec<FailedParticipant> {
        self.failed_participants
    }

    /// The thread.
    #[must_use]
    pub fn chat_thread(&self) -> &ChatThreadProperties {
        &self.chat_thread
    }

    /// The participants that could not be added, each as it was given and with its error.
    #[must_use]
    pub fn failed_participants(&self) -> &[FailedParticipant] {
        &self.failed_participants
    }

    /// Errors about participants that match none of those that were given.
    #[must_use]
    pub fn unmatched_errors(&self) -> &[ChatError] {
        &self.unmatched_errors
    }

    /// The participants that failed with a transient error, ready for
    /// [`add_participants`](crate::ChatThreadClient::add_participants).
    pub fn retryable_participants(&self) -> impl Iterator<Item = ChatParticipant> + '_ {
        retryable(&self.failed_participants)
    }

    /// Whether everyone was added.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed_participants.is_empty() && self.unmatched_errors.is_empty()
    }

    /// The token this thread was created with: the same again gives the same thread.
    #[must_use]
    pub fn idempotency_token(&self) -> &IdempotencyToken {
        &self.idempotency_token
    }
}
