//! How long to wait before the next look.

use std::time::Duration;

/// By how much the wait grows with each look that finds nothing.
const GROWTH: f64 = 1.5;

/// The first wait after a failure, which doubles with each.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);

/// The longest wait after failures.
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);

/// The timer of a watch: fast while something happens, slower while nothing does.
#[derive(Debug)]
pub(super) struct Pace {
    fastest: Duration,
    slowest: Duration,
    wait: Duration,
}

impl Pace {
    pub(super) fn new(fastest: Duration, slowest: Duration) -> Self {
        Self {
            fastest,
            slowest: slowest.max(fastest),
            wait: fastest,
        }
    }

    /// Something has happened.
    pub(super) fn quicken(&mut self) {
        self.wait = self.fastest;
    }

    /// The wait before the next look, which is longer each time. `fraction` is a random number from
    /// 0 to 1: watches that began together drift apart.
    pub(super) fn next_wait(&mut self, fraction: f64) -> Duration {
        let wait = self.wait;
        // In f64 a wait of years is still finite.
        let grown = Duration::try_from_secs_f64(wait.as_secs_f64() * GROWTH);
        self.wait = grown.unwrap_or(self.slowest).min(self.slowest);
        wait.mul_f64(1.0 - 0.2 * fraction)
    }
}

/// The wait after this many failures in a row.
pub(super) fn backoff(failures: u32, fraction: f64, asked: Option<Duration>) -> Duration {
    let doubled = FIRST_BACKOFF.saturating_mul(1 << failures.saturating_sub(1).min(6));
    let wait = doubled.min(LONGEST_BACKOFF).mul_f64(1.0 - 0.5 * fraction);
    wait.max(asked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_its_bound_and_starts_over_when_something_happens() {
        let mut pace = Pace::new(Duration::from_secs(1), Duration::from_secs(3));
        let waits: Vec<_> = (0..5).map(|_| pace.next_wait(0.0).as_secs_f64()).collect();
        assert_eq!(waits, [1.0, 1.5, 2.25, 3.0, 3.0]);
        pace.quicken();
        assert_eq!(pace.next_wait(1.0), Duration::from_millis(800));
    }

    #[test]
    fn failures_are_waited_out_longer_each_and_as_long_as_the_service_asks() {
        let waits = [1, 2, 3, 7, u32::MAX].map(|failures| backoff(failures, 0.0, None).as_secs());
        assert_eq!(waits, [1, 2, 4, 60, 60]);
        assert_eq!(backoff(2, 1.0, None), Duration::from_secs(1));
        let asked = Some(Duration::from_secs(90));
        assert_eq!(backoff(1, 0.0, asked), Duration::from_secs(90));
    }
}
