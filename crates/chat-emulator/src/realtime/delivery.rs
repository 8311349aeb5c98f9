//! Registrations, and the way of an event to each client that is registered.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use crate::api::operation::NotificationOperation;
use crate::api::thread_events::ThreadEvents;
use crate::http::faults::kind::FaultKind;
use crate::store::ThreadEvent;
use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;
use crate::wire::error::ApiError;

use super::connecting::check_room;
use super::endpoint::{self, random_id};
use super::entry::NotificationOutcome;
use super::frame;
use super::hub::{Hub, MOST, State};
use super::notification;
use super::registration::{NewRegistration, Registration};

/// How long the client may take to answer, of which it is told.
const TIMEOUT_MILLIS: &str = "12798";

/// How often registrations that have ended are looked for. Nothing is sent to them in any case.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// A request as it is sent over a connection.
#[derive(Debug, Serialize)]
struct Post<'a> {
    id: u64,
    method: &'static str,
    url: String,
    headers: Headers<'a>,
    body: &'a str,
}

#[derive(Debug, Serialize)]
struct Headers<'a> {
    #[serde(rename = "Content-Type")]
    content_type: &'static str,
    #[serde(rename = "Host")]
    host: &'a str,
    #[serde(rename = "User-Agent")]
    user_agent: &'static str,
    #[serde(rename = "MS-CV")]
    vector: String,
    #[serde(rename = "trouter-request")]
    trouter_request: String,
    #[serde(rename = "Trouter-TimeoutMs")]
    timeout: &'static str,
}

/// A notification on its way to one registration.
struct Parcel<'a> {
    recipient: &'a RawId,
    name: &'a str,
    thread: Option<&'a str>,
    body: String,
}

impl Hub {
    /// Registers a client of `user`, in place of what it had registered under the same id. Nothing comes of a
    /// registration for something else than chat, or to an address that is not the user's.
    pub(super) fn register(
        self: &Arc<Self>,
        user: &RawId,
        new: NewRegistration,
    ) -> Result<(), ApiError> {
        let now = self.now();
        let mut state = self.state();
        if state.registration_count() >= MOST {
            state.forget_registrations(now);
            check_room(state.registration_count(), MOST)?;
        }
        let of_user = state.registrations.get_mut(user);
        let old = of_user.and_then(|of_user| of_user.remove(&new.id));
        // A renewal leaves no gap.
        let renewed = old.filter(|old| old.endpoint == new.endpoint && old.is_for(now));
        let endpoint = state.endpoints.get(&new.endpoint);
        let endpoint = endpoint.filter(|endpoint| new.delivers && endpoint.user == *user);
        let Some(endpoint) = endpoint else {
            return Ok(());
        };
        let registration = Registration {
            begins: renewed.map_or(now, |old| old.begins),
            ends: now.plus(new.ttl.min(endpoint.left(now))),
            endpoint: new.endpoint,
        };
        let of_user = state.registrations.entry(user.clone()).or_default();
        of_user.insert(new.id, registration);
        if !state.listening {
            state.listening = true;
            let events = ThreadEvents::of(&self.service);
            self.spawn(listen(Arc::clone(self), events));
        }
        Ok(())
    }

    /// Forgets a registration, if there is one.
    pub(super) fn unregister(&self, user: &RawId, id: &str) {
        let mut state = self.state();
        if let Some(of_user) = state.registrations.get_mut(user) {
            of_user.remove(id);
            if of_user.is_empty() {
                state.registrations.remove(user);
            }
        }
    }

    /// Sends an event to every client that is registered for it. Says whether anybody is registered at all.
    fn deliver(&self, event: &ThreadEvent) -> bool {
        let now = self.now();
        let name = notification::name(event);
        let mut state = self.state();
        if state.next_sweep <= now {
            state.next_sweep = now.plus(SWEEP_EVERY);
            state.forget_registrations(now);
        }
        for recipient in &event.recipients {
            for endpoint in state.reach(recipient, event.at) {
                let Some(base) = state.endpoints.get(&endpoint).map(|found| &found.base) else {
                    continue;
                };
                let transaction = format!("{}.1.1.1.1", random_id());
                let parcel = Parcel {
                    recipient,
                    name,
                    thread: Some(event.thread.id.as_str()),
                    body: notification::body(event, recipient, base, &transaction),
                };
                self.post(&mut state, &endpoint, &parcel, now);
            }
        }
        state.listening = !state.registrations.is_empty();
        state.listening
    }

    /// Posts a body that somebody has made up to all clients of a user. Says to how many.
    pub(super) fn post_made_up(&self, recipient: &RawId, name: &str, body: String) -> usize {
        let now = self.now();
        let mut state = self.state();
        let parcel = Parcel {
            recipient,
            name,
            thread: None,
            body,
        };
        let endpoints = state.reach(recipient, now);
        for endpoint in &endpoints {
            self.post(&mut state, endpoint, &parcel, now);
        }
        endpoints.len()
    }

    /// Nobody knows any more what has happened: everybody is told so.
    pub(super) fn lose_all(&self) {
        let now = self.now();
        let mut state = self.state();
        let endpoints: Vec<_> = state.endpoints.keys().cloned().collect();
        for endpoint in endpoints {
            state.lose(&endpoint, now);
        }
    }

    fn post(&self, state: &mut State, endpoint: &str, parcel: &Parcel<'_>, now: Timestamp) {
        let fault = self.befalls(NotificationOperation::DeliverNotification);
        let lost = fault == Some(FaultKind::LostNotification {});
        let copies = match fault {
            Some(FaultKind::DuplicatedNotification {}) => 2,
            _ => 1,
        };
        state.last_request += 1;
        let id = state.last_request;
        let Some(base) = state
            .endpoints
            .get(endpoint)
            .map(|found| found.base.clone())
        else {
            return;
        };
        let connected = state.connection_of(endpoint).is_some();
        let outcome = match connected && !lost {
            true => NotificationOutcome::Sent,
            false => NotificationOutcome::Lost,
        };
        let recipient = parcel.recipient.as_str();
        let number = state
            .log
            .add(now, parcel.name, recipient, parcel.thread, outcome);
        if outcome == NotificationOutcome::Lost {
            state.lose(endpoint, now);
            return;
        }
        let packet = packet(id, endpoint, &base, parcel);
        if let Some(connection) = state.connection_of(endpoint) {
            for _ in 1..copies {
                connection.send(packet.clone());
            }
            connection.send_request(packet, id, number);
        }
    }
}

impl State {
    /// The endpoints to which is posted what happens to a user at a time.
    fn reach(&self, user: &RawId, at: Timestamp) -> Vec<String> {
        let of_user = self.registrations.get(user).into_iter();
        let registrations = of_user.flat_map(|all| all.values());
        registrations
            .filter(|registration| registration.is_for(at))
            .map(|registration| registration.endpoint.clone())
            .collect()
    }

    fn registration_count(&self) -> usize {
        self.registrations.values().map(HashMap::len).sum()
    }

    /// Forgets the registrations that have ended, or whose address is unknown by now.
    fn forget_registrations(&mut self, now: Timestamp) {
        let endpoints = &self.endpoints;
        self.registrations.retain(|_, of_user| {
            of_user.retain(|_, registration| {
                registration.ends > now && endpoints.contains_key(&registration.endpoint)
            });
            !of_user.is_empty()
        });
    }
}

/// Passes on what happens for as long as anybody is registered.
async fn listen(hub: Arc<Hub>, mut events: ThreadEvents) {
    loop {
        match events.next().await {
            Ok(event) => {
                // Nobody is told what could still be lost.
                if hub.service.written().await.is_ok() && !hub.deliver(&event) {
                    return;
                }
            }
            Err(RecvError::Lagged(count)) => {
                tracing::warn!(count, "notifications are lost");
                hub.lose_all();
            }
            Err(RecvError::Closed) => return,
        }
    }
}

fn packet(id: u64, endpoint: &str, base: &str, parcel: &Parcel<'_>) -> String {
    let trouter_request =
        json!({"id": Uuid::new_v4().to_string(), "src": "127.0.0.1", "port": 3443});
    frame::request(&Post {
        id,
        method: "POST",
        url: format!("{}{}", endpoint::path(endpoint), parcel.name),
        headers: Headers {
            content_type: "application/json; charset=utf-8",
            host: base.split_once("://").map_or(base, |(_, host)| host),
            user_agent: concat!("chat-emulator/", env!("CARGO_PKG_VERSION")),
            vector: format!("{}.1", random_id()),
            trouter_request: trouter_request.to_string(),
            timeout: TIMEOUT_MILLIS,
        },
        body: &parcel.body,
    })
}
