//! The state of the service as a whole, with what stands before it.

use std::sync::Arc;

use crate::command::{ForeignSnapshot, Snapshot};
use crate::store::OtherResource;

use super::Front;

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
        self.forget_late();
        Ok(())
    }

    pub(crate) fn reset(&self) {
        let mut store = self.service.store();
        store.clear();
        self.clock.set_offset_millis(0);
        self.clock.set_skew_seconds(0);
        self.forget_late();
        self.faults.clear();
        self.journal.clear();
    }
}
