//! The state itself, and the steps that commands are made of.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::identifier::RawId;
use crate::store::limits::{Capacity, Limits};
use crate::store::timestamp::Timestamp;

use super::access::{Caller, Permission};
use super::clock::Clock;
use super::created::CreatedThread;
use super::event::Events;
use super::ids::{IdSource, MessageId, ThreadId};
use super::marks::{Mark, Marks};
use super::message::{Message, MessageBody};
use super::metadata::{self, Metadata};
use super::refusal::Refusal;
use super::thread::{RetentionPolicy, Thread};
use super::thread_activity::Activity;
use super::user::User;

/// What an entity is taken to cost beside its texts, in bytes.
pub(super) const OVERHEAD: usize = 256;

/// Some of the items of a list, and where the next ones begin.
#[derive(Debug)]
pub(crate) struct Page<T, Position> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<Position>,
}

/// Everything the service knows.
#[derive(Debug)]
pub(crate) struct Store {
    clock: Arc<dyn Clock>,
    pub(super) ids: Box<dyn IdSource>,
    pub(super) limits: Limits,
    pub(super) capacity: Capacity,
    pub(super) resource: Uuid,
    pub(super) users: HashMap<RawId, User>,
    pub(super) threads: HashMap<ThreadId, Thread>,
    /// What was answered to a create with a repeatability id, by caller and id.
    pub(super) created: HashMap<(RawId, String), Arc<CreatedThread>>,
    pub(super) totals: Totals,
    pub(super) marks: Marks,
    /// Nothing where nobody listens, and then no event is made.
    pub(super) events: Option<Events>,
}

/// What belongs to no user and no thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Totals {
    pub(super) bytes: usize,
    pub(super) last_activity: Activity,
}

impl Store {
    /// A store of a new resource.
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        mut ids: Box<dyn IdSource>,
        limits: Limits,
        capacity: Capacity,
    ) -> Self {
        let resource = ids.next();
        Self {
            clock,
            ids,
            limits,
            capacity,
            resource,
            users: HashMap::new(),
            threads: HashMap::new(),
            created: HashMap::new(),
            totals: Totals::default(),
            marks: Marks::default(),
            events: None,
        }
    }

    /// The time by the store's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The GUID of the communication resource whose users these are.
    pub(crate) fn resource(&self) -> Uuid {
        self.resource
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The thread `id`, open to `caller`, who takes part in it, for `permission`.
    pub(super) fn thread(
        &self,
        caller: &Caller,
        id: &ThreadId,
        permission: Permission,
    ) -> Result<&Thread, Refusal> {
        let thread = self.live_thread(caller, id, permission)?;
        thread.member(&caller.user)?;
        Ok(thread)
    }

    /// The thread `id`, if it is there and the scopes of `caller` allow as much.
    pub(super) fn live_thread(
        &self,
        caller: &Caller,
        id: &ThreadId,
        permission: Permission,
    ) -> Result<&Thread, Refusal> {
        caller.require(permission)?;
        let thread = self.threads.get(id).ok_or(Refusal::ThreadNotFound)?;
        if thread.deleted_on(self.now()).is_some() {
            return Err(Refusal::ThreadNotFound);
        }
        Ok(thread)
    }

    /// As [`Self::thread`], to change it. Callers have checked everything else that can go wrong.
    pub(super) fn thread_mut(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        permission: Permission,
    ) -> Result<&mut Thread, Refusal> {
        self.thread(caller, id, permission)?;
        self.threads.get_mut(id).ok_or(Refusal::ThreadNotFound)
    }

    /// Adds a message to a thread and moves the thread to the top of its participants' lists.
    pub(super) fn append(
        &mut self,
        id: &ThreadId,
        body: MessageBody,
    ) -> Result<Arc<Message>, Refusal> {
        self.append_at(id, self.now(), None, body)
    }

    /// As [`Self::append`], at another time, and perhaps with an id that the message has already.
    pub(super) fn append_at(
        &mut self,
        id: &ThreadId,
        at: Timestamp,
        message_id: Option<MessageId>,
        body: MessageBody,
    ) -> Result<Arc<Message>, Refusal> {
        let thread = self.threads.get_mut(id).ok_or(Refusal::ThreadNotFound)?;
        let message = thread.append(at, message_id, body);
        let progress = &mut thread.progress;
        let received_on = progress.last_message_received_on.max(message.created_on());
        progress.last_message_received_on = received_on;
        self.totals.bytes += OVERHEAD;
        self.touch(id, received_on);
        self.marks
            .add(|| Mark::Message(id.clone(), message.sequence));
        Ok(message)
    }

    /// Something happens at `at`, or when something happened last if that is later.
    pub(super) fn next_activity(&mut self, at: Timestamp) -> Activity {
        let last = &mut self.totals.last_activity;
        *last = Activity {
            at: at.max(last.at),
            ordinal: last.ordinal + 1,
        };
        *last
    }

    /// Moves a thread to the top of the lists of its participants: something happened in it at `at`.
    pub(super) fn touch(&mut self, id: &ThreadId, at: Timestamp) {
        let activity = self.next_activity(at);
        let Some(thread) = self.threads.get_mut(id) else {
            return;
        };
        let old = std::mem::replace(&mut thread.progress.activity, activity);
        for member in thread.members.keys() {
            if let Some(user) = self.users.get_mut(member) {
                user.threads.remove(&old);
                user.threads.insert(activity, id.clone());
            }
        }
        self.marks.add(|| Mark::Progress(id.clone()));
    }

    /// Gives back the bytes of what is gone.
    pub(super) fn give_back(&mut self, bytes: usize) {
        self.totals.bytes = self.totals.bytes.saturating_sub(bytes);
    }

    /// Removes the messages of a thread that `go`, for good, and gives back what they took.
    pub(super) fn remove_messages(&mut self, id: &ThreadId, go: impl Fn(&Message) -> bool) {
        let Some(thread) = self.threads.get_mut(id) else {
            return;
        };
        let removed = thread.remove_messages(go);
        for message in &removed {
            self.marks
                .add(|| Mark::Message(id.clone(), message.sequence));
        }
        self.give_back(removed.iter().map(|message| size_of(&message.body)).sum());
    }

    /// Refuses what would make the store hold more than its capacity.
    pub(super) fn reserve(&self, bytes: usize) -> Result<(), Refusal> {
        within(
            "bytes",
            self.totals.bytes.saturating_add(bytes + OVERHEAD),
            self.capacity.bytes,
        )
    }

    pub(super) fn check_metadata(
        &self,
        what: &'static str,
        metadata: &Metadata,
    ) -> Result<(), Refusal> {
        at_most(what, metadata::size(metadata), self.limits.metadata)
    }

    pub(super) fn check_retention(&self, policy: Option<RetentionPolicy>) -> Result<(), Refusal> {
        match policy {
            Some(RetentionPolicy::ThreadCreationDate { days }) => {
                let range = &self.limits.retention_days;
                in_range("deleteThreadAfterDays", days, range)
            }
            Some(RetentionPolicy::None) | None => Ok(()),
        }
    }
}

/// What a message that goes altogether gives back.
pub(super) fn size_of(body: &MessageBody) -> usize {
    let name = match body {
        MessageBody::User(message) => message.sender_display_name.len(),
        _ => 0,
    };
    body.size() + name + OVERHEAD
}

pub(super) fn at_most(what: &'static str, value: usize, limit: usize) -> Result<(), Refusal> {
    if value > limit {
        Err(Refusal::TooMuch { what, limit })
    } else {
        Ok(())
    }
}

pub(super) fn within(what: &'static str, value: usize, limit: usize) -> Result<(), Refusal> {
    if value > limit {
        Err(Refusal::Full { what, limit })
    } else {
        Ok(())
    }
}

pub(super) fn in_range(
    what: &'static str,
    value: u32,
    range: &RangeInclusive<u32>,
) -> Result<(), Refusal> {
    if range.contains(&value) {
        Ok(())
    } else {
        Err(Refusal::OutOfRange {
            what,
            least: *range.start(),
            most: *range.end(),
        })
    }
}
