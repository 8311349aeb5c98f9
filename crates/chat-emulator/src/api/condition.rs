//! Conditions under which a request is carried out.

use std::time::{Duration, SystemTime};

use crate::store::timestamp::Timestamp;

/// What is wrong with the service while it carries out one request. The default is nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Conditions {
    /// Lists do not show what came within this time.
    pub(crate) list_lag: Option<Duration>,
    /// How many seconds the service's wall clock is ahead of the machine's; behind it when negative.
    pub(crate) clock_skew_seconds: i64,
}

impl Conditions {
    /// The last moment that lists show, at `now`.
    pub(crate) fn lists_until(self, now: Timestamp) -> Timestamp {
        match self.list_lag {
            None => Timestamp::MAX,
            Some(lag) => {
                let millis = i64::try_from(lag.as_millis()).unwrap_or(i64::MAX);
                Timestamp::from_millis(now.millis().saturating_sub(millis))
            }
        }
    }

    /// What the service's wall clock says.
    pub(crate) fn wall_clock(self) -> SystemTime {
        let now = SystemTime::now();
        let by = Duration::from_secs(self.clock_skew_seconds.unsigned_abs());
        let shifted = if self.clock_skew_seconds < 0 {
            now.checked_sub(by)
        } else {
            now.checked_add(by)
        };
        shifted.unwrap_or(now)
    }
}
