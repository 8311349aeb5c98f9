//! The store's sense of time: injected, and movable.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::store::timestamp::Timestamp;

/// Where the store takes the time from.
pub(crate) trait Clock: fmt::Debug + Send + Sync {
    fn now(&self) -> Timestamp;
}

/// The machine's clock, moved forward by what [`MovableClock::advance`] was given, and set wrong by a skew.
#[derive(Debug, Default)]
pub(crate) struct MovableClock {
    offset_millis: AtomicI64,
    skew_seconds: AtomicI64,
}

impl MovableClock {
    /// Moves the clock forward, for good.
    pub(crate) fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        // The update never refuses: the closure always gives a value.
        let _ = self
            .offset_millis
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |offset| {
                Some(offset.saturating_add(millis))
            });
    }

    /// By how much the clock has been moved forward in all.
    pub(crate) fn offset_millis(&self) -> i64 {
        self.offset_millis.load(Ordering::SeqCst)
    }

    /// Moves the clock to where it was when its offset was this one.
    pub(crate) fn set_offset_millis(&self, millis: i64) {
        self.offset_millis.store(millis, Ordering::SeqCst);
    }

    /// How far the clock is set wrong: ahead, or behind when negative.
    pub(crate) fn skew_seconds(&self) -> i64 {
        self.skew_seconds.load(Ordering::SeqCst)
    }

    /// Sets the clock wrong, in place of how wrong it was.
    pub(crate) fn set_skew_seconds(&self, seconds: i64) {
        self.skew_seconds.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        let skew_millis = self.skew_seconds().saturating_mul(1000);
        let offset = self.offset_millis().saturating_add(skew_millis);
        Timestamp::from_millis(machine_time().millis().saturating_add(offset))
    }
}

/// What the machine's clock says, unmoved.
fn machine_time() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::EPOCH.plus(since)
}

/// A clock that stands still until it is moved.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct ManualClock(AtomicI64);

#[cfg(test)]
impl ManualClock {
    pub(crate) fn at(time: &str) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self(AtomicI64::new(
            Timestamp::parse(time).unwrap().millis(),
        )))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
    }
}

#[cfg(test)]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_clock_stays_ahead_of_the_machine_by_what_it_was_moved() {
        let clock = MovableClock::default();
        clock.advance(Duration::from_secs(3600));
        clock.advance(Duration::from_secs(60));
        let ahead = clock.now().millis() - machine_time().millis();
        assert!((3_659_000..=3_661_000).contains(&ahead), "{ahead}");
    }

    #[test]
    fn moving_the_clock_without_end_does_not_overflow() {
        let clock = MovableClock::default();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now().to_string(), "9999-12-31T23:59:59Z");
    }
}
