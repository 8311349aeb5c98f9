//! The rows of what has changed, and of a whole state.

use crate::store::created::CreatedThread;
use crate::store::identifier::RawId;
use crate::store::ids::ThreadId;
use crate::store::machine::Store;
use crate::store::marks::Mark;
use crate::store::snapshot::StoreState;
use crate::store::thread::Thread;
use crate::store::user::User;

use super::row::{RowChange, Table, key_of_two, message_key};

impl Store {
    /// Notes all changes from now on, for [`Self::take_changes`].
    pub(crate) fn note_changes(&mut self) {
        self.marks.keep();
    }

    /// What is to be done to the rows for what has changed since this was called last.
    pub(crate) fn take_changes(&mut self) -> Vec<RowChange> {
        let marks = self.marks.take();
        if marks.is_empty() {
            return Vec::new();
        }
        let mut changes: Vec<_> = marks.into_iter().map(|mark| self.change(mark)).collect();
        changes.push(RowChange::put_totals(self.totals));
        changes
    }

    fn change(&self, mark: Mark) -> RowChange {
        let delete = |table, key: &str| RowChange::Delete(table, key.into());
        match mark {
            Mark::User(id) => match self.users.get(&id) {
                Some(user) => put_user(&id, user),
                None => delete(Table::Users, id.as_str()),
            },
            Mark::Thread(id) => match self.threads.get(&id) {
                Some(thread) => put_thread(&id, thread),
                None => delete(Table::Threads, id.as_str()),
            },
            Mark::Progress(id) => match self.threads.get(&id) {
                Some(thread) => RowChange::put_progress(&id, thread.progress),
                None => delete(Table::Progress, id.as_str()),
            },
            Mark::Message(id, sequence) => {
                let thread = self.threads.get(&id);
                match thread.and_then(|thread| thread.message_at(sequence)) {
                    Some(message) => RowChange::put_message(&id, message),
                    None => RowChange::Delete(Table::Messages, message_key(&id, sequence)),
                }
            }
            Mark::Created(user, id) => {
                let key = (user, id);
                match self.created.get(&key) {
                    Some(created) => put_created(&key, created),
                    None => {
                        let key = key_of_two(key.0.as_str(), key.1.as_bytes());
                        RowChange::Delete(Table::Created, key)
                    }
                }
            }
        }
    }
}

impl StoreState {
    /// All rows, written as if there were none before.
    pub(crate) fn rows(&self) -> impl Iterator<Item = RowChange> {
        let users = self.users.iter().map(|(id, user)| put_user(id, user));
        let threads = self.threads.iter().flat_map(|(id, thread)| {
            let messages = thread.messages();
            let progress = RowChange::put_progress(id, thread.progress);
            [put_thread(id, thread), progress]
                .into_iter()
                .chain(messages.map(|message| RowChange::put_message(id, message)))
        });
        let created = self.created.iter();
        let created = created.map(|(key, created)| put_created(key, created));
        let totals = std::iter::once_with(|| RowChange::put_totals(self.totals));
        users.chain(threads).chain(created).chain(totals)
    }
}

fn put_user(id: &RawId, user: &User) -> RowChange {
    RowChange::put(Table::Users, id.as_str(), user)
}

fn put_thread(id: &ThreadId, thread: &Thread) -> RowChange {
    RowChange::put(Table::Threads, id.as_str(), thread)
}

fn put_created((user, id): &(RawId, String), created: &CreatedThread) -> RowChange {
    let key = key_of_two(user.as_str(), id.as_bytes());
    RowChange::put(Table::Created, key, created)
}
