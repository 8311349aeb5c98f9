//! The one subscription that an emulator has, or none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::api::thread_events::ThreadEvents;
use crate::http::state::AppState;

use super::event::Source;
use super::status::EventGridStatus;
use super::subscription::{EventGridSubscription, InvalidSubscription, Settings};
use super::worker::Worker;

/// How long events that are due may take when the emulator is asked to end.
const GRACE: Duration = Duration::from_secs(5);

/// Event Grid as far as this emulator's resource is concerned.
#[derive(Debug)]
pub(crate) struct EventGrid {
    state: Arc<AppState>,
    source: Source,
    runtime: Handle,
    current: Mutex<Current>,
}

#[derive(Debug, Default)]
struct Current {
    subscription: Option<Subscribed>,
    /// Goes up when there is another subscription.
    changes: u64,
}

#[derive(Debug)]
struct Subscribed {
    worker: Arc<Worker>,
    task: JoinHandle<()>,
}

/// It ends with its subscription.
impl Drop for Subscribed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A subscription that is valid, and has still to be begun.
#[derive(Debug)]
pub(crate) struct CheckedSubscription(Settings);

impl TryFrom<EventGridSubscription> for CheckedSubscription {
    type Error = InvalidSubscription;

    fn try_from(subscription: EventGridSubscription) -> Result<Self, InvalidSubscription> {
        subscription.check().map(Self)
    }
}

impl EventGrid {
    /// Without a subscription. Tasks are those of `runtime`.
    pub(crate) fn new(state: Arc<AppState>, runtime: Handle) -> Self {
        let source = Source::new(state.service.store().resource());
        Self {
            state,
            source,
            runtime,
            current: Mutex::default(),
        }
    }

    /// Subscribes a webhook in place of the one there was, whose events are forgotten.
    pub(crate) fn subscribe(
        &self,
        CheckedSubscription(settings): CheckedSubscription,
    ) -> Result<(), InvalidSubscription> {
        let worker = Worker::new(settings, self.source.clone(), Arc::clone(&self.state))
            .map_err(|error| InvalidSubscription(error.to_string()))?;
        let worker = Arc::new(worker);
        let events = ThreadEvents::of(&self.state.service);
        let task = self.runtime.spawn(Arc::clone(&worker).run(events));
        let mut current = self.current();
        current.changes += 1;
        current.subscription = Some(Subscribed { worker, task });
        Ok(())
    }

    /// Ends the subscription, and says whether there was one.
    pub(crate) fn unsubscribe(&self) -> bool {
        let mut current = self.current();
        current.changes += 1;
        current.subscription.take().is_some()
    }

    /// How the subscription fares.
    pub(crate) fn status(&self) -> Option<EventGridStatus> {
        self.worker().map(|worker| EventGridStatus::of(&worker))
    }

    /// The last events that were given up, oldest first.
    pub(crate) fn dead_letters(&self) -> Vec<Value> {
        let Some(worker) = self.worker() else {
            return Vec::new();
        };
        let schema = worker.settings.schema;
        worker
            .state()
            .queue
            .dead_letters
            .documents(schema, &worker.source)
    }

    /// Forgets them.
    pub(crate) fn clear_dead_letters(&self) {
        if let Some(worker) = self.worker() {
            worker.change().queue.dead_letters.clear();
        }
    }

    /// Forgets events that wait, dead letters and counts. The subscription goes on.
    pub(crate) fn reset(&self) {
        if let Some(worker) = self.worker() {
            worker.change().queue.forget();
        }
    }

    /// Has waits end that are over by a clock that was moved.
    pub(crate) fn clock_moved(&self) {
        if let Some(worker) = self.worker() {
            worker.wake();
        }
    }

    /// Changes with everything that is to be seen here.
    pub(crate) fn revision(&self) -> (u64, u64) {
        let current = self.current();
        let subscription = current.subscription.as_ref();
        let revision = subscription.map_or(0, |subscribed| subscribed.worker.state().revision);
        (current.changes, revision)
    }

    /// Attempts for the last time what is due, in bounded time.
    pub(crate) async fn finish(&self) {
        let Some(mut subscribed) = self.current().subscription.take() else {
            return;
        };
        subscribed.worker.finish();
        let ended = tokio::time::timeout(GRACE, &mut subscribed.task).await;
        let left = subscribed.worker.state().queue.len();
        if ended.is_err() || left > 0 {
            tracing::warn!(events = left, "events of Event Grid were not delivered");
        }
    }

    fn worker(&self) -> Option<Arc<Worker>> {
        let current = self.current();
        let subscription = current.subscription.as_ref();
        subscription.map(|subscribed| Arc::clone(&subscribed.worker))
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        // Every change is a single step, so a panic leaves nothing half done.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
