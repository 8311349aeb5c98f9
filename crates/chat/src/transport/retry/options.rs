//! What callers may say about retries.

use std::time::Duration;

/// When and how often a request is made again.
///
/// A request is made again when its failure is a passing one (no connection, no answer, 408, 429,
/// 500 and above) *and* a repeat is safe: because the operation may be repeated, or because the
/// request was certainly not carried out (no connection, 429). Sending a message is never repeated
/// after its request left and no answer came.
///
/// The wait before the `n`th repeat is a random time up to `initial_delay * 2^(n-1)`, but no more
/// than `max_delay` ("full jitter"), and no less than the service asks for (`retry-after-ms`,
/// `x-ms-retry-after-ms`, `Retry-After`). If that would end after `max_total_elapsed`, the error
/// is returned at once.
///
/// ```
/// use std::time::Duration;
/// use chat::RetryOptions;
///
/// let patient = RetryOptions::exponential()
///     .max_retries(8)
///     .max_total_elapsed(Duration::from_secs(10 * 60));
/// assert_ne!(patient, RetryOptions::none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryOptions {
    pub(in crate::transport) max_retries: u32,
    pub(super) initial_delay: Duration,
    pub(super) max_delay: Duration,
    pub(super) max_total_elapsed: Duration,
    pub(super) budgeted: bool,
}

impl RetryOptions {
    /// Up to 3 repeats, 0.8 seconds at first, no more than 30 seconds between two, no more than 2
    /// minutes in all. This is what clients do unless they are told otherwise.
    pub fn exponential() -> Self {
        Self {
            max_retries: 3,
            initial_delay: Duration::from_millis(800),
            max_delay: Duration::from_secs(30),
            max_total_elapsed: Duration::from_secs(2 * 60),
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

    /// Sets how long a call may take in all, with its repeats and the waits between them. It also
    /// bounds each attempt.
    pub fn max_total_elapsed(mut self, time: Duration) -> Self {
        self.max_total_elapsed = time;
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
