//! Which keys are being sent with: one call at a time for each, whichever client makes it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use uuid::Uuid;

static KEYS: Mutex<BTreeSet<Uuid>> = Mutex::new(BTreeSet::new());
static LEFT: Notify = Notify::const_new();

fn keys() -> MutexGuard<'static, BTreeSet<Uuid>> {
    // Nothing panics while it is held.
    KEYS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps other calls in this process from sending with the key, until it is dropped.
pub(super) struct InFlight(Uuid);

impl InFlight {
    /// Waits until no other call sends with the key.
    pub(super) async fn enter(key: Uuid) -> Self {
        loop {
            // Made before the look, so that no notice is missed between the look and the wait.
            let left = LEFT.notified();
            if keys().insert(key) {
                return Self(key);
            }
            left.await;
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        keys().remove(&self.0);
        LEFT.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_key_is_entered_once_at_a_time_and_other_keys_are_free() {
        let key = Uuid::new_v4();
        let first = InFlight::enter(key).await;
        let mut second = Box::pin(InFlight::enter(key));
        let mut third = Box::pin(InFlight::enter(key));
        assert!((&mut second).now_or_never().is_none());
        assert!((&mut third).now_or_never().is_none());
        drop(InFlight::enter(Uuid::new_v4()).await);
        assert!((&mut second).now_or_never().is_none());

        drop(first);
        let second = second.now_or_never().unwrap();
        assert!((&mut third).now_or_never().is_none());
        drop(second);
        drop(third.await);
        assert!(!keys().contains(&key));
    }
}
