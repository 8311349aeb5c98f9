//! Getting a new token before a call needs it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::refresh::{PAUSE, Refresher};
use super::task::Task;

/// How long before its expiry a token is replaced; inside that time, after half of what is left
/// (as the service's other clients do).
const WINDOW: Duration = Duration::from_secs(10 * 60);

/// The longest wait after a failed refresh.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Keeps the token fresh if that is wanted. Dropping it ends the task that does so.
#[derive(Default)]
pub(super) struct Proactive {
    is_wanted: AtomicBool,
    task: Mutex<Option<Task>>,
}

impl Proactive {
    pub(super) fn want(&self) {
        self.is_wanted.store(true, Ordering::Relaxed);
    }

    /// Starts the task where it is wanted and does not run: at first use, and when the runtime it
    /// was on has ended.
    pub(super) fn arm(&self, refresher: &Arc<Refresher>) {
        if !self.is_wanted.load(Ordering::Relaxed) {
            return;
        }
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.as_ref().is_none_or(Task::is_finished) {
            *task = Task::spawn(keep_fresh(Arc::clone(refresher)));
        }
    }
}

async fn keep_fresh(refresher: Arc<Refresher>) {
    let clock = refresher.clock();
    let expiry = || refresher.current().map(|token| token.expires_on());
    let mut failures = 0;
    loop {
        let expires_on = expiry();
        let left =
            expires_on.map(|time| Duration::try_from(time - clock.now()).unwrap_or_default());
        clock.sleep(wait(left, failures, clock.fraction())).await;
        if expiry() != expires_on {
            // A caller's refresh has stored another token meanwhile.
            failures = 0;
            continue;
        }
        match refresher.refresh().await {
            Ok(_) => failures = 0,
            Err(failure) => {
                failures += 1;
                tracing::warn!(%failure, failures, "the access token could not be refreshed yet");
            }
        }
    }
}

/// How long to wait before the next refresh: after so many failures in a row, or when the token has
/// so much left. `fraction` is a random number from 0 to 1.
pub(super) fn wait(left: Option<Duration>, failures: u32, fraction: f64) -> Duration {
    if failures > 0 {
        let doubled = PAUSE.saturating_mul(2u32.saturating_pow(failures - 1));
        return doubled
            .min(LONGEST_WAIT)
            .mul_f64(0.5 + fraction / 2.0)
            .max(PAUSE);
    }
    let Some(left) = left else {
        return Duration::ZERO;
    };
    match left.checked_sub(WINDOW) {
        Some(wait) if !wait.is_zero() => wait,
        _ => (left / 2).max(PAUSE),
    }
}
