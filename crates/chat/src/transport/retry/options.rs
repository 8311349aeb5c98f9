//! What callers may say about retries.

use std::time::Duration;

/// When and how often a request is made again.
///
/// A request is repeated when its failure is transient (no connection, no response in time, 408,
/// 429, 500 and above but for 501 and 505) *and* a repeat is safe: because the operation may be
/// repeated, or because the request was certainly not carried out (no connection, 429). Sending a
/// message is never repeated after its request left and no response came.
///
/// The wait before the `n`th repeat is a random time up to `initial_delay * 2^(n-1)`, but no more
/// than `max_delay` ("full jitter"), after the time that the service asks for (`retry-after-ms`,
/// `x-ms-retry-after-ms`, `Retry-After`). If that would end after the
/// [timeout of the call](crate::builders::TransportBuilder::timeout), the error is returned at once.
///
/// A request that is refused with 401 is repeated once, at once and beside all this, if the
/// credential has another token by then.
///
/// ```
/// use std::time::Duration;
/// use chat::RetryOptions;
///
/// let patient = RetryOptions::exponential()
///     .max_retries(8)
///     .max_delay(Duration::from_secs(60));
/// assert_ne!(patient, RetryOptions::none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryOptions {
    pub(in crate::transport) max_retries: u32,
    pub(super) initial_delay: Duration,
    pub(super) max_delay: Duration,
    pub(super) budgeted: bool,
}

impl RetryOptions {
    /// Up to 3 repeats, after up to 0.8 seconds at first, and no more than 30 seconds between two.
    /// This is what clients do unless they are told otherwise.
    pub fn exponential() -> Self {
        Self {
            max_retries: 3,
            initial_delay: Duration::from_millis(800),
            max_delay: Duration::from_secs(30),
            budgeted: true,
        }
    }

    /// Each request is made once.
    pub fn none() -> Self {
        Self::exponential().max_retries(0)
    }

    /// Sets how often a request is made again, after the first time.
    pub fn max_retries(mut self, count: u32) -> Self {
        self.max_retries = count;
        self
    }

    /// Sets the longest wait before the first repeat; it doubles with each.
    pub fn initial_delay(mut self, delay: Duration) -> Self {
        self.initial_delay = delay;
        self
    }

    /// Sets the longest wait between two requests that the library chooses by itself.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Repeats also when many requests of this client fail. Usually a client stops repeating when
    /// more than about a fifth of its requests are repeats, so that a struggling service is not
    /// held down by them.
    pub fn without_budget(mut self) -> Self {
        self.budgeted = false;
        self
    }
}

impl Default for RetryOptions {
    /// [`exponential`](Self::exponential).
    fn default() -> Self {
        Self::exponential()
    }
}
