//! The one deadline of a delivery.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::Instant;

use crate::clock::Clock;

/// How long a delivery may take, from its start.
#[derive(Clone, Copy)]
pub(super) struct Deadline<'a> {
    clock: &'a dyn Clock,
    start: Instant,
    limit: Duration,
}

impl<'a> Deadline<'a> {
    pub(super) fn new(clock: &'a dyn Clock, limit: Duration) -> Self {
        let start = clock.instant();
        Self {
            clock,
            start,
            limit,
        }
    }

    pub(super) fn start(&self) -> Instant {
        self.start
    }

    pub(super) fn left(&self) -> Duration {
        let elapsed = self.clock.instant().saturating_duration_since(self.start);
        self.limit.saturating_sub(elapsed)
    }

    /// What the future gives; nothing if the deadline is over before that. A deadline that is over
    /// lets nothing begin.
    pub(super) async fn within<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let left = self.left();
        if left.is_zero() {
            return None;
        }
        match select(pin!(future), self.clock.sleep(left)).await {
            Either::Left((value, _)) => Some(value),
            Either::Right(_) => None,
        }
    }
}
