//! Ringing a watch, and seeing how it fares.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::error::ErrorKind;

/// What a watch is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WatchState {
    /// It has not been polled, or its first reading is not through.
    Starting,
    /// Its last reading went well.
    Following,
    /// Readings fail for a reason that may pass, and are repeated.
    Retrying {
        /// How many failed in a row.
        failures: u32,
        /// What the last one failed with.
        kind: ErrorKind,
    },
    /// It has ended.
    Ended,
}

/// Rings a watch from elsewhere, and tells how it fares. A clone is cheap.
#[derive(Clone, Debug)]
pub struct WatchHandle {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    bell: Notify,
    state: Mutex<WatchState>,
}

impl WatchHandle {
    pub(super) fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                bell: Notify::new(),
                state: Mutex::new(WatchState::Starting),
            }),
        }
    }

    /// Has the watch look at once. Rings while it reads become one more reading.
    pub fn ring(&self) {
        self.shared.bell.notify_one();
    }

    /// What the watch is doing.
    #[must_use]
    pub fn state(&self) -> WatchState {
        *self
            .shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, state: WatchState) {
        *self
            .shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = state;
    }

    pub(super) async fn rung(&self) {
        self.shared.bell.notified().await;
    }
}
