//! A task that ends with what owns it.

use std::future::Future;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;

/// A task on the runtime it was spawned from. Dropping this aborts it.
pub(super) struct Task(AbortHandle);

impl Task {
    /// `None` outside of a Tokio runtime.
    pub(super) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Option<Self> {
        let runtime = Handle::try_current().ok()?;
        Some(Self(runtime.spawn(future).abort_handle()))
    }

    /// Whether it has ended, by itself or with its runtime.
    pub(super) fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
