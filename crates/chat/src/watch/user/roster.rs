//! When and how far the list of threads is read.

use std::time::Duration;

use tokio::time::Instant;

use super::super::doorbell::Doorbell;
use super::super::pace::{Pace, backoff};
use crate::clock::Clock;
use crate::error::Error;

/// The page of a look at the list of threads, whose first ones have the newest messages.
const SMALL_PAGE: u32 = 20;

/// The largest page the service gives.
const LARGEST_PAGE: u32 = 200;

/// How long between two looks while nothing happens, at most.
const SLOWEST: Duration = Duration::from_secs(10);

/// How often the list is read whole, in case its order is not what it seems to be.
const WHOLE_EVERY: Duration = Duration::from_secs(60);

/// Reads the list of threads: its first page mostly, and all of it at first and now and then.
#[derive(Debug)]
pub(super) struct Roster {
    pace: Pace,
    /// Nothing while it is read.
    due: Option<Instant>,
    is_whole_due: bool,
    /// When it was read whole.
    whole: Option<Instant>,
    /// Whether the reading goes to the end of the list.
    reads_whole: bool,
    /// Whether the reading has found something.
    has_news: bool,
    pub(super) failures: u32,
}

impl Roster {
    pub(super) fn new(fastest: Duration, slowest: Duration, now: Instant) -> Self {
        Self {
            pace: Pace::new(fastest, slowest.min(SLOWEST)),
            due: Some(now),
            is_whole_due: true,
            whole: None,
            reads_whole: false,
            has_news: false,
            failures: 0,
        }
    }

    /// Whether the list was read whole.
    pub(super) fn is_known(&self) -> bool {
        self.whole.is_some()
    }

    /// The whole list is read as soon as that is possible. Failures are waited out all the same.
    pub(super) fn ring(&mut self, now: Instant) {
        self.is_whole_due = true;
        if self.failures == 0 && self.due.is_some() {
            self.due = Some(now);
        }
    }

    pub(super) fn wakes_at(&self) -> Option<Instant> {
        self.due
    }

    /// Begins a reading if it is due, and gives its page size.
    pub(super) fn begin(&mut self, now: Instant) -> Option<u32> {
        self.due.filter(|due| *due <= now)?;
        self.due = None;
        let is_old = |whole| now.saturating_duration_since(whole) >= WHOLE_EVERY;
        self.reads_whole = self.whole.is_none_or(is_old) || self.is_whole_due;
        self.is_whole_due = false;
        self.has_news = false;
        Some(if self.reads_whole {
            LARGEST_PAGE
        } else {
            SMALL_PAGE
        })
    }

    /// Takes note of a page, and gives whether the next one is to be read: where the last item of
    /// this one is new, there may be more.
    pub(super) fn take(&mut self, has_news: bool, is_last_new: bool) -> bool {
        self.has_news |= has_news;
        self.reads_whole || is_last_new
    }

    /// Ends a reading that went well.
    pub(super) fn end(&mut self, is_whole: bool, clock: &dyn Clock, doorbell: &Doorbell) {
        let now = clock.instant();
        self.failures = 0;
        if is_whole {
            self.whole = Some(now);
        }
        if self.has_news {
            self.pace.quicken();
        }
        let wait = match self.is_whole_due {
            true => Duration::ZERO,
            false => {
                let fraction = clock.fraction();
                doorbell.wait(self.pace.next_wait(fraction), None, now, fraction)
            }
        };
        self.due = now.checked_add(wait);
    }

    /// Ends a reading that failed.
    pub(super) fn fail(&mut self, error: &Error, clock: &dyn Clock) {
        self.failures = self.failures.saturating_add(1);
        self.is_whole_due |= self.reads_whole;
        let wait = backoff(self.failures, clock.fraction(), error.retry_after());
        self.due = clock.instant().checked_add(wait);
    }
}
