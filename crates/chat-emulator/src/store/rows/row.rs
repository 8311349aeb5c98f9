//! A row: its table, its key, its value.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use crate::store::ids::ThreadId;
use crate::store::machine::Totals;
use crate::store::message::Message;
use crate::store::thread::Progress;

/// What kind of thing a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Table {
    /// By raw id.
    Users = 0,
    /// By thread id: properties and participants.
    Threads,
    /// By thread id: what changes with each message.
    Progress,
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
        Self::Progress,
        Self::Messages,
        Self::Created,
        Self::Totals,
    ];
}

/// What is to be done to the rows.
#[derive(Debug)]
pub(crate) enum RowChange {
    Put(Table, Vec<u8>, RowValue),
    Delete(Table, Vec<u8>),
}

/// What a row holds. What changes with each message becomes JSON only when it is written.
#[derive(Debug)]
pub(crate) enum RowValue {
    Json(Vec<u8>),
    Message(Arc<Message>),
    Progress(Progress),
    Totals(Totals),
}

impl RowValue {
    pub(crate) fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Json(bytes) => bytes.into(),
            Self::Message(message) => json(message.as_ref()).into(),
            Self::Progress(progress) => json(progress).into(),
            Self::Totals(totals) => json(totals).into(),
        }
    }
}

impl RowChange {
    pub(super) fn put(table: Table, key: impl Into<Vec<u8>>, row: &impl Serialize) -> Self {
        Self::Put(table, key.into(), RowValue::Json(json(row)))
    }

    pub(super) fn put_message(thread: &ThreadId, message: &Arc<Message>) -> Self {
        let key = message_key(thread, message.sequence);
        Self::Put(Table::Messages, key, RowValue::Message(Arc::clone(message)))
    }

    pub(super) fn put_progress(thread: &ThreadId, progress: Progress) -> Self {
        let key = thread.as_str().into();
        Self::Put(Table::Progress, key, RowValue::Progress(progress))
    }

    pub(super) fn put_totals(totals: Totals) -> Self {
        Self::Put(Table::Totals, Vec::new(), RowValue::Totals(totals))
    }

    /// The last change of each row, in the order of the rows. Messages that are sent at once all change the
    /// same few rows, which are then written once.
    #[cfg(any(test, feature = "data"))]
    pub(crate) fn last_of_each_row(changes: &[Self]) -> Vec<&Self> {
        let mut latest: Vec<_> = changes.iter().rev().collect();
        latest.sort_by_key(|change| change.row());
        latest.dedup_by_key(|change| change.row());
        latest
    }

    /// The row that it is about.
    #[cfg(any(test, feature = "data"))]
    fn row(&self) -> (Table, &[u8]) {
        let (Self::Put(table, key, _) | Self::Delete(table, key)) = self;
        (*table, key)
    }
}

/// A row that this version of the emulator cannot have written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a row of {0:?} cannot be read")]
pub(crate) struct UnreadableRow(pub(crate) Table);

/// In the order of the sequence ids.
pub(super) fn message_key(thread: &ThreadId, sequence: u64) -> Vec<u8> {
    key_of_two(thread.as_str(), &sequence.to_be_bytes())
}

/// Two texts as one key. The first is an id, and has no zero byte.
pub(super) fn key_of_two(first: &str, second: &[u8]) -> Vec<u8> {
    [first.as_bytes(), &[0], second].concat()
}

/// The parts of [`key_of_two`].
pub(super) fn two_of_key(key: &[u8]) -> Option<(&str, &[u8])> {
    let end = key.iter().position(|byte| *byte == 0)?;
    let first = std::str::from_utf8(key.get(..end)?).ok()?;
    Some((first, key.get(end + 1..)?))
}

fn json(row: &impl Serialize) -> Vec<u8> {
    // Only a map whose keys are not strings could fail, and there is none.
    serde_json::to_vec(row).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_row_the_last_change_is_written() {
        let put = |table, key: &str, value: &str| {
            RowChange::Put(table, key.into(), RowValue::Json(value.into()))
        };
        let delete = |table, key: &str| RowChange::Delete(table, key.into());
        let changes = [
            put(Table::Threads, "b", "first"),
            put(Table::Threads, "a", "removed"),
            delete(Table::Users, "a"),
            delete(Table::Threads, "a"),
            put(Table::Threads, "b", "second"),
            put(Table::Users, "a", "back"),
            put(Table::Threads, "b", "third"),
        ];
        let written = RowChange::last_of_each_row(&changes)
            .into_iter()
            .map(|change| {
                let (table, key) = change.row();
                let value = match change {
                    RowChange::Put(_, _, value) => String::from_utf8(value.bytes().into()).ok(),
                    RowChange::Delete(..) => None,
                };
                (table, key, value)
            });
        let expected = [
            (Table::Users, &b"a"[..], Some("back".to_owned())),
            (Table::Threads, b"a", None),
            (Table::Threads, b"b", Some("third".to_owned())),
        ];
        assert_eq!(written.collect::<Vec<_>>(), expected);
    }
}
