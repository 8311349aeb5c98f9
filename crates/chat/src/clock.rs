//! Time and chance, as parameters, so that tests can set them.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use futures_core::future::BoxFuture;
use time::OffsetDateTime;
use tokio::time::Instant;

/// Tells the time, waits, and draws lots.
pub(crate) trait Clock: Debug + Send + Sync {
    /// The time of day.
    fn now(&self) -> OffsetDateTime;

    /// A time that never goes back.
    fn instant(&self) -> Instant;

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// A random number from 0 to 1.
    fn fraction(&self) -> f64;
}

/// The clock of this machine.
#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn instant(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn fraction(&self) -> f64 {
        fastrand::f64()
    }
}

pub(crate) fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

#[cfg(test)]
pub(crate) mod testing {
    use std::sync::Mutex;

    use super::*;

    /// A clock that stands still until it is moved, or waited on: a wait takes no time but the
    /// clock's.
    #[derive(Debug)]
    pub(crate) struct ManualClock {
        start: (OffsetDateTime, Instant),
        moved: Arc<Mutex<Duration>>,
    }

    impl ManualClock {
        pub(crate) fn at(time: OffsetDateTime) -> Arc<Self> {
            Arc::new(Self {
                start: (time, Instant::now()),
                moved: Arc::default(),
            })
        }

        pub(crate) fn advance(&self, by: Duration) {
            *self.moved.lock().unwrap() += by;
        }

        /// How far the clock has moved.
        pub(crate) fn moved(&self) -> Duration {
            *self.moved.lock().unwrap()
        }
    }

    /// A clock that goes with tokio's, which tests can pause: waits take no time, and others see
    /// them.
    #[derive(Debug)]
    pub(crate) struct TokioClock {
        start: (OffsetDateTime, Instant),
    }

    impl TokioClock {
        pub(crate) fn at(time: OffsetDateTime) -> Arc<Self> {
            Arc::new(Self {
                start: (time, Instant::now()),
            })
        }
    }

    impl Clock for TokioClock {
        fn now(&self) -> OffsetDateTime {
            self.start.0 + self.start.1.elapsed()
        }

        fn instant(&self) -> Instant {
            Instant::now()
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
            Box::pin(tokio::time::sleep(duration))
        }

        fn fraction(&self) -> f64 {
            1.0
        }
    }

    impl Clock for ManualClock {
        fn now(&self) -> OffsetDateTime {
            self.start.0 + self.moved()
        }

        fn instant(&self) -> Instant {
            self.start.1 + self.moved()
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
            let moved = Arc::clone(&self.moved);
            Box::pin(async move { *moved.lock().unwrap() += duration })
        }

        /// Always the longest wait, so that tests can say what it is.
        fn fraction(&self) -> f64 {
            1.0
        }
    }
}
