//! The task of one subscription: first the handshake, then deliveries, as long as there is a subscription.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;

use crate::api::thread_events::ThreadEvents;
use crate::http::state::AppState;
use crate::store::timestamp::Timestamp;
use crate::store::{Clock, ThreadEvent};

use super::chat_events::chat_events;
use super::client::Client;
use super::event::Source;
use super::handshake::{self, Verdict};
use super::pending::Pending;
use super::queue::Queue;
use super::request;
use super::retry::Outcome;
use super::subscription::Settings;

/// So many deliveries are under way at once; what order they arrive in is up to chance.
const MOST_UNDER_WAY: usize = 8;
/// How soon an endpoint that has not answered sensibly is asked again whether it wants events.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// The machine's clock may be set: no wait is longer than this before the time is looked at again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A subscription and how it fares, shared by its task and those who ask.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) settings: Settings,
    pub(super) source: Source,
    client: Client,
    app: Arc<AppState>,
    state: Mutex<State>,
    wake: Notify,
    end: Notify,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) phase: Phase,
    pub(super) queue: Queue,
    /// How often the endpoint was asked in vain whether it wants events.
    pub(super) failed_handshakes: u64,
    /// Goes up with every change.
    pub(super) revision: u64,
    finishing: bool,
}

/// How far a subscription has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The endpoint has not said yes yet. Events wait.
    Validating,
    Active,
    /// It has said no, for this reason. There are no events for it.
    Refused(String),
}

impl Worker {
    pub(super) fn new(
        settings: Settings,
        source: Source,
        app: Arc<AppState>,
    ) -> std::io::Result<Self> {
        Ok(Self {
            client: Client::new(&settings.endpoint)?,
            settings,
            source,
            app,
            state: Mutex::new(State {
                phase: Phase::Validating,
                queue: Queue::default(),
                failed_handshakes: 0,
                revision: 0,
                finishing: false,
            }),
            wake: Notify::new(),
            end: Notify::new(),
        })
    }

    /// Makes events of what has happened, as far as the subscription has their types.
    fn publish(&self, happened: &ThreadEvent) {
        let mut events = chat_events(happened);
        events.retain(|event| self.settings.includes(&event.event_type()));
        if events.is_empty() {
            return;
        }
        let now = self.now();
        let mut state = self.change();
        for event in events {
            let misfortune = self.app.faults.plan_event();
            state.queue.publish(event, now, misfortune);
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Looks at the clock again.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Ends the task when everything that is due has been attempted.
    pub(super) fn finish(&self) {
        self.end.notify_one();
    }

    fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// Looks at the state.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Every change is a single step, so a panic leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.revision += 1;
        state
    }

    /// The task. It ends when the endpoint refuses events, or when it is told to.
    pub(super) async fn run(self: Arc<Self>, events: ThreadEvents) {
        let delivering = async {
            if self.validate().await {
                self.deliver().await;
            }
        };
        tokio::select! {
            () = delivering => {}
            () = self.listen(events) => {}
        }
    }

    /// Takes what happens into the queue at once, however long deliveries take. It goes on for ever.
    async fn listen(&self, mut events: ThreadEvents) {
        loop {
            tokio::select! {
                biased;
                event = events.next() => match event {
                    Ok(happened) => self.publish(&happened),
                    Err(RecvError::Lagged(lost)) => {
                        tracing::warn!(lost, "too much has happened at once: there are no events of some of it");
                        self.change().queue.counts.lost += lost;
                    }
                    Err(RecvError::Closed) => break,
                },
                () = self.end.notified() => {
                    self.change().finishing = true;
                    self.wake.notify_one();
                }
            }
        }
        std::future::pending().await
    }

    /// Asks until there is an answer, and says whether it is yes.
    async fn validate(&self) -> bool {
        let endpoint = &self.settings.endpoint;
        loop {
            let now = self.now();
            let verdict = handshake::ask(&self.client, &self.settings, &self.source, now).await;
            match verdict {
                Verdict::Validated => {
                    self.change().phase = Phase::Active;
                    tracing::info!(%endpoint, "the webhook takes events of Event Grid");
                    return true;
                }
                Verdict::Refused(reason) => {
                    tracing::warn!(%endpoint, reason, "the webhook takes no events of Event Grid");
                    let mut state = self.change();
                    state.queue = Queue::default();
                    state.phase = Phase::Refused(reason);
                    return false;
                }
                Verdict::AskAgain(outcome) => {
                    let outcome = outcome.name();
                    tracing::info!(%endpoint, outcome, "the webhook is asked again in 5 seconds");
                }
            }
            let again = self.now().plus(ASK_AGAIN);
            self.change().failed_handshakes += 1;
            while self.now() < again {
                if self.state().finishing {
                    return false;
                }
                self.sleep_until(Some(again)).await;
            }
        }
    }

    async fn deliver(&self) {
        let mut under_way = FuturesUnordered::new();
        loop {
            while under_way.len() < MOST_UNDER_WAY {
                let batch = self.take();
                if batch.is_empty() {
                    break;
                }
                under_way.push(self.attempt(batch));
            }
            let next_due = {
                let state = self.state();
                if state.finishing && under_way.is_empty() {
                    return;
                }
                state.queue.next_due()
            };
            // With all places taken, a place is what is waited for.
            let next_due = next_due.filter(|_| under_way.len() < MOST_UNDER_WAY);
            tokio::select! {
                Some(()) = under_way.next() => {}
                () = self.sleep_until(next_due) => {}
            }
        }
    }

    fn take(&self) -> Vec<Pending> {
        let mut state = self.state();
        let dead = state.queue.dead_letters.count;
        let batch = state.queue.take(self.now(), &self.settings);
        if !batch.is_empty() || state.queue.dead_letters.count > dead {
            state.revision += 1;
        }
        batch
    }

    async fn attempt(&self, batch: Vec<Pending>) {
        let outcome = match self.app.service.written().await {
            Ok(()) => self.send(&batch).await,
            // Nobody is told of what could still be lost.
            Err(_) => Outcome::SocketError,
        };
        if !outcome.is_success() {
            let (endpoint, events) = (&self.settings.endpoint, batch.len());
            let (outcome, status) = (outcome.name(), outcome.status());
            tracing::info!(%endpoint, events, outcome, status, "a delivery of Event Grid has failed");
        }
        let now = self.now();
        self.change()
            .queue
            .settle(batch, outcome, now, &self.settings);
    }

    async fn send(&self, batch: &[Pending]) -> Outcome {
        let request = request::delivery(&self.settings, &self.source, batch);
        match self.client.send(request).await {
            Ok(answer) => Outcome::Answered(answer.status.as_u16()),
            Err(outcome) => outcome,
        }
    }

    /// Waits until then by the emulator's clock, or until there is something to do.
    async fn sleep_until(&self, due: Option<Timestamp>) {
        let wait = due.map_or(LONGEST_WAIT, |due| self.now().until(due));
        tokio::select! {
            () = tokio::time::sleep(wait.min(LONGEST_WAIT)) => {}
            () = self.wake.notified() => {}
        }
    }
}
