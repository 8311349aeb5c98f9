//! The state of the service and the rules by which it changes: no HTTP, no waiting, and no time or ids
//! but those that are injected.

mod access;
mod clock;
pub(crate) mod identifier;
mod ids;
pub(crate) mod limits;
mod message;
mod messages;
mod metadata;
mod overview;
mod participants;
mod refusal;
mod saved;
mod signals;
mod snapshot;
#[cfg(test)]
mod tests;
mod thread;
mod thread_list;
mod threads;
pub(crate) mod timestamp;
mod users;

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::store::identifier::RawId;
use crate::store::limits::{Capacity, Limits};
use crate::store::timestamp::Timestamp;

pub(crate) use access::{Caller, Grant, Scope};
pub(crate) use clock::{Clock, MovableClock};
pub(crate) use ids::{IdSource, MessageId, RandomIds, ThreadId};
pub(crate) use message::{ContentType, Message, MessageBody, UserMessage};
pub(crate) use messages::{ListMessages, MessageChange};
pub(crate) use metadata::{Metadata, MetadataPatch};
pub(crate) use overview::ThreadOverview;
pub(crate) use participants::{Failure, FailureReason};
pub(crate) use refusal::Refusal;
pub(crate) use saved::{Change, Loading, ResourceId, RowChange, Table, UnreadableRow};
pub(crate) use snapshot::OtherResource;
pub use snapshot::{ForeignSnapshot, Snapshot};
pub(crate) use thread::{Activity, Participant, ReadReceipt, RetentionPolicy, ThreadProperties};
pub(crate) use thread_list::{ListThreads, ListedThreads, ThreadItem};
pub(crate) use threads::{CreatedThread, NewThread, ThreadChange};

use access::Permission;
use saved::{Changes, Mark};
use thread::Thread;
use users::User;

#[cfg(test)]
pub(crate) use clock::ManualClock;
#[cfg(test)]
pub(crate) use ids::SequentialIds;

/// What an entity is taken to cost beside its texts, in bytes.
const OVERHEAD: usize = 256;

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
    ids: Box<dyn IdSource>,
    limits: Limits,
    capacity: Capacity,
    resource: Uuid,
    users: HashMap<RawId, User>,
    threads: HashMap<ThreadId, Thread>,
    /// What was answered to a create with a repeatability id, by caller and id.
    created: HashMap<(RawId, String), Arc<CreatedThread>>,
    last_activity: Activity,
    bytes: usize,
    changes: Changes,
}

impl Store {
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
            last_activity: Activity {
                at: Timestamp::EPOCH,
                ordinal: 0,
            },
            bytes: 0,
            changes: Changes::default(),
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

    /// The thread `id`, open to `caller` for `permission`.
    fn thread(
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
        thread.member(&caller.user)?;
        Ok(thread)
    }

    /// As [`Self::thread`], to change it. Callers have checked everything else that can go wrong.
    fn thread_mut(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        permission: Permission,
    ) -> Result<&mut Thread, Refusal> {
        self.thread(caller, id, permission)?;
        self.threads.get_mut(id).ok_or(Refusal::ThreadNotFound)
    }

    /// Adds a message to a thread and moves the thread to the top of its participants' lists.
    fn append(&mut self, id: &ThreadId, body: MessageBody) -> Result<MessageId, Refusal> {
        let now = self.now();
        let thread = self.threads.get_mut(id).ok_or(Refusal::ThreadNotFound)?;
        let message = thread.append(now, body);
        let received_on = message.created_on();
        thread.last_message_received_on = Some(received_on);
        self.bytes += OVERHEAD;
        self.touch(id, received_on);
        self.mark(|| Mark::Message(id.clone(), Arc::clone(&message)));
        Ok(message.id)
    }

    /// Something happens at `at`, or when something happened last if that is later.
    fn next_activity(&mut self, at: Timestamp) -> Activity {
        self.last_activity = Activity {
            at: at.max(self.last_activity.at),
            ordinal: self.last_activity.ordinal + 1,
        };
        self.last_activity
    }

    /// Moves a thread to the top of the lists of its participants: something happened in it at `at`.
    fn touch(&mut self, id: &ThreadId, at: Timestamp) {
        let activity = self.next_activity(at);
        let Some(thread) = self.threads.get_mut(id) else {
            return;
        };
        let old = std::mem::replace(&mut thread.activity, activity);
        for member in thread.members.keys() {
            if let Some(user) = self.users.get_mut(member) {
                user.threads.remove(&old);
                user.threads.insert(activity, id.clone());
            }
        }
        self.mark(|| Mark::Activity(id.clone()));
    }

    /// Refuses what would make the store hold more than its capacity.
    fn reserve(&self, bytes: usize) -> Result<(), Refusal> {
        within(
            "bytes",
            self.bytes.saturating_add(bytes + OVERHEAD),
            self.capacity.bytes,
        )
    }

    fn check_metadata(&self, what: &'static str, metadata: &Metadata) -> Result<(), Refusal> {
        at_most(what, metadata::size(metadata), self.limits.metadata)
    }

    fn check_retention(&self, policy: Option<RetentionPolicy>) -> Result<(), Refusal> {
        match policy {
            Some(RetentionPolicy::ThreadCreationDate { days }) => {
                let range = &self.limits.retention_days;
                in_range("deleteThreadAfterDays", days, range)
            }
            Some(RetentionPolicy::None) | None => Ok(()),
        }
    }
}

fn at_most(what: &'static str, value: usize, limit: usize) -> Result<(), Refusal> {
    if value > limit {
        Err(Refusal::TooMuch { what, limit })
    } else {
        Ok(())
    }
}

fn within(what: &'static str, value: usize, limit: usize) -> Result<(), Refusal> {
    if value > limit {
        Err(Refusal::Full { what, limit })
    } else {
        Ok(())
    }
}

fn in_range(
    what: &'static str,
    value: u32,
    range: &std::ops::RangeInclusive<u32>,
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
