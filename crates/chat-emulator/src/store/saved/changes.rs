//! What has changed since somebody last asked.

use std::sync::Arc;

use serde::Serialize;

use crate::store::Store;
use crate::store::identifier::RawId;
use crate::store::ids::ThreadId;
use crate::store::message::Message;
use crate::store::snapshot::StoreState;
use crate::store::threads::CreatedThread;

use super::loading::TotalsRow;
use super::message::MessageRow;
use super::thread::{ActivityRow, CreatedRow, ThreadRow};
use super::user::UserRow;
use super::{RowChange, Table, key_of_two};

/// What has changed, by name; what it has become is looked up when somebody asks.
#[derive(Debug)]
pub(in crate::store) enum Mark {
    User(RawId),
    Thread(ThreadId),
    Activity(ThreadId),
    Message(ThreadId, Arc<Message>),
    /// The message of this sequence id now has another one.
    MessageGone(ThreadId, u64),
    Created(RawId, String, Arc<CreatedThread>),
    Everything,
}

/// The marks, if anybody ever asks for them.
#[derive(Debug, Default)]
pub(in crate::store) struct Changes(Option<Vec<Mark>>);

/// What something has become, to be written as rows by whoever has the time.
#[derive(Debug)]
pub(crate) struct Change(ChangeKind);

#[derive(Debug)]
enum ChangeKind {
    User(RawId, UserRow),
    Thread(ThreadId, ThreadRow),
    Activity(ThreadId, ActivityRow),
    Message(ThreadId, Arc<Message>),
    MessageGone(ThreadId, u64),
    Created(RawId, String, Arc<CreatedThread>),
    Everything(Box<StoreState>),
    Totals(TotalsRow),
}

impl Store {
    /// Notes all changes from now on, for [`Self::take_changes`].
    pub(crate) fn note_changes(&mut self) {
        self.changes.0.get_or_insert_default();
    }

    /// Notes a change, where that is of use.
    pub(in crate::store) fn mark(&mut self, mark: impl FnOnce() -> Mark) {
        if let Some(marks) = &mut self.changes.0 {
            marks.push(mark());
        }
    }

    /// What has changed since this was called last.
    pub(crate) fn take_changes(&mut self) -> Vec<Change> {
        let marks = match &mut self.changes.0 {
            Some(marks) if !marks.is_empty() => std::mem::take(marks),
            _ => return Vec::new(),
        };
        let mut changes: Vec<_> = marks
            .into_iter()
            .filter_map(|mark| self.change(mark))
            .collect();
        changes.push(ChangeKind::Totals(self.totals()));
        changes.into_iter().map(Change).collect()
    }

    /// What has become of it; nothing if everything was forgotten since.
    fn change(&self, mark: Mark) -> Option<ChangeKind> {
        Some(match mark {
            Mark::User(id) => {
                let row = self.users.get(&id)?.into();
                ChangeKind::User(id, row)
            }
            Mark::Thread(id) => {
                let row = self.threads.get(&id)?.into();
                ChangeKind::Thread(id, row)
            }
            Mark::Activity(id) => {
                let row = self.threads.get(&id)?.into();
                ChangeKind::Activity(id, row)
            }
            Mark::Message(thread, message) => ChangeKind::Message(thread, message),
            Mark::MessageGone(thread, sequence) => ChangeKind::MessageGone(thread, sequence),
            Mark::Created(user, id, created) => ChangeKind::Created(user, id, created),
            Mark::Everything => ChangeKind::Everything(Box::new(self.state())),
        })
    }
}

impl Change {
    /// What is to be done to the rows.
    pub(crate) fn rows<E>(
        &self,
        write: &mut impl FnMut(RowChange) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.0 {
            ChangeKind::User(id, row) => write(put(Table::Users, id.as_str(), row)),
            ChangeKind::Thread(id, row) => write(put(Table::Threads, id.as_str(), row)),
            ChangeKind::Activity(id, row) => write(put(Table::Activities, id.as_str(), row)),
            ChangeKind::Message(thread, message) => write(put_message(thread, message)),
            ChangeKind::MessageGone(thread, sequence) => write(RowChange::Delete(
                Table::Messages,
                message_key(thread, *sequence),
            )),
            ChangeKind::Created(user, id, created) => write(put_created(user, id, created)),
            ChangeKind::Totals(row) => write(put(Table::Totals, "", row)),
            ChangeKind::Everything(state) => everything(state, write),
        }
    }
}

fn everything<E>(
    state: &StoreState,
    write: &mut impl FnMut(RowChange) -> Result<(), E>,
) -> Result<(), E> {
    write(RowChange::Clear)?;
    for (id, user) in &state.users {
        write(put(Table::Users, id.as_str(), &UserRow::from(user)))?;
    }
    for (id, thread) in &state.threads {
        write(put(Table::Threads, id.as_str(), &ThreadRow::from(thread)))?;
        write(put(
            Table::Activities,
            id.as_str(),
            &ActivityRow::from(thread),
        ))?;
        for message in thread.messages() {
            write(put_message(id, message))?;
        }
    }
    for ((user, id), created) in &state.created {
        write(put_created(user, id, created))?;
    }
    Ok(())
}

fn put_message(thread: &ThreadId, message: &Message) -> RowChange {
    let key = message_key(thread, message.sequence);
    RowChange::Put(Table::Messages, key, json(&MessageRow::from(message)))
}

fn put_created(user: &RawId, id: &str, created: &CreatedThread) -> RowChange {
    let key = key_of_two(user.as_str(), id.as_bytes());
    RowChange::Put(Table::Created, key, json(&CreatedRow::from(created)))
}

fn put(table: Table, key: &str, row: &impl Serialize) -> RowChange {
    RowChange::Put(table, key.as_bytes().to_vec(), json(row))
}

/// Rows are JSON, so that people can read them and later versions can add to them.
fn json(row: &impl Serialize) -> Vec<u8> {
    // Only a map whose keys are not strings could fail, and there is none.
    serde_json::to_vec(row).unwrap_or_default()
}

/// In the order of the sequence ids.
fn message_key(thread: &ThreadId, sequence: u64) -> Vec<u8> {
    key_of_two(thread.as_str(), &sequence.to_be_bytes())
}
