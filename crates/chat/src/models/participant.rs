//! Participants, and those that could not be added.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;

use chat_rest::chat::types;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{ChatError, CommunicationIdentifier};

/// Someone who takes part in a thread, or is to.
///
/// ```
/// use chat::models::{ChatParticipant, CommunicationUserIdentifier};
///
/// let bob = ChatParticipant::new(CommunicationUserIdentifier::new("8:acs:resource_bob"))
///     .with_display_name("Bob")
///     .with_metadata([("team", "support")]);
/// assert_eq!(bob.display_name(), Some("Bob"));
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "types::ChatParticipant", into = "types::ChatParticipant")]
pub struct ChatParticipant {
    pub(crate) identifier: CommunicationIdentifier,
    pub(crate) display_name: Option<String>,
    pub(crate) share_history_time: Option<OffsetDateTime>,
    pub(crate) metadata: BTreeMap<String, String>,
}

impl ChatParticipant {
    /// A participant without a name who sees the whole history.
    #[must_use]
    pub fn new(identifier: impl Into<CommunicationIdentifier>) -> Self {
        Self {
            identifier: identifier.into(),
            display_name: None,
            share_history_time: None,
            metadata: BTreeMap::new(),
        }
    }

    /// Sets the name others are shown.
    #[must_use]
    pub fn with_display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// Sets from when on the participant sees messages.
    #[must_use]
    pub fn with_share_history_time(mut self, time: OffsetDateTime) -> Self {
        self.share_history_time = Some(time);
        self
    }

    /// Adds metadata. The service takes about 1 KB in all.
    #[must_use]
    pub fn with_metadata<K: Into<String>, V: Into<String>>(
        mut self,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.metadata
            .extend(entries.into_iter().map(|(k, v)| (k.into(), v.into())));
        self
    }

    /// Who it is. [`Unknown`](CommunicationIdentifier::Unknown) and empty where the service names
    /// nobody.
    #[must_use]
    pub fn identifier(&self) -> &CommunicationIdentifier {
        &self.identifier
    }

    /// Who it is, by value.
    #[must_use]
    pub fn into_identifier(self) -> CommunicationIdentifier {
        self.identifier
    }

    /// The name others are shown.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.display_name.as_deref()
    }

    /// From when on the participant sees messages; from the beginning when it is not set.
    #[must_use]
    pub fn share_history_time(&self) -> Option<OffsetDateTime> {
        self.share_history_time
    }

    /// The metadata that programs have given the participant.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// For printing: `Debug` of what this gives shows the texts that `Debug` of the model leaves out
    /// because they do not belong in logs.
    #[must_use]
    pub fn revealed(&self) -> impl std::fmt::Debug {
        types::ChatParticipant::from(self.clone())
    }
}

impl fmt::Debug for ChatParticipant {
    /// Shows who it is, and not what people wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatParticipant")
            .field("identifier", &self.identifier)
            .field("share_history_time", &self.share_history_time)
            .finish_non_exhaustive()
    }
}

impl<T: Into<CommunicationIdentifier>> From<T> for ChatParticipant {
    fn from(identifier: T) -> Self {
        Self::new(identifier)
    }
}

impl From<&ChatParticipant> for ChatParticipant {
    fn from(participant: &ChatParticipant) -> Self {
        participant.clone()
    }
}

impl From<FailedParticipant> for ChatParticipant {
    fn from(failed: FailedParticipant) -> Self {
        failed.participant
    }
}

impl From<&FailedParticipant> for ChatParticipant {
    fn from(failed: &FailedParticipant) -> Self {
        failed.participant.clone()
    }
}

/// A participant that could not be added, as it was given, and why.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, identity, bob, .. }: Scene) -> Done {
/// identity.delete_user(&bob).await?;
///
/// let created = client.create_chat_thread("Lunch").participant(&bob).await?;
/// let failed = &created.failed_participants()[0];
/// assert_eq!(failed.participant().identifier().raw_id(), bob.raw_id());
/// assert!(!failed.is_retryable());
/// println!("{}: {:?}", failed.error().code(), failed.error().message());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FailedParticipant {
    participant: ChatParticipant,
    error: ChatError,
    retryable: bool,
}

impl FailedParticipant {
    fn new(participant: ChatParticipant, error: ChatError) -> Self {
        Self {
            retryable: error.is_retryable(),
            participant,
            error,
        }
    }

    /// One who was not added since the whole request failed, for this reason.
    pub(crate) fn of_request(
        participant: ChatParticipant,
        code: String,
        message: String,
        retryable: bool,
    ) -> Self {
        Self {
            participant,
            error: ChatError::new(code, message),
            retryable,
        }
    }

    /// The participant as it was given.
    #[must_use]
    pub fn participant(&self) -> &ChatParticipant {
        &self.participant
    }

    /// The participant as it was given, by value.
    #[must_use]
    pub fn into_participant(self) -> ChatParticipant {
        self.participant
    }

    /// Why it could not be added; the code is an HTTP status as text.
    #[must_use]
    pub fn error(&self) -> &ChatError {
        &self.error
    }

    /// Whether the error is transient: adding the participant may succeed a little later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }
}

impl fmt::Display for FailedParticipant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} could not be added: {}",
            self.participant.identifier, self.error
        )
    }
}

/// What adding participants gave: everyone is in but those that failed.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, identity, .. }: Scene) -> Done {
/// let carol = identity.create_user().await?;
/// let added = thread.add_participants([carol]).await?;
/// let again: Vec<_> = added.retryable_participants().collect();
/// if !again.is_empty() {
///     let added = thread.add_participants(again).await?;
///     println!("everyone is in: {}", added.is_complete());
/// }
/// assert!(added.failed_participants().is_empty());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "it says which participants could not be added"]
pub struct AddChatParticipantsResult {
    pub(crate) failed_participants: Vec<FailedParticipant>,
    pub(crate) unmatched_errors: Vec<ChatError>,
}

impl AddChatParticipantsResult {
    /// The participants that could not be added, by value.
    #[must_use]
    pub fn into_failed_participants(self) -> Vec<FailedParticipant> {
        self.failed_participants
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
}

/// How far adding participants has come before it failed.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, identity, .. }: Scene) -> Done {
/// let carol = identity.create_user().await?;
/// let error = thread.add_participants([carol, "malformed".into()]).await.unwrap_err();
/// let unfinished = error.unfinished_add().expect("it says how far it came");
/// assert!(unfinished.added().is_complete()); // No request came before the one that failed.
/// assert_eq!(unfinished.remaining().len(), 2);
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct UnfinishedAdd {
    pub(crate) added: AddChatParticipantsResult,
    pub(crate) remaining: Vec<ChatParticipant>,
}

impl UnfinishedAdd {
    /// What the requests before the one that failed gave.
    pub fn added(&self) -> &AddChatParticipantsResult {
        &self.added
    }

    /// Those of the request that failed and of the ones that were not made, as they were given.
    /// Adding them again does no harm: who is there already is left as they are.
    #[must_use]
    pub fn remaining(&self) -> &[ChatParticipant] {
        &self.remaining
    }
}

/// Those who failed for a reason that passes.
pub(super) fn retryable(
    failed: &[FailedParticipant],
) -> impl Iterator<Item = ChatParticipant> + '_ {
    failed
        .iter()
        .filter(|failed| failed.is_retryable())
        .map(|failed| failed.participant().clone())
}

/// Finds for each error the participant it is about, by raw id. Errors that are about nobody who
/// was given, or about someone once more than they were given, come back as they are.
pub(crate) fn match_failures(
    given: Vec<ChatParticipant>,
    errors: Vec<ChatError>,
) -> (Vec<FailedParticipant>, Vec<ChatError>) {
    if errors.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut by_raw_id: HashMap<String, VecDeque<ChatParticipant>> = HashMap::new();
    for participant in given {
        let raw_id = participant.identifier.raw_id().to_owned();
        by_raw_id.entry(raw_id).or_default().push_back(participant);
    }
    let mut failed = Vec::with_capacity(errors.len());
    let mut unmatched = Vec::new();
    for error in errors {
        let participant = error
            .target()
            .and_then(|target| by_raw_id.get_mut(target))
            .and_then(VecDeque::pop_front);
        match participant {
            Some(participant) => failed.push(FailedParticipant::new(participant, error)),
            None => unmatched.push(error),
        }
    }
    (failed, unmatched)
}

#[cfg(test)]
mod tests;
