//! Where everything about notifications meets: endpoints, sessions, connections and registrations.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::api::service::Service;
use crate::http::faults::Faults;
use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;
use crate::store::{Clock, MovableClock};

use super::connection::Connection;
use super::endpoint::Endpoint;
use super::entry::{Log, NotificationEntry, NotificationOutcome};
use super::registration::Registration;
use super::session::Session;

/// Endpoints, sessions and registrations, of which there may be so many of each.
pub(super) const MOST: usize = 4_096;
/// How long connections have to end when the emulator does.
const FAREWELL: Duration = Duration::from_secs(1);

/// The notifications of one emulator.
pub(crate) struct Hub {
    pub(super) service: Arc<Service>,
    pub(super) faults: Arc<Faults>,
    clock: Arc<MovableClock>,
    runtime: OnceLock<Handle>,
    /// Wakes who waits for connections to end.
    ended: Notify,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) endpoints: HashMap<String, Endpoint>,
    pub(super) sessions: HashMap<String, Session>,
    pub(super) connections: HashMap<u64, Connection>,
    /// Of each user, by their ids.
    pub(super) registrations: HashMap<RawId, HashMap<String, Registration>>,
    /// Whether the events of the store are listened to.
    pub(super) listening: bool,
    pub(super) log: Log,
    /// When registrations that have ended are looked for.
    pub(super) next_sweep: Timestamp,
    pub(super) last_endpoint: u64,
    pub(super) last_connection: u64,
    pub(super) last_request: u64,
}

impl Hub {
    pub(crate) fn new(
        service: Arc<Service>,
        faults: Arc<Faults>,
        clock: Arc<MovableClock>,
    ) -> Arc<Self> {
        Arc::new(Self {
            service,
            faults,
            clock,
            runtime: OnceLock::new(),
            ended: Notify::new(),
            state: Mutex::default(),
        })
    }

    /// Where sockets are served and events are waited for.
    pub(crate) fn run_on(&self, runtime: Handle) {
        // There is only one, from the start.
        let _ = self.runtime.set(runtime);
    }

    /// Runs a task for as long as the emulator runs.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = self.runtime.get() {
            runtime.spawn(task);
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // What could be half done by a panic concerns one connection.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes all connections.
    pub(crate) fn close(&self) {
        for connection in self.state().connections.values_mut() {
            connection.close();
        }
    }

    /// Gives connections that are being closed a moment to say so.
    pub(crate) async fn closed(&self) {
        let all_ended = async {
            while !self.state().connections.is_empty() {
                self.ended.notified().await;
            }
        };
        let _ = tokio::time::timeout(FAREWELL, all_ended).await;
    }

    /// Notes that a connection has ended.
    pub(super) fn ended(&self, number: u64) {
        self.state().forget(number);
        self.ended.notify_one();
    }

    /// The last notifications, oldest first, and what became of them.
    pub(crate) fn entries(&self) -> Vec<NotificationEntry> {
        self.state().log.read()
    }

    /// Everything as in the beginning: connections are cut, endpoints and registrations are unknown.
    pub(crate) fn reset(&self) {
        let mut state = self.state();
        for connection in state.connections.values_mut() {
            connection.cut();
        }
        state.endpoints.clear();
        state.sessions.clear();
        state.registrations.clear();
        state.log.clear();
    }
}

impl State {
    /// The connection over which an endpoint is reached: the newest.
    pub(super) fn connection_of(&mut self, endpoint: &str) -> Option<&mut Connection> {
        let number = *self.endpoints.get(endpoint)?.connections.last()?;
        self.connections.get_mut(&number)
    }

    /// Notes that something for an endpoint is lost, and tells its client so if it is there.
    pub(super) fn lose(&mut self, endpoint: &str, now: Timestamp) {
        if let Some(lost) = self.endpoints.get_mut(endpoint) {
            lost.lose(now);
            self.tell_of_loss(endpoint);
        }
    }

    /// Tells a client that something was lost, until it acknowledges that.
    pub(super) fn tell_of_loss(&mut self, endpoint: &str) {
        let etag = self.endpoints.get(endpoint);
        let etag = etag.and_then(|endpoint| endpoint.loss.clone());
        if let (Some(etag), Some(connection)) = (etag, self.connection_of(endpoint)) {
            let indicators = json!({"droppedIndicators": [{"tag": "", "etag": etag}]});
            connection.send_event("trouter.message_loss", &indicators);
        }
    }

    /// Forgets a connection that has ended.
    fn forget(&mut self, number: u64) {
        let Some(connection) = self.connections.remove(&number) else {
            return;
        };
        for entry in connection.left_unanswered() {
            self.log.became(entry, NotificationOutcome::Unanswered);
        }
        if let Some(endpoint) = self.endpoints.get_mut(&connection.endpoint) {
            endpoint.connections.retain(|other| *other != number);
        }
        self.sessions
            .retain(|_, session| session.connection != Some(number));
    }
}

/// What it knows are secrets.
impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}
