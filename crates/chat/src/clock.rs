//! The time of day, as a parameter, so that tests can set it.

use std::fmt::Debug;
use std::sync::Arc;

use time::OffsetDateTime;

/// Tells the time of day.
pub(crate) trait Clock: Debug + Send + Sync {
    fn now(&self) -> OffsetDateTime;
}

/// The clock of this machine.
#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

pub(crate) fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

#[cfg(test)]
pub(crate) mod testing {
    use std::sync::Mutex;
    use std::time::Duration;

    use super::*;

    /// A clock that stands still until it is moved.
    #[derive(Debug)]
    pub(crate) struct ManualClock(Mutex<OffsetDateTime>);

    impl ManualClock {
        pub(crate) fn at(time: OffsetDateTime) -> Arc<Self> {
            Arc::new(Self(Mutex::new(time)))
        }

        pub(crate) fn advance(&self, by: Duration) {
            *self.0.lock().unwrap() += by;
        }
    }

    impl Clock for ManualClock {
        fn now(&self) -> OffsetDateTime {
            *self.0.lock().unwrap()
        }
    }
}
