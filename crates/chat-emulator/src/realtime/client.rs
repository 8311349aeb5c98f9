//! Who is connected, for those who look.

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::store::timestamp::Timestamp;

use super::connection::Connection;
use super::hub::State;

/// A client of notifications that is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationClient {
    pub(super) connection: u64,
    pub(super) user: String,
    since: Timestamp,
    registered_until: Option<Timestamp>,
    last_answer: Option<(Timestamp, u16)>,
    is_told_of_loss: bool,
}

impl NotificationClient {
    /// Those that are connected, the longest first.
    pub(super) fn all(state: &State, now: Timestamp) -> Vec<Self> {
        let connections = state.connections.iter();
        let clients = connections
            .filter_map(|(number, connection)| Self::of(state, *number, connection, now));
        let mut clients: Vec<_> = clients.collect();
        clients.sort_by_key(|client| client.connection);
        clients
    }

    fn of(state: &State, number: u64, connection: &Connection, now: Timestamp) -> Option<Self> {
        let endpoint = state.endpoints.get(&connection.endpoint)?;
        if connection.is_ending() {
            return None;
        }
        let of_user = state.registrations.get(&endpoint.user);
        let registrations = of_user.into_iter().flat_map(|of_user| of_user.values());
        let ends = registrations
            .filter(|registration| registration.endpoint == connection.endpoint)
            .map(|registration| registration.ends);
        Some(Self {
            connection: number,
            user: endpoint.user.as_str().to_owned(),
            since: connection.since,
            registered_until: ends.max().filter(|ends| *ends > now),
            last_answer: connection.last_answer,
            is_told_of_loss: endpoint.loss.is_some(),
        })
    }

    /// Counts connections, from 1.
    pub fn connection(&self) -> u64 {
        self.connection
    }

    /// The raw id of its user.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// When it connected, by the service's clock.
    pub fn connected_on(&self) -> OffsetDateTime {
        self.since.into()
    }

    /// Until when its address is registered, if it is: it is notified of nothing else.
    pub fn registered_until(&self) -> Option<OffsetDateTime> {
        self.registered_until.map(Into::into)
    }

    /// When it last answered a notification over this connection, and with which status.
    pub fn last_answer(&self) -> Option<(OffsetDateTime, u16)> {
        self.last_answer.map(|(at, status)| (at.into(), status))
    }

    /// Whether it was told that something was lost, and has not acknowledged that.
    pub fn has_unacknowledged_loss(&self) -> bool {
        self.is_told_of_loss
    }

    /// As the control API shows it.
    pub(crate) fn document(&self) -> Value {
        json!({
            "connection": self.connection,
            "user": self.user,
            "connectedOn": self.since,
            "registeredUntil": self.registered_until,
            "answeredOn": self.last_answer.map(|(at, _)| at),
            "status": self.last_answer.map(|(_, status)| status),
            "unacknowledgedLoss": self.is_told_of_loss,
        })
    }
}
