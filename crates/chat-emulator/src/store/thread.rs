//! A thread: its participants, and its messages in the order of their sequence ids.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

use super::ids::{MessageId, ThreadId};
use super::message::{Message, MessageBody};
use super::metadata::Metadata;
use super::refusal::Refusal;

/// When a thread deletes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetentionPolicy {
    None,
    /// So many days after the thread was created.
    ThreadCreationDate {
        days: u32,
    },
}

/// Someone who takes part in a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Participant {
    pub(crate) id: RawId,
    pub(crate) display_name: Option<String>,
    /// The participant sees the messages created from here on.
    pub(crate) share_history_time: Timestamp,
    pub(crate) metadata: Metadata,
}

/// How far a participant has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadReceipt {
    pub(crate) sender: RawId,
    pub(crate) message: MessageId,
    pub(crate) read_on: Timestamp,
}

/// A participant with the last read receipt it sent.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) participant: Participant,
    pub(super) added_on: Timestamp,
    pub(super) receipt: Option<ReadReceipt>,
}

/// When something happened in a thread last, which is where the thread stands in the lists of its
/// participants. No two are the same, and a later one is always greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Activity {
    pub(crate) at: Timestamp,
    pub(crate) ordinal: u64,
}

/// What a caller sees of a thread itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThreadProperties {
    pub(crate) id: ThreadId,
    pub(crate) topic: String,
    pub(crate) created_on: Timestamp,
    pub(crate) created_by: RawId,
    pub(crate) deleted_on: Option<Timestamp>,
    pub(crate) metadata: Metadata,
    pub(crate) retention: Option<RetentionPolicy>,
}

#[derive(Clone, Debug)]
pub(super) struct Thread {
    pub(super) properties: ThreadProperties,
    pub(super) members: IndexMap<RawId, Member>,
    pub(super) last_message_received_on: Option<Timestamp>,
    pub(super) activity: Activity,
    by_sequence: BTreeMap<u64, Arc<Message>>,
    by_id: HashMap<MessageId, u64>,
    last_sequence: u64,
    last_tick: i64,
}

impl Thread {
    pub(super) fn new(properties: ThreadProperties, activity: Activity) -> Self {
        Self {
            properties,
            members: IndexMap::new(),
            last_message_received_on: None,
            activity,
            by_sequence: BTreeMap::new(),
            by_id: HashMap::new(),
            last_sequence: 0,
            last_tick: 0,
        }
    }

    /// When the thread was deleted, by a caller or by its own retention policy.
    pub(super) fn deleted_on(&self, now: Timestamp) -> Option<Timestamp> {
        let expiry = match self.properties.retention {
            Some(RetentionPolicy::ThreadCreationDate { days }) => {
                let age = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
                Some(self.properties.created_on.plus(age)).filter(|expiry| *expiry <= now)
            }
            Some(RetentionPolicy::None) | None => None,
        };
        self.properties.deleted_on.or(expiry)
    }

    pub(super) fn member(&self, user: &RawId) -> Result<&Member, Refusal> {
        self.members.get(user).ok_or(Refusal::NotParticipant)
    }

    pub(super) fn message_count(&self) -> usize {
        self.by_sequence.len()
    }

    /// Adds a message at the top.
    pub(super) fn append(&mut self, now: Timestamp, body: MessageBody) -> Arc<Message> {
        let tick = self.tick(now);
        let message = Arc::new(Message {
            id: MessageId(tick),
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
        self.last_sequence = self.last_sequence.max(message.sequence);
        self.last_tick = self.last_tick.max(message.version);
        self.insert(Arc::new(message));
    }

    /// All messages, oldest sequence id first.
    pub(super) fn messages(&self) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        self.by_sequence.values()
    }

    fn insert(&mut self, message: Arc<Message>) {
        self.by_id.insert(message.id, message.sequence);
        self.by_sequence.insert(message.sequence, message);
    }

    /// The message `id` if `member` may see it.
    pub(super) fn message(
        &self,
        id: MessageId,
        member: &Participant,
    ) -> Result<Arc<Message>, Refusal> {
        let sequence = self.by_id.get(&id).ok_or(Refusal::MessageNotFound)?;
        self.by_sequence
            .get(sequence)
            .filter(|message| message.created_on() >= member.share_history_time)
            .cloned()
            .ok_or(Refusal::MessageNotFound)
    }

    /// Messages below `before`, newest first, as far as `member` sees them, down to the first one that
    /// last changed before `start`.
    pub(super) fn messages_below(
        &self,
        before: u64,
        start: Timestamp,
        member: &Participant,
    ) -> impl Iterator<Item = &Arc<Message>> {
        let history = member.share_history_time;
        // Versions grow with sequence ids, so whatever lies below the first older one is older too, and
        // nothing created before `history` but changed since can hide behind it.
        let floor = start.max(history).millis();
        self.by_sequence
            .range(..before)
            .rev()
            .map(|(_, message)| message)
            .take_while(move |message| message.version >= floor)
            .filter(move |message| message.created_on() >= history)
    }

    fn next_sequence(&mut self) -> u64 {
        self.last_sequence += 1;
        self.last_sequence
    }

    /// The time in milliseconds, but never one that this thread has used: ids and versions are unique.
    fn tick(&mut self, now: Timestamp) -> i64 {
        self.last_tick = now.millis().max(self.last_tick + 1);
        self.last_tick
    }
}
