//! The state as rows of tables: what a change of the store changes in them, and the store made of them.

mod changes;
mod loading;
mod message;
mod thread;
mod user;

use uuid::Uuid;

pub(crate) use changes::Change;
pub(super) use changes::{Changes, Mark};
pub(crate) use loading::Loading;

/// What kind of thing a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Table {
    /// By raw id.
    Users = 0,
    /// By thread id: properties and participants.
    Threads,
    /// By thread id: what changes with each message.
    Activities,
    /// By thread id and sequence id, in this order.
    Messages,
    /// By user and repeatability id.
    Created,
    /// One row.
    Totals,
}

impl Table {
    /// In the order of their numbers.
    pub(crate) const ALL: [Self; 6] = [
        Self::Users,
        Self::Threads,
        Self::Activities,
        Self::Messages,
        Self::Created,
        Self::Totals,
    ];
}

/// What is to be done to the rows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RowChange {
    Put(Table, Vec<u8>, Vec<u8>),
    Delete(Table, Vec<u8>),
    /// There are no rows but those that follow.
    Clear,
}

/// A row that this version of the emulator cannot have written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a row of {0:?} cannot be read")]
pub(crate) struct UnreadableRow(pub(crate) Table);

/// What rows are of, as far as it is not in the rows themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ResourceId(pub(crate) Uuid);

/// Two texts as one key. The first is an id, and has no zero byte.
fn key_of_two(first: &str, second: &[u8]) -> Vec<u8> {
    [first.as_bytes(), &[0], second].concat()
}

/// The parts of [`key_of_two`].
fn two_of_key(key: &[u8]) -> Option<(&str, &[u8])> {
    let end = key.iter().position(|byte| *byte == 0)?;
    let first = std::str::from_utf8(key.get(..end)?).ok()?;
    Some((first, key.get(end + 1..)?))
}

#[cfg(test)]
mod tests;
