//! What it took to carry out a call.

use std::time::Duration;

/// What it took to carry out a call: how many requests, and how long the library waited between
/// them because the service was busy or away.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let sent = thread.send_message("Hello").send_with_info().await?;
/// let retries = sent.info().retry_info();
/// assert_eq!(retries.attempts(), 1);
/// assert!(retries.waited().is_zero());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetryInfo {
    pub(crate) attempts: u32,
    pub(crate) waited: Duration,
    pub(crate) queued: Duration,
    /// Whether an attempt before the last may have been carried out.
    pub(crate) in_doubt: bool,
}

impl RetryInfo {
    /// Counts what another request of the same call took.
    pub(crate) fn add(&mut self, other: Self) {
        self.attempts += other.attempts;
        self.waited += other.waited;
        self.queued += other.queued;
        self.in_doubt |= other.in_doubt;
    }

    /// How many requests were made; 0 if the call failed before the first.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long the library waited between them.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// How long the first request waited for its turn under a
    /// [`RateGovernor`](crate::RateGovernor).
    #[must_use]
    pub fn queued(&self) -> Duration {
        self.queued
    }
}
