//! What was asked, what came of it, and what befell it: the last requests, for tests to assert on.

mod entry;
mod record;
mod redact;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;

use crate::timestamp::Timestamp;

pub use entry::{JournalEntry, Outcome};
pub(crate) use record::Record;

/// How many requests the journal keeps when it is not told.
pub(crate) const DEFAULT_CAPACITY: usize = 10_000;
/// What they may hold in all, whatever their number.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// The last requests. What no longer fits is forgotten, the oldest first.
#[derive(Debug)]
pub(crate) struct Journal {
    capacity: usize,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    /// How many there were before the first one here. Numbers begin with 1.
    forgotten: u64,
    all: VecDeque<(Record, Outcome)>,
    bytes: usize,
}

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: Mutex::default(),
        }
    }

    /// Notes a request, and gives its number.
    pub(crate) fn add(&self, record: Record, outcome: Outcome) -> u64 {
        let mut entries = self.entries();
        entries.bytes += record.size();
        entries.all.push_back((record, outcome));
        let number = entries.forgotten + entries.all.len() as u64;
        while entries.all.len() > self.capacity || entries.bytes > MAX_BYTES {
            entries.forget_first();
        }
        number
    }

    /// Notes that the request `number` was carried out late. It may have been forgotten.
    pub(crate) fn executed(&self, number: u64, status: StatusCode, at: Timestamp) {
        let mut entries = self.entries();
        let index = number.checked_sub(entries.forgotten + 1);
        let index = index.and_then(|index| usize::try_from(index).ok());
        if let Some((record, _)) = index.and_then(|index| entries.all.get_mut(index)) {
            record.carried_out(status, at);
        }
    }

    /// The requests after the number `after`, oldest first.
    pub(crate) fn read(&self, after: u64) -> Vec<JournalEntry> {
        let entries = self.entries();
        let skip = after.saturating_sub(entries.forgotten);
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let numbered = (entries.forgotten + 1..).zip(&entries.all);
        numbered
            .skip(skip)
            .map(|(number, (record, outcome))| JournalEntry::new(number, record, *outcome))
            .collect()
    }

    /// Forgets all requests. Numbers go on.
    pub(crate) fn clear(&self) {
        let mut entries = self.entries();
        entries.forgotten += entries.all.len() as u64;
        entries.all.clear();
        entries.bytes = 0;
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // What could be half done by a panic is a count of bytes.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn forget_first(&mut self) {
        if let Some((record, _)) = self.all.pop_front() {
            self.bytes -= record.size();
            self.forgotten += 1;
        }
    }
}
