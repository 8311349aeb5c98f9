//! A state made of rows.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::store::created::CreatedThread;
use crate::store::identifier::RawId;
use crate::store::ids::ThreadId;
use crate::store::machine::Totals;
use crate::store::message::Message;
use crate::store::snapshot::StoreState;
use crate::store::thread::{Progress, Thread};
use crate::store::user::User;

use super::row::{Table, UnreadableRow, two_of_key};

/// A state on its way: it takes rows, table by table in the order of [`Table::ALL`].
#[derive(Debug)]
pub(crate) struct Loading {
    state: StoreState,
}

impl Loading {
    /// Nothing is known yet of the resource.
    pub(crate) fn new(resource: Uuid) -> Self {
        Self {
            state: StoreState::empty(resource),
        }
    }

    /// Takes a row.
    pub(crate) fn row(
        &mut self,
        table: Table,
        key: &[u8],
        value: &[u8],
    ) -> Result<(), UnreadableRow> {
        let read = match table {
            Table::Users => self.user(key, value),
            Table::Threads => self.thread(key, value),
            Table::Progress => self.progress(key, value),
            Table::Messages => self.message(key, value),
            Table::Created => self.created(key, value),
            Table::Totals => self.totals(value),
        };
        read.ok_or(UnreadableRow(table))
    }

    /// The state, once it has all rows.
    pub(crate) fn finish(mut self) -> StoreState {
        self.state.list_threads();
        self.state
    }

    fn user(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let id = RawId::parse(std::str::from_utf8(key).ok()?).ok()?;
        let user: User = json(value)?;
        let known = is_count(user.next_serial);
        self.state.users.insert(id, user);
        known.then_some(())
    }

    fn thread(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let id = thread_id(key)?;
        let thread: Thread = json(value).filter(|thread: &Thread| thread.properties.id == id)?;
        self.state.threads.insert(id, thread);
        Some(())
    }

    fn progress(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let thread = self.state.threads.get_mut(&thread_id(key)?)?;
        let progress: Progress = json(value)?;
        let counts = [progress.last_sequence(), progress.activity.ordinal];
        thread.progress = progress;
        (counts.into_iter().all(is_count) && is_tick(progress.last_tick())).then_some(())
    }

    fn message(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let (thread, sequence) = two_of_key(key)?;
        let sequence = u64::from_be_bytes(sequence.try_into().ok()?);
        let thread = self.state.threads.get_mut(&ThreadId::parse(thread)?)?;
        let message: Message = json(value)?;
        if message.sequence != sequence || !is_count(sequence) || !is_tick(message.version) {
            return None;
        }
        thread.put_back(message);
        Some(())
    }

    fn created(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let (user, id) = two_of_key(key)?;
        let user = RawId::parse(user).ok()?;
        let id = String::from_utf8(id.to_vec()).ok()?;
        let created: CreatedThread = json(value)?;
        self.state.created.insert((user, id), Arc::new(created));
        Some(())
    }

    fn totals(&mut self, value: &[u8]) -> Option<()> {
        let totals: Totals = json(value)?;
        self.state.totals = totals;
        let bytes = u64::try_from(totals.bytes).ok()?;
        (is_count(bytes) && is_count(totals.last_activity.ordinal)).then_some(())
    }
}

/// Whether something can have been counted so far. From here there is far to go before it overflows.
fn is_count(count: u64) -> bool {
    count < 1 << 53
}

/// Whether it can be an id or a version of a message: a time, or somewhat later.
fn is_tick(tick: i64) -> bool {
    u64::try_from(tick).is_ok_and(is_count)
}

fn json<T: DeserializeOwned>(value: &[u8]) -> Option<T> {
    serde_json::from_slice(value).ok()
}

fn thread_id(key: &[u8]) -> Option<ThreadId> {
    ThreadId::parse(std::str::from_utf8(key).ok()?)
}
