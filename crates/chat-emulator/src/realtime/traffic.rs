//! What comes and goes over a connection, whether it is a socket or polls.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::api::operation::{NotificationOperation, Operation};
use crate::http::faults::kind::FaultKind;

use super::connection::{End, Signals};
use super::entry::NotificationOutcome;
use super::frame::{self, Packet};
use super::hub::{Hub, State};

/// An event of a client.
#[derive(Deserialize)]
struct ClientEvent {
    name: String,
    #[serde(default)]
    args: Vec<Value>,
}

/// The answer of a client to a request.
#[derive(Deserialize)]
struct ClientAnswer {
    id: u64,
    status: u16,
}

impl Hub {
    /// What wakes whoever sends for a connection.
    pub(super) fn signals(&self, number: u64) -> Option<Signals> {
        let state = self.state();
        Some(state.connections.get(&number)?.signals())
    }

    /// What is to be sent over a connection now, and whether it ends after that.
    pub(super) fn take(&self, number: u64) -> (Vec<String>, Option<End>) {
        match self.state().connections.get_mut(&number) {
            Some(connection) => connection.take(),
            None => (Vec::new(), Some(End::Closed)),
        }
    }

    /// Whether there is something to send over a connection, or it ends.
    pub(super) fn is_ready(&self, number: u64) -> bool {
        let state = self.state();
        let connection = state.connections.get(&number);
        connection.is_none_or(|connection| connection.is_ready())
    }

    /// When something came of the client last.
    pub(super) fn heard(&self, number: u64) -> Option<Instant> {
        let state = self.state();
        Some(state.connections.get(&number)?.heard)
    }

    /// Notes that the client is there.
    pub(super) fn hear(&self, number: u64) {
        if let Some(connection) = self.state().connections.get_mut(&number) {
            connection.heard = Instant::now();
        }
    }

    /// Takes a packet of a client. What makes no sense is ignored.
    pub(super) fn receive(&self, number: u64, text: &str) {
        self.hear(number);
        match Packet::parse(text) {
            Some(Packet::Disconnect) => {
                if let Some(connection) = self.state().connections.get_mut(&number) {
                    connection.close();
                }
            }
            Some(Packet::Heartbeat) => {
                if let Some(connection) = self.state().connections.get_mut(&number) {
                    connection.send(frame::HEARTBEAT.to_owned());
                }
            }
            Some(Packet::Answer(data)) => match serde_json::from_str(data) {
                Ok(answer) => self.answered(number, &answer),
                Err(_) => tracing::debug!("an answer to a notification is not readable"),
            },
            Some(Packet::Event { ack, data }) => match serde_json::from_str(data) {
                Ok(event) => self.told(number, ack, &event),
                Err(_) => tracing::debug!("an event of a client is not readable"),
            },
            Some(Packet::Other) => {}
            None => tracing::debug!("a client has sent what is no packet"),
        }
    }

    /// Tells the client again that something was lost, if it has not acknowledged that.
    pub(super) fn remind(&self, number: u64) {
        let mut state = self.state();
        let endpoint = state.connections.get(&number);
        if let Some(endpoint) = endpoint.map(|connection| connection.endpoint.clone()) {
            state.tell_of_loss(&endpoint);
        }
    }

    fn answered(&self, number: u64, answer: &ClientAnswer) {
        let (now, status) = (self.now(), answer.status);
        let mut guard = self.state();
        let state = &mut *guard;
        let Some(connection) = state.connections.get_mut(&number) else {
            return;
        };
        if let Some(entry) = connection.answered(answer.id) {
            connection.last_answer = Some((now, status));
            let outcome = NotificationOutcome::Answered { status };
            state.log.became(entry, outcome);
        }
    }

    /// A client waits for the acknowledgement of every event that asks for one.
    fn told(&self, number: u64, ack: Option<u64>, event: &ClientEvent) {
        let is_ping = event.name == "ping";
        if is_ping
            && self.befalls(NotificationOperation::PingNotifications) == Some(FaultKind::NoPong {})
        {
            return;
        }
        let mut state = self.state();
        if event.name == "trouter.processed_message_loss" {
            state.acknowledge_loss(number, &event.args);
        }
        if let (Some(ack), Some(connection)) = (ack, state.connections.get_mut(&number)) {
            let arguments = if is_ping { json!(["pong"]) } else { json!([]) };
            connection.send(frame::ack(ack, &arguments));
        }
    }

    /// The fault that befalls what no request of a client is, if any.
    pub(super) fn befalls(&self, operation: NotificationOperation) -> Option<FaultKind> {
        if !self.faults.armed() {
            return None;
        }
        let plan = self.faults.plan(Some(Operation::Notification(operation)));
        plan.fault.map(|hit| hit.kind)
    }
}

impl State {
    fn acknowledge_loss(&mut self, number: u64, arguments: &[Value]) {
        let Some(connection) = self.connections.get(&number) else {
            return;
        };
        let Some(endpoint) = self.endpoints.get_mut(&connection.endpoint) else {
            return;
        };
        let indicators = arguments.iter().filter_map(|argument| {
            let indicators = argument.get("droppedIndicators")?;
            indicators.as_array()
        });
        let mut etags = indicators.flatten().filter_map(|one| one["etag"].as_str());
        if etags.any(|etag| endpoint.loss.as_deref() == Some(etag)) {
            endpoint.loss = None;
        }
    }
}

/// Held by whoever serves a connection: when it goes, however it does, the connection has ended.
pub(super) struct Served {
    pub(super) hub: Arc<Hub>,
    pub(super) number: u64,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.hub.ended(self.number);
    }
}
