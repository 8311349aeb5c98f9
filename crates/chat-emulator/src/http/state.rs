//! The state of the service as a whole, with what stands before it.
//!
//! The counts of the rate limiter belong to it: by a clock that goes back they would never end.

use std::sync::Arc;

use crate::command::{ForeignSnapshot, Snapshot};
use crate::store::OtherResource;

use super::front::Front;

impl Front {
    pub(crate) fn snapshot(&self) -> Snapshot {
        let store = self.service.store();
        Snapshot {
            store: Arc::new(store.state()),
            clock_offset_millis: self.clock.offset_millis(),
        }
    }

    pub(crate) fn restore(&self, snapshot: &Snapshot) -> Result<(), ForeignSnapshot> {
        let mut store = self.service.store();
        store
            .set_state(&snapshot.store)
            .map_err(|OtherResource| ForeignSnapshot)?;
        self.clock.set_offset_millis(snapshot.clock_offset_millis);
        self.service.write_clock(snapshot.clock_offset_millis);
        drop(store);
        self.service.forget_rates();
        self.forget_late();
        Ok(())
    }

    /// As it was in the beginning.
    pub(crate) fn reset(&self) {
        // The state is that of this very emulator.
        let _ = self.restore(&self.initial);
        self.clock.set_skew_seconds(0);
        self.faults.clear();
        self.journal.clear();
    }

    /// Sets the service's clock wrong.
    pub(crate) fn set_clock_skew(&self, seconds: i64) {
        self.clock.set_skew_seconds(seconds);
        self.service.forget_rates();
    }
}
