//! Getting a new token before anybody needs it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::refresh::Refresher;
use crate::clock::Clock;

/// How long before its expiry a token is replaced; inside that time, after half of what is left
/// (as the service's other clients do).
const WINDOW: Duration = Duration::from_secs(10 * 60);

/// The longest wait after a failed refresh; the first is a second.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Keeps the token fresh from now on. The task ends with the refresher; there is none where no
/// runtime is.
pub(super) fn start(refresher: &Arc<Refresher>, clock: Arc<dyn Clock>) -> Option<AbortHandle> {
    let runtime = Handle::try_current().ok()?;
    let task = keep_fresh(Arc::downgrade(refresher), clock);
    Some(runtime.spawn(task).abort_handle())
}

async fn keep_fresh(refresher: Weak<Refresher>, clock: Arc<dyn Clock>) {
    let mut failures = 0;
    loop {
        let Some(current) = refresher.upgrade() else {
            return;
        };
        let expires_on = current.current().map(|token| token.expires_on());
        drop(current);
        clock.sleep(wait(expires_on, failures, &*clock)).await;
        // The refresher is not held while the refresh runs: it may take as long as it likes.
        let Some(in_flight) = refresher.upgrade().map(|current| current.begin()) else {
            return;
        };
        let refreshed = in_flight.clone().await;
        let Some(current) = refresher.upgrade() else {
            return;
        };
        current.finish(&in_flight, &refreshed);
        match refreshed {
            Ok(_) => failures = 0,
            Err(failure) => {
                failures += 1;
                tracing::warn!(%failure, failures, "the access token could not be refreshed yet");
            }
        }
    }
}

/// How long to wait before the next refresh.
fn wait(expires_on: Option<OffsetDateTime>, failures: u32, clock: &dyn Clock) -> Duration {
    if failures > 0 {
        let doubled = Duration::from_secs(1).saturating_mul(2u32.saturating_pow(failures - 1));
        // At least half of it, so that a refresher that fails at once is not asked without end.
        return doubled
            .min(LONGEST_WAIT)
            .mul_f64(0.5 + clock.fraction() / 2.0);
    }
    let Some(expires_on) = expires_on else {
        return Duration::ZERO;
    };
    let left = Duration::try_from(expires_on - clock.now()).unwrap_or_default();
    match left.checked_sub(WINDOW) {
        Some(wait) if !wait.is_zero() => wait,
        _ => (left / 2).max(Duration::from_secs(1)),
    }
}
