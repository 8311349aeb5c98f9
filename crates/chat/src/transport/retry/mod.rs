//! Repeating a request: when, after how long, how often. Knows neither sockets nor the time of this
//! machine; both are given to it.

mod budget;
mod options;

use std::time::Duration;

pub(crate) use budget::Budget;
use chat_rest::Repeat;
pub use options::RetryOptions;

use super::deadline::Deadline;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, RequestEffect};
use crate::models::RetryInfo;

/// What the loop works with.
pub(super) struct Retry<'a> {
    pub(super) options: &'a RetryOptions,
    pub(super) budget: &'a Budget,
    pub(super) clock: &'a dyn Clock,
    pub(super) repeat: Repeat,
    pub(super) deadline: Deadline,
}

/// What became of one attempt.
pub(super) struct Attempted<T> {
    pub(super) result: Result<T, Error>,
    /// Whether a request was made, or something failed before.
    pub(super) requested: bool,
    pub(super) queued: Duration,
    /// Whether the request was refused for its authorization, and there is another now.
    pub(super) reauthorized: bool,
}

impl Retry<'_> {
    /// Makes attempts until one succeeds, or fails in a way that another would not mend.
    ///
    /// [`RetryInfo::in_doubt`] speaks of the attempts before the last.
    pub(super) async fn run<T, F, Fut>(&self, mut attempt: F) -> (Result<T, Error>, RetryInfo)
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Attempted<T>>,
    {
        let mut history = RetryInfo::default();
        let mut repeats = 0;
        let mut reauthorized = false;
        loop {
            let attempted = attempt().await;
            history.attempts += u32::from(attempted.requested);
            history.queued += attempted.queued;
            let error = match attempted.result {
                Ok(value) => {
                    self.budget.deposit();
                    return (Ok(value), history);
                }
                Err(error) => error,
            };
            if attempted.reauthorized && !reauthorized {
                reauthorized = true;
                tracing::info!("the authorization was refused; repeating with another");
                continue;
            }
            let Some(wait) = self.wait(&error, repeats) else {
                return (Err(error), history);
            };
            repeats += 1;
            tracing::info!(
                attempt = history.attempts,
                error.type = error.kind().name(),
                http.response.status_code = error.http_status(),
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "waiting to repeat the request",
            );
            history.in_doubt |= error.attempt_effect() != RequestEffect::NotCarriedOut;
            self.clock.sleep(wait).await;
            history.waited += wait;
        }
    }

    /// How long to wait before the next attempt; nothing if there is to be none.
    fn wait(&self, error: &Error, repeats: u32) -> Option<Duration> {
        if repeats >= self.options.max_retries || !self.may_repeat(error) {
            return None;
        }
        let doubled = 2u32.saturating_pow(repeats);
        let most = self.options.initial_delay.saturating_mul(doubled);
        let backoff = jittered(most.min(self.options.max_delay), self.clock.fraction());
        // Those who were told the same time to wait do not all come back at the same moment.
        let wait = match error.retry_after() {
            Some(asked) => asked.saturating_add(backoff),
            None => backoff,
        };
        // A wait that leaves no time for the attempt is none that helps.
        if wait >= self.deadline.left(self.clock) {
            return None;
        }
        (!self.options.budgeted || self.budget.withdraw()).then_some(wait)
    }

    fn may_repeat(&self, error: &Error) -> bool {
        match error.kind() {
            ErrorKind::Connect => true,
            // Without a status it was this side that refused to send it.
            ErrorKind::TooManyRequests => error.http_status().is_some(),
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
