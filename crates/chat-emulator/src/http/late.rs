//! Requests that are carried out some time after their connection was reset.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::store::Clock;
use crate::store::timestamp::Timestamp;

use super::front::{Front, Request};

/// More would be carried out at once: what waits holds its body in memory.
const MAX_PENDING: usize = 10_000;

/// When, by the service's clock, and which of those that are due then.
type Due = (Timestamp, u64);

/// What is still to be carried out.
#[derive(Debug, Default)]
pub(super) struct LateExecutions(Mutex<Pending>);

#[derive(Debug, Default)]
struct Pending {
    requests: BTreeMap<Due, Late>,
    last: u64,
}

struct Late {
    request: Request,
    /// Its entry in the journal.
    number: u64,
}

impl std::fmt::Debug for Late {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Late")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl LateExecutions {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        // Every change is a single step, so a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_due(&self) -> Option<Timestamp> {
        let pending = self.pending();
        pending.requests.keys().next().map(|(at, _)| *at)
    }

    /// Takes the first of those that are due at `now`.
    fn take_due(&self, now: Timestamp) -> Option<Late> {
        let mut pending = self.pending();
        let first = pending.requests.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}

impl Front {
    /// Has a request carried out when `after` has passed in real time or by the service's clock.
    pub(super) fn execute_late(self: &Arc<Self>, request: Request, number: u64, after: Duration) {
        let late = Late { request, number };
        let mut pending = self.late.pending();
        if pending.requests.len() >= MAX_PENDING {
            drop(pending);
            tracing::warn!("too many requests are to be carried out late: this one is now");
            self.execute(late);
            return;
        }
        pending.last += 1;
        let due = (self.clock.now().plus(after), pending.last);
        pending.requests.insert(due, late);
        drop(pending);
        tokio::spawn(execute_after(Arc::downgrade(self), due, after));
    }

    /// Moves the service's clock forward, and carries out on the way what then becomes due.
    pub(crate) fn advance_clock(&self, by: Duration) {
        let mut left = by;
        while let Some(due) = self.late.next_due() {
            let wait = self.clock.now().until(due);
            if wait > left {
                break;
            }
            self.clock.advance(wait);
            left -= wait;
            while let Some(late) = self.late.take_due(due) {
                self.execute(late);
            }
        }
        self.clock.advance(left);
        self.service.write_clock(self.clock.offset_millis());
    }

    /// Forgets what was to be carried out late.
    pub(super) fn forget_late(&self) {
        self.late.pending().requests.clear();
    }

    fn execute(&self, late: Late) {
        let Late { request, number } = late;
        let response = self.service.handle(&request.head, request.body);
        self.journal
            .executed(number, response.status(), self.clock.now());
    }
}

/// Waits for real, unless the clock is moved in the meantime. It keeps no emulator alive.
async fn execute_after(front: Weak<Front>, due: Due, after: Duration) {
    tokio::time::sleep(after).await;
    if let Some(front) = front.upgrade() {
        let late = front.late.pending().requests.remove(&due);
        if let Some(late) = late {
            front.execute(late);
        }
    }
}
