//! Requests that are carried out some time after their connection was reset.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::api::request::Request;
use crate::store::timestamp::Timestamp;

/// More would be carried out at once: what waits holds its body in memory.
const MAX_PENDING: usize = 10_000;

/// When, by the service's clock, and which of those that are due then.
pub(super) type Due = (Timestamp, u64);

/// What is still to be carried out.
#[derive(Debug, Default)]
pub(super) struct LateExecutions(Mutex<Pending>);

#[derive(Debug, Default)]
struct Pending {
    requests: BTreeMap<Due, Late>,
    last: u64,
}

/// A request that is to be carried out late.
pub(super) struct Late {
    pub(super) request: Request,
    /// Its entry in the journal.
    pub(super) number: u64,
}

impl std::fmt::Debug for Late {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Late")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl LateExecutions {
    /// Puts a request off until `at`. It is given back when too many have been put off already.
    pub(super) fn put_off(&self, late: Late, at: Timestamp) -> Result<Due, Box<Late>> {
        let mut pending = self.pending();
        if pending.requests.len() >= MAX_PENDING {
            return Err(Box::new(late));
        }
        pending.last += 1;
        let due = (at, pending.last);
        pending.requests.insert(due, late);
        Ok(due)
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let pending = self.pending();
        pending.requests.keys().next().map(|(at, _)| *at)
    }

    /// Takes the first of those that are due at `now`.
    pub(super) fn take_due(&self, now: Timestamp) -> Option<Late> {
        let mut pending = self.pending();
        let first = pending.requests.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// Takes one of them, if it is still there.
    pub(super) fn take(&self, due: &Due) -> Option<Late> {
        self.pending().requests.remove(due)
    }

    /// Forgets all of them.
    pub(super) fn clear(&self) {
        self.pending().requests.clear();
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        // Every change is a single step, so a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
