//! A thread: its participants, and its messages in the order of their sequence ids.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::store::identifier::RawId;
use crate::store::timestamp::{Timestamp, millis, optional_millis};

use super::ids::{MessageId, ThreadId};
use super::message::{Message, MessageBody};
use super::metadata::Metadata;
use super::participant::{FormerMember, Member, Participant};
use super::refusal::Refusal;
use super::thread_activity::Activity;

/// When a thread deletes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RetentionPolicy {
    None,
    /// So many days after the thread was created.
    ThreadCreationDate {
        days: u32,
    },
}

/// What somebody sees of the messages of a thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// Messages created from here on.
    since: Timestamp,
    /// Only sequence ids up to this one.
    last_sequence: u64,
}

impl View {
    pub(super) fn shows(&self, message: &Message) -> bool {
        message.created_on() >= self.since && message.sequence <= self.last_sequence
    }
}

/// What a caller sees of a thread itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ThreadProperties {
    pub(crate) id: ThreadId,
    pub(crate) topic: String,
    #[serde(with = "millis")]
    pub(crate) created_on: Timestamp,
    pub(crate) created_by: RawId,
    #[serde(
        default,
        with = "optional_millis",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) deleted_on: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    pub(crate) metadata: Metadata,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retention: Option<RetentionPolicy>,
}

/// What changes in a thread with each message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(super) activity: Activity,
    #[serde(with = "millis")]
    pub(super) last_message_received_on: Timestamp,
    /// The last sequence id that was given, also when its message is gone.
    last_sequence: u64,
    /// The last id or version that was given.
    last_tick: i64,
}

impl Progress {
    pub(super) fn last_sequence(&self) -> u64 {
        self.last_sequence
    }

    /// The last id or version that was given.
    pub(super) fn last_tick(&self) -> i64 {
        self.last_tick
    }

    /// Gives no sequence id up to `sequence` any more, and no id and no version up to `tick`.
    pub(super) fn go_on_after(&mut self, sequence: u64, tick: i64) {
        self.last_sequence = self.last_sequence.max(sequence);
        self.last_tick = self.last_tick.max(tick);
    }
}

/// A thread. Its row has neither the messages nor the progress, which have rows of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Thread {
    pub(super) properties: ThreadProperties,
    pub(super) members: IndexMap<RawId, Member>,
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    pub(super) former: HashMap<RawId, FormerMember>,
    #[serde(skip)]
    pub(super) progress: Progress,
    /// When participants last said that they type.
    #[serde(skip)]
    pub(super) typing: HashMap<RawId, Timestamp>,
    #[serde(skip)]
    by_sequence: BTreeMap<u64, Arc<Message>>,
    #[serde(skip)]
    by_id: HashMap<MessageId, u64>,
    /// The last message that something with this id has come with.
    #[serde(skip)]
    by_attachment: HashMap<String, MessageId>,
}

impl Thread {
    pub(super) fn new(properties: ThreadProperties, activity: Activity) -> Self {
        let progress = Progress {
            activity,
            last_message_received_on: properties.created_on,
            ..Progress::default()
        };
        Self {
            properties,
            members: IndexMap::new(),
            former: HashMap::new(),
            progress,
            typing: HashMap::new(),
            by_sequence: BTreeMap::new(),
            by_id: HashMap::new(),
            by_attachment: HashMap::new(),
        }
    }

    /// Whether both have the same row.
    pub(super) fn has_row_of(&self, other: &Self) -> bool {
        // The order of the participants is that of their list.
        self.properties == other.properties
            && self.members.iter().eq(other.members.iter())
            && self.former == other.former
    }

    /// When the thread was deleted, by a caller or by its own retention policy.
    pub(super) fn deleted_on(&self, now: Timestamp) -> Option<Timestamp> {
        let expired_on = self.expires_on().filter(|expiry| *expiry <= now);
        self.properties.deleted_on.or(expired_on)
    }

    /// When the retention policy deletes the thread.
    pub(super) fn expires_on(&self) -> Option<Timestamp> {
        match self.properties.retention {
            Some(RetentionPolicy::ThreadCreationDate { days }) => {
                let age = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
                Some(self.properties.created_on.plus(age))
            }
            Some(RetentionPolicy::None) | None => None,
        }
    }

    pub(super) fn member(&self, user: &RawId) -> Result<&Member, Refusal> {
        self.members.get(user).ok_or(Refusal::NotParticipant)
    }

    /// Those who take part, in the order in which they came.
    pub(super) fn participants(&self) -> impl Iterator<Item = &Participant> {
        self.members.values().map(|member| &member.participant)
    }

    /// What `user` sees, who takes part or has done so.
    pub(super) fn view(&self, user: &RawId) -> Result<View, Refusal> {
        if let Some(member) = self.members.get(user) {
            return Ok(View {
                since: member.participant.share_history_time,
                last_sequence: u64::MAX,
            });
        }
        let former = self.former.get(user).ok_or(Refusal::NotParticipant)?;
        Ok(View {
            since: former.share_history_time,
            last_sequence: former.last_sequence,
        })
    }

    /// Where the thread stands in the list of a user who takes part or has done so, and since when.
    pub(super) fn listed_for(&self, user: &RawId) -> Option<(Activity, Timestamp)> {
        let member = self.members.get(user);
        let former = || self.former.get(user);
        member
            .map(|member| (self.progress.activity, member.added_on))
            .or_else(|| former().map(|former| (former.activity, former.added_on)))
    }

    pub(super) fn message_count(&self) -> usize {
        self.by_sequence.len()
    }

    /// Adds a message at the top. Its id is the time, unless it has one.
    pub(super) fn append(
        &mut self,
        now: Timestamp,
        id: Option<MessageId>,
        body: MessageBody,
    ) -> Arc<Message> {
        let tick = self.tick(now);
        let message = Arc::new(Message {
            id: id.unwrap_or(MessageId(tick)),
            sequence: self.next_sequence(),
            version: tick,
            edited_on: None,
            deleted_on: None,
            body,
        });
        self.insert(Arc::clone(&message));
        message
    }

    /// Puts a changed message at the top: its old sequence id is gone for good.
    pub(super) fn replace(
        &mut self,
        now: Timestamp,
        old: &Message,
        change: impl FnOnce(&mut Message, Timestamp),
    ) -> Arc<Message> {
        let mut message = old.clone();
        message.version = self.tick(now);
        message.sequence = self.next_sequence();
        let changed_on = Timestamp::from_millis(message.version);
        change(&mut message, changed_on);
        self.by_sequence.remove(&old.sequence);
        let message = Arc::new(message);
        self.insert(Arc::clone(&message));
        message
    }

    /// Puts a message where it was in an earlier life.
    pub(super) fn put_back(&mut self, message: Message) {
        self.progress.go_on_after(message.sequence, message.version);
        self.insert(Arc::new(message));
    }

    /// Removes the messages that `go`.
    pub(super) fn remove_messages(&mut self, go: impl Fn(&Message) -> bool) -> Vec<Arc<Message>> {
        let removed = self.messages().filter(|message| go(message));
        let removed: Vec<_> = removed.cloned().collect();
        for message in &removed {
            self.by_id.remove(&message.id);
            self.by_sequence.remove(&message.sequence);
        }
        self.by_id.shrink_to_fit();
        removed
    }

    /// Whether there is a message `id`, whoever may see it.
    pub(super) fn has_message(&self, id: MessageId) -> bool {
        self.by_id.contains_key(&id)
    }

    /// The message with which something with this id has come.
    pub(super) fn message_with(&self, attachment: &str) -> Option<MessageId> {
        self.by_attachment.get(attachment).copied()
    }

    /// All messages, oldest sequence id first.
    pub(super) fn messages(&self) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        self.by_sequence.values()
    }

    /// The message that has this sequence id now.
    pub(super) fn message_at(&self, sequence: u64) -> Option<&Arc<Message>> {
        self.by_sequence.get(&sequence)
    }

    fn insert(&mut self, message: Arc<Message>) {
        self.by_id.insert(message.id, message.sequence);
        for attachment in message.body.attachments() {
            self.by_attachment.insert(attachment.id.clone(), message.id);
        }
        self.by_sequence.insert(message.sequence, message);
    }

    /// The message `id`, as far as `view` shows it.
    pub(super) fn message(&self, id: MessageId, view: View) -> Result<Arc<Message>, Refusal> {
        let sequence = self.by_id.get(&id).ok_or(Refusal::MessageNotFound)?;
        self.message_at(*sequence)
            .filter(|message| view.shows(message))
            .cloned()
            .ok_or(Refusal::MessageNotFound)
    }

    /// Messages below `before`, newest first, as far as `view` shows them, down to the first one that
    /// last changed before `start`.
    pub(super) fn messages_below(
        &self,
        before: u64,
        start: Timestamp,
        view: View,
    ) -> impl Iterator<Item = &Arc<Message>> {
        // Versions grow with sequence ids, so whatever lies below the first older one is older too, and
        // nothing created before the history but changed since can hide behind it.
        let floor = start.max(view.since).millis();
        let end = before.min(view.last_sequence.saturating_add(1));
        self.by_sequence
            .range(..end)
            .rev()
            .map(|(_, message)| message)
            .take_while(move |message| message.version >= floor)
            .filter(move |message| view.shows(message))
    }

    fn next_sequence(&mut self) -> u64 {
        self.progress.last_sequence += 1;
        self.progress.last_sequence
    }

    /// The time in milliseconds, but never one that this thread has used: ids and versions are unique.
    fn tick(&mut self, now: Timestamp) -> i64 {
        self.progress.last_tick = now.millis().max(self.progress.last_tick + 1);
        self.progress.last_tick
    }
}
