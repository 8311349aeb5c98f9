//! Conditions under which a request is carried out. They travel with its head to whoever minds them.

use std::time::{Duration, SystemTime};

use http::Extensions;

use crate::store::timestamp::Timestamp;

/// Lists do not show what came within this time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListLag(pub(crate) Duration);

impl ListLag {
    /// The last moment that lists show, at `now`.
    pub(crate) fn horizon(conditions: &Extensions, now: Timestamp) -> Timestamp {
        match conditions.get::<Self>() {
            None => Timestamp::MAX,
            Some(Self(lag)) => {
                let millis = i64::try_from(lag.as_millis()).unwrap_or(i64::MAX);
                Timestamp::from_millis(now.millis().saturating_sub(millis))
            }
        }
    }
}

/// How many seconds the service's wall clock is ahead of the machine's; behind it when negative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockSkew(i64);

impl ClockSkew {
    pub(crate) fn new(seconds: i64) -> Self {
        Self(seconds)
    }

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn put(self, conditions: &mut Extensions) {
        if !self.is_none() {
            conditions.insert(self);
        }
    }

    /// The service's wall clock under `conditions`.
    pub(crate) fn now(conditions: &Extensions) -> SystemTime {
        conditions
            .get::<Self>()
            .map_or_else(SystemTime::now, |skew| skew.shifted_now())
    }

    /// What the service's wall clock says.
    pub(crate) fn shifted_now(self) -> SystemTime {
        let now = SystemTime::now();
        let by = Duration::from_secs(self.0.unsigned_abs());
        let shifted = if self.0 < 0 {
            now.checked_sub(by)
        } else {
            now.checked_add(by)
        };
        shifted.unwrap_or(now)
    }
}
