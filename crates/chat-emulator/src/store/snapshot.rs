//! The state as a whole: kept, and brought back.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use uuid::Uuid;

use crate::store::identifier::RawId;
use crate::store::limits::{Capacity, Limits};

use super::clock::Clock;
use super::created::CreatedThread;
use super::ids::{IdSource, ThreadId};
use super::machine::{Store, Totals};
use super::marks::Mark;
use super::message::Message;
use super::thread::Thread;
use super::user::User;

/// Everything that the store knew at one time. It is not cheap: all but the texts of messages is copied.
#[derive(Clone, Debug)]
pub(crate) struct StoreState {
    pub(super) resource: Uuid,
    pub(super) users: HashMap<RawId, User>,
    pub(super) threads: HashMap<ThreadId, Thread>,
    pub(super) created: HashMap<(RawId, String), Arc<CreatedThread>>,
    pub(super) totals: Totals,
}

/// The state is that of another resource, to which other users and tokens belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OtherResource;

impl StoreState {
    /// Nothing is known of the resource.
    pub(crate) fn empty(resource: Uuid) -> Self {
        Self {
            resource,
            users: HashMap::new(),
            threads: HashMap::new(),
            created: HashMap::new(),
            totals: Totals::default(),
        }
    }

    /// Gives all users their lists of threads, which follow from the threads.
    pub(super) fn list_threads(&mut self) {
        for (id, thread) in &self.threads {
            for user in thread.members.keys().chain(thread.former.keys()) {
                if let Some((activity, _)) = thread.listed_for(user)
                    && let Some(user) = self.users.get_mut(user)
                {
                    user.threads.insert(activity, id.clone());
                }
            }
        }
    }
}

impl Store {
    /// Goes on where another store was.
    pub(crate) fn continuing(
        state: StoreState,
        clock: Arc<dyn Clock>,
        ids: Box<dyn IdSource>,
        limits: Limits,
        capacity: Capacity,
    ) -> Self {
        let mut store = Self::new(clock, ids, limits, capacity);
        store.adopt(state);
        store
    }

    /// Knows what was known in `state`, and nothing else, and is of its resource from now on.
    pub(crate) fn adopt(&mut self, state: StoreState) {
        self.resource = state.resource;
        self.take_state(state);
    }

    /// Everything that is known.
    pub(crate) fn state(&self) -> StoreState {
        StoreState {
            resource: self.resource,
            users: self.users.clone(),
            threads: self.threads.clone(),
            created: self.created.clone(),
            totals: self.totals,
        }
    }

    /// Knows what was known in `state`, and nothing else.
    pub(crate) fn set_state(&mut self, state: &StoreState) -> Result<(), OtherResource> {
        if state.resource != self.resource {
            return Err(OtherResource);
        }
        if self.marks.are_kept() {
            self.mark_differences(state);
        }
        self.take_state(state.clone());
        self.marks.count_one();
        Ok(())
    }

    fn take_state(&mut self, state: StoreState) {
        let StoreState {
            resource: _,
            users,
            threads,
            created,
            totals,
        } = state;
        self.users = users;
        self.threads = threads;
        self.created = created;
        self.totals = totals;
        if self.events.is_some() {
            self.events = Some(self.no_events_yet());
        }
    }

    /// Notes what is not as in `state`, so that no more than that is written.
    fn mark_differences(&mut self, state: &StoreState) {
        let mut marks = Vec::new();
        for id in differences(&self.users, &state.users, User::has_row_of) {
            marks.push(Mark::User(id.clone()));
        }
        for (user, id) in differences(&self.created, &state.created, |old, new| old == new) {
            marks.push(Mark::Created(user.clone(), id.clone()));
        }
        for id in differences(&self.threads, &state.threads, Thread::has_row_of) {
            marks.push(Mark::Thread(id.clone()));
        }
        let same_progress = |old: &Thread, new: &Thread| old.progress == new.progress;
        for id in differences(&self.threads, &state.threads, same_progress) {
            marks.push(Mark::Progress(id.clone()));
        }
        // Of all threads.
        for id in differences(&self.threads, &state.threads, |_, _| false) {
            let (old, new) = (self.threads.get(id), state.threads.get(id));
            let unlike = |other: Option<&Thread>, message: &Arc<Message>| {
                let other = other.and_then(|other| other.message_at(message.sequence));
                !other.is_some_and(|other| Arc::ptr_eq(message, other))
            };
            let gone = messages(old).filter(|message| unlike(new, message));
            let come = messages(new).filter(|message| unlike(old, message));
            for message in gone.chain(come) {
                marks.push(Mark::Message(id.clone(), message.sequence));
            }
        }
        for mark in marks {
            self.marks.add(|| mark);
        }
    }
}

/// The keys of what is only in one of both, or not the same in both.
fn differences<'a, K: Hash + Eq, V>(
    old: &'a HashMap<K, V>,
    new: &'a HashMap<K, V>,
    same: impl Fn(&V, &V) -> bool + 'a,
) -> impl Iterator<Item = &'a K> {
    let changed =
        move |(key, value): &(&'a K, &'a V)| !new.get(*key).is_some_and(|other| same(value, other));
    let changed = old.iter().filter(changed).map(|(key, _)| key);
    changed.chain(new.keys().filter(|key| !old.contains_key(*key)))
}

fn messages(thread: Option<&Thread>) -> impl Iterator<Item = &Arc<Message>> {
    thread.into_iter().flat_map(Thread::messages)
}

/// The state of an emulator at one time. Copies of it are cheap.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) store: Arc<StoreState>,
    pub(crate) clock_offset_millis: i64,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

/// The snapshot is of another emulator, to which other users and tokens belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot is of another emulator")]
#[non_exhaustive]
pub struct ForeignSnapshot;
