//! A store made of rows.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::store::identifier::RawId;
use crate::store::ids::{IdSource, ThreadId};
use crate::store::limits::{Capacity, Limits};
use crate::store::thread::Activity;
use crate::store::timestamp::Timestamp;
use crate::store::{Clock, Store};

use super::message::MessageRow;
use super::thread::{ActivityRow, CreatedRow, ThreadRow};
use super::user::UserRow;
use super::{ResourceId, Table, UnreadableRow, two_of_key};

/// What belongs to no user and no thread.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TotalsRow {
    bytes: usize,
    last_activity_at: i64,
    last_activity_ordinal: u64,
}

impl Store {
    pub(super) fn totals(&self) -> TotalsRow {
        TotalsRow {
            bytes: self.bytes,
            last_activity_at: self.last_activity.at.millis(),
            last_activity_ordinal: self.last_activity.ordinal,
        }
    }
}

/// A store on its way: it takes rows, table by table in the order of [`Table::ALL`].
#[derive(Debug)]
pub(crate) struct Loading {
    store: Store,
}

impl Loading {
    pub(crate) fn new(
        resource: ResourceId,
        clock: Arc<dyn Clock>,
        ids: Box<dyn IdSource>,
        limits: Limits,
        capacity: Capacity,
    ) -> Self {
        let mut store = Store::new(clock, ids, limits, capacity);
        store.resource = resource.0;
        Self { store }
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
            Table::Activities => self.activity(key, value),
            Table::Messages => self.message(key, value),
            Table::Created => self.created(key, value),
            Table::Totals => self.totals(value),
        };
        read.ok_or(UnreadableRow(table))
    }

    /// The store, once it has all rows.
    pub(crate) fn finish(self) -> Store {
        let mut store = self.store;
        for (id, thread) in &store.threads {
            for member in thread.members.keys() {
                if let Some(user) = store.users.get_mut(member) {
                    user.threads.insert(thread.activity, id.clone());
                }
            }
        }
        store
    }

    fn user(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let row: UserRow = json(value)?;
        self.store.users.insert(raw_id(key)?, row.into());
        Some(())
    }

    fn thread(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let id = thread_id(key)?;
        let thread = json::<ThreadRow>(value)?.thread(id.clone())?;
        self.store.threads.insert(id, thread);
        Some(())
    }

    fn activity(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let thread = self.store.threads.get_mut(&thread_id(key)?)?;
        json::<ActivityRow>(value)?.apply(thread);
        Some(())
    }

    fn message(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let (thread, sequence) = two_of_key(key)?;
        let sequence = u64::from_be_bytes(sequence.try_into().ok()?);
        let thread = self.store.threads.get_mut(&ThreadId::parse(thread)?)?;
        thread.put_back(json::<MessageRow>(value)?.message(sequence)?);
        Some(())
    }

    fn created(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let (user, id) = two_of_key(key)?;
        let key = (
            RawId::parse(user).ok()?,
            String::from_utf8(id.to_vec()).ok()?,
        );
        let created = json::<CreatedRow>(value)?.created()?;
        self.store.created.insert(key, Arc::new(created));
        Some(())
    }

    fn totals(&mut self, value: &[u8]) -> Option<()> {
        let row: TotalsRow = json(value)?;
        self.store.bytes = row.bytes;
        self.store.last_activity = Activity {
            at: Timestamp::from_millis(row.last_activity_at),
            ordinal: row.last_activity_ordinal,
        };
        Some(())
    }
}

fn json<T: DeserializeOwned>(value: &[u8]) -> Option<T> {
    serde_json::from_slice(value).ok()
}

fn raw_id(key: &[u8]) -> Option<RawId> {
    RawId::parse(std::str::from_utf8(key).ok()?).ok()
}

fn thread_id(key: &[u8]) -> Option<ThreadId> {
    ThreadId::parse(std::str::from_utf8(key).ok()?)
}
