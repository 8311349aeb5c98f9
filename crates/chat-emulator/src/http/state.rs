//! What the handlers of both ports share: the service, its clock, its faults and its journal.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::Response;

use crate::api::dispatch;
use crate::api::operation::Operation;
use crate::api::origin::Origins;
use crate::api::request::Request;
use crate::api::service::Service;
use crate::realtime::Hub;
use crate::store::{Clock, ForeignSnapshot, MovableClock, OtherResource, Snapshot, StoreState};

use super::faults::Faults;
use super::journal::Journal;
use super::late::{Due, Late, LateExecutions};

/// The service with its journal and its faults.
#[derive(Debug)]
pub(crate) struct AppState {
    pub(crate) service: Arc<Service>,
    pub(crate) clock: Arc<MovableClock>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) notifications: Arc<Hub>,
    pub(crate) journal: Journal,
    pub(crate) origins: Origins,
    late: LateExecutions,
    /// What the service knew in the beginning: nothing, or what a seed says.
    initial: Snapshot,
}

impl AppState {
    /// A reset leads back to `initial`, or to what is known now.
    pub(crate) fn new(
        service: Service,
        clock: Arc<MovableClock>,
        journal: Journal,
        origins: Origins,
        initial: Option<StoreState>,
    ) -> Self {
        let initial = initial.unwrap_or_else(|| service.store().state());
        let initial = Snapshot {
            store: Arc::new(initial),
            clock_offset_millis: 0,
        };
        let service = Arc::new(service);
        let faults = Arc::<Faults>::default();
        let notifications = Hub::new(
            Arc::clone(&service),
            Arc::clone(&faults),
            Arc::clone(&clock),
        );
        Self {
            initial,
            service,
            clock,
            faults,
            notifications,
            journal,
            origins,
            late: LateExecutions::default(),
        }
    }

    /// Has the service answer a request.
    pub(super) fn answer(&self, request: &Request) -> Response<Bytes> {
        match request.operation() {
            Some(Operation::Notification(operation)) => {
                self.notifications.answer(operation, request)
            }
            _ => dispatch::answer(&self.service, request),
        }
    }

    /// The state of the service as a whole.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let store = self.service.store();
        Snapshot {
            store: Arc::new(store.state()),
            clock_offset_millis: self.clock.offset_millis(),
        }
    }

    /// Brings a state back. The counts of the rate limiter belong to it: by a clock that goes back they would
    /// never end.
    pub(crate) fn restore(&self, snapshot: &Snapshot) -> Result<(), ForeignSnapshot> {
        let mut store = self.service.store();
        store
            .set_state(&snapshot.store)
            .map_err(|OtherResource| ForeignSnapshot)?;
        self.clock.set_offset_millis(snapshot.clock_offset_millis);
        store.write_clock(snapshot.clock_offset_millis);
        drop(store);
        self.service.forget_rates();
        self.late.clear();
        Ok(())
    }

    /// As it was in the beginning.
    pub(crate) fn reset(&self) {
        // The state is that of this very emulator.
        let _ = self.restore(&self.initial);
        self.clock.set_skew_seconds(0);
        self.faults.clear();
        self.journal.clear();
        self.notifications.reset();
    }

    /// Sets the service's clock wrong.
    pub(crate) fn set_clock_skew(&self, seconds: i64) {
        self.clock.set_skew_seconds(seconds);
        self.service.forget_rates();
    }

    /// Moves the service's clock forward, and carries out on the way what then becomes due.
    pub(crate) fn advance_clock(&self, by: Duration) {
        let mut left = by;
        while let Some(due) = self.late.next_due() {
            let wait = self.clock.now().until(due);
            if wait > left {
                break;
            }
            self.move_clock(wait);
            left -= wait;
            while let Some(late) = self.late.take_due(due) {
                self.execute(late);
            }
        }
        self.move_clock(left);
    }

    fn move_clock(&self, by: Duration) {
        let mut store = self.service.store();
        self.clock.advance(by);
        store.write_clock(self.clock.offset_millis());
    }

    /// Has a request carried out when `after` has passed in real time or by the service's clock.
    pub(super) fn execute_late(self: &Arc<Self>, request: Request, number: u64, after: Duration) {
        let at = self.clock.now().plus(after);
        match self.late.put_off(Late { request, number }, at) {
            Ok(due) => {
                tokio::spawn(execute_after(Arc::downgrade(self), due, after));
            }
            Err(late) => {
                tracing::warn!("too many requests are to be carried out late: this one is now");
                self.execute(*late);
            }
        }
    }

    fn execute(&self, late: Late) {
        if let Err(error) = self.service.writable(true) {
            tracing::warn!(%error, "a request that was put off is not carried out");
            return;
        }
        let response = self.answer(&late.request);
        let now = self.clock.now();
        self.journal.executed(late.number, response.status(), now);
    }
}

/// Waits for real, unless the clock is moved in the meantime. It keeps no emulator alive.
async fn execute_after(state: Weak<AppState>, due: Due, after: Duration) {
    tokio::time::sleep(after).await;
    if let Some(state) = state.upgrade()
        && let Some(late) = state.late.take(&due)
    {
        state.execute(late);
    }
}
