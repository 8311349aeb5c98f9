//! What was asked, what came of it, and what befell it: the last requests, for tests to assert on.

mod entry;
mod record;
mod redact;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;

use crate::store::timestamp::Timestamp;

pub use entry::{JournalEntry, Outcome};
pub(crate) use record::Record;

/// How many requests the journal keeps when it is not told: so few that they stay in the processor's cache,
/// which makes noting one several times cheaper.
pub(crate) const DEFAULT_CAPACITY: usize = 1_000;
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

    /// The numbers of the first and the last request that it has. Without any, the first is one more than
    /// the last.
    pub(crate) fn range(&self) -> (u64, u64) {
        let entries = self.entries();
        let forgotten = entries.forgotten;
        (forgotten + 1, forgotten + entries.all.len() as u64)
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use bytes::Bytes;

    use super::*;
    use crate::api::origin::Origins;
    use crate::api::request::Request;

    fn record(body: &str) -> Record {
        let (head, ()) = http::Request::post("/x").body(()).unwrap().into_parts();
        let body = Bytes::copy_from_slice(body.as_bytes());
        let origin = Origins::default().of(&head, Ipv4Addr::LOCALHOST.into(), false);
        Record::new(&Request::new(head, Ok(body), origin), Timestamp::EPOCH)
    }

    const ANSWERED: Outcome = Outcome::Answered { status: 200 };

    #[test]
    fn what_it_holds_is_bounded_in_bytes_too() {
        let journal = Journal::new(usize::MAX);
        let body = "x".repeat(60 * 1024);
        for _ in 0..1000 {
            journal.add(record(&body), ANSWERED);
        }
        let kept = journal.read(0);
        assert!((500..600).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept.last().unwrap().number(), 1000);
    }

    #[test]
    fn cookies_of_an_answer_are_not_shown() {
        let journal = Journal::new(1);
        let mut record = record("{}");
        let mut headers = http::HeaderMap::new();
        headers.insert("set-cookie", "session=1234".parse().unwrap());
        record.answered(&headers, &Bytes::from_static(b"[]"));
        journal.add(record, ANSWERED);
        let entry = journal.read(0).pop().unwrap();
        assert_eq!(entry.answer_header("set-cookie"), Some("REDACTED"));
        assert_eq!(
            (entry.body(), entry.answer_body()),
            (Some("{}"), Some("[]"))
        );
    }

    #[test]
    fn a_large_body_is_counted_and_not_kept() {
        let journal = Journal::new(1);
        journal.add(record(&format!("\"{}\"", "x".repeat(64 * 1024))), ANSWERED);
        let entry = journal.read(0).pop().unwrap();
        assert_eq!((entry.body(), entry.body_length()), (None, 64 * 1024 + 2));
    }

    #[test]
    fn what_is_carried_out_late_is_noted_in_its_own_entry_or_nowhere() {
        let journal = Journal::new(2);
        let numbers: Vec<u64> = (0..3)
            .map(|_| journal.add(record(""), Outcome::Reset))
            .collect();
        for number in &numbers[..2] {
            journal.executed(*number, StatusCode::CREATED, Timestamp::EPOCH);
        }
        let noted: Vec<_> = journal
            .read(0)
            .iter()
            .map(JournalEntry::carried_out)
            .collect();
        assert_eq!(noted, [true, false]);
        journal.clear();
        journal.executed(3, StatusCode::CREATED, Timestamp::EPOCH);
        assert_eq!(journal.read(0), []);
    }

    #[test]
    fn nothing_is_kept_where_nothing_is_wanted() {
        let journal = Journal::new(0);
        assert_eq!(journal.add(record(""), ANSWERED), 1);
        assert_eq!(journal.add(record(""), ANSWERED), 2);
        assert_eq!(journal.read(0), []);
    }
}
