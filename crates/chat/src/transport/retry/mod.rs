//! Making a request again: when, after how long, how often. Knows neither sockets nor the time of
//! this machine; both are given to it.

mod budget;
mod options;

use std::time::Duration;

use tokio::time::Instant;

pub(crate) use budget::Budget;
pub use options::RetryOptions;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind, RequestEffect};
use crate::models::RetryInfo;
use chat_rest::Repeat;

/// What the loop works with.
pub(super) struct Retry<'a> {
    pub(super) options: &'a RetryOptions,
    pub(super) budget: &'a Budget,
    pub(super) clock: &'a dyn Clock,
    pub(super) repeat: Repeat,
}

impl Retry<'_> {
    /// Makes attempts until one succeeds, or fails in a way that another would not mend. Each is
    /// told how much time is left for it.
    pub(super) async fn run<T, F, Fut>(&self, mut attempt: F) -> (Result<T, Error>, RetryInfo)
    where
        F: FnMut(Duration) -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        let start = self.clock.instant();
        let mut info = RetryInfo::default();
        loop {
            info.attempts += 1;
            let left = self.left(start);
            let error = match attempt(left).await {
                Ok(value) => {
                    self.budget.deposit();
                    return (Ok(value), info);
                }
                Err(error) => error,
            };
            let Some(wait) = self.wait(&error, info.attempts, start) else {
                return (Err(error), info);
            };
            tracing::info!(
                attempt = info.attempts,
                failure = ?error.kind(),
                status = error.http_status(),
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "waiting to make the request again",
            );
            info.in_doubt |= error.effect() != RequestEffect::NotCarriedOut;
            self.clock.sleep(wait).await;
            info.waited += wait;
        }
    }

    /// When a call must be over that began at `start`.
    pub(super) fn deadline(&self, start: Instant) -> Instant {
        // A time too long to be added up stands for one that is not over before the process is.
        const LONG: Duration = Duration::from_secs(365 * 24 * 60 * 60);
        start + self.options.max_total_elapsed.min(LONG)
    }

    fn left(&self, start: Instant) -> Duration {
        let elapsed = self.clock.instant().saturating_duration_since(start);
        self.options.max_total_elapsed.saturating_sub(elapsed)
    }

    /// How long to wait before the next attempt; nothing if there is to be none.
    fn wait(&self, error: &Error, attempts: u32, start: Instant) -> Option<Duration> {
        if attempts > self.options.max_retries || !self.may_repeat(error) {
            return None;
        }
        let doubled = 2u32.saturating_pow(attempts - 1);
        let most = self.options.initial_delay.saturating_mul(doubled);
        let wait = jittered(most.min(self.options.max_delay), self.clock.fraction())
            .max(error.retry_after().unwrap_or_default());
        // A wait that leaves no time for the attempt is none that helps.
        if wait >= self.left(start) {
            return None;
        }
        (!self.options.budgeted || self.budget.withdraw()).then_some(wait)
    }

    fn may_repeat(&self, error: &Error) -> bool {
        match error.kind() {
            ErrorKind::Connect | ErrorKind::TooManyRequests => true,
            _ => self.repeat == Repeat::Safe && error.is_retryable(),
        }
    }
}

/// This fraction of the time. The longest time there is has no exact float, and comes back as it is.
fn jittered(time: Duration, fraction: f64) -> Duration {
    let seconds = time.as_secs_f64() * fraction;
    Duration::try_from_secs_f64(seconds).map_or(time, |jittered| jittered.min(time))
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
