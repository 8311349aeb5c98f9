//! When a call has to be over.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::Instant;

use crate::clock::Clock;

/// A hundred years, and no process lives that long.
const FOREVER: Duration = Duration::from_secs(3_153_600_000);

/// When a call has to be over, whatever it is doing by then. Made once, when the call begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    start: Instant,
    at: Instant,
}

impl Deadline {
    /// Of a call that begins now.
    pub(crate) fn after(timeout: Duration, clock: &dyn Clock) -> Self {
        let start = clock.instant();
        Self {
            start,
            at: start + timeout.min(FOREVER),
        }
    }

    /// When the call began.
    pub(crate) fn start(self) -> Instant {
        self.start
    }

    pub(crate) fn at(self) -> Instant {
        self.at
    }

    /// How much time is left.
    pub(crate) fn left(self, clock: &dyn Clock) -> Duration {
        self.at.saturating_duration_since(clock.instant())
    }

    /// What the future gives; nothing if the deadline is over before that. A deadline that is over
    /// lets nothing begin.
    pub(crate) async fn within<T>(
        self,
        clock: &dyn Clock,
        future: impl Future<Output = T>,
    ) -> Option<T> {
        let left = self.left(clock);
        if left.is_zero() {
            return None;
        }
        match select(pin!(future), clock.sleep(left)).await {
            Either::Left((value, _)) => Some(value),
            Either::Right(_) => None,
        }
    }
}
