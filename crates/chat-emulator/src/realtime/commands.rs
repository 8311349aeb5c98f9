//! What can be done to the connections of clients, and asked about them.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::store::identifier::RawId;

use super::client::NotificationClient;
use super::connection::Connection;
use super::entry::NotificationEntry;
use super::frame;
use super::hub::{Hub, State};

/// The notifications of an emulator: what became of them, and how to disturb those who receive them.
///
/// Every command is for the connections that are open now, of one user or of all. It says how many there
/// were.
#[derive(Clone, Debug)]
pub struct Notifications<'a> {
    hub: &'a Hub,
    user: Option<String>,
}

/// Why the server ends a connection.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum DisconnectReason {
    /// Nothing is said: `0::`.
    None,
    /// Somebody else has connected to the same endpoint: `0:::dup`.
    Dup,
    /// The client was silent for too long.
    Timeout,
    /// The token is not accepted any more; the client asks for another.
    Unauthorized,
    /// Tokens of this kind are not accepted any more; the client gives up.
    SkypetokenDeprecated,
}

/// Where a client is told to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ReconnectTarget {
    /// To the same endpoint again.
    SameEndpoint,
    /// To a new endpoint, wherever it is.
    Global,
    /// To a new endpoint at this URL.
    Host(String),
}

impl<'a> Notifications<'a> {
    pub(crate) fn new(hub: &'a Hub) -> Self {
        Self { hub, user: None }
    }

    /// Those of one user, by its raw id.
    pub fn of(self, user: impl Into<String>) -> Self {
        Self {
            user: Some(user.into()),
            ..self
        }
    }

    /// The last 1,000 notifications, oldest first, and what became of them.
    pub fn entries(&self) -> Vec<NotificationEntry> {
        let mut entries = self.hub.entries();
        if let Some(user) = &self.user {
            entries.retain(|entry| entry.recipient() == user);
        }
        entries
    }

    /// The clients that are connected, the longest first.
    pub fn clients(&self) -> Vec<NotificationClient> {
        let now = self.hub.now();
        let mut clients = NotificationClient::all(&self.hub.state(), now);
        if let Some(user) = &self.user {
            clients.retain(|client| client.user == *user);
        }
        clients
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.on_connections(|_| {})
    }

    /// How many clients are registered for notifications.
    pub fn registrations(&self) -> usize {
        let now = self.hub.now();
        let state = self.hub.state();
        let of_users = state.registrations.iter();
        let of_user = of_users.filter(|(user, _)| self.concerns(user));
        let all = of_user.flat_map(|(_, all)| all.values());
        all.filter(|registration| registration.ends > now).count()
    }

    /// How many of those that are connected have not acknowledged yet that something was lost.
    pub fn unacknowledged_losses(&self) -> usize {
        let state = self.hub.state();
        let endpoints = self.endpoints(&state).into_iter();
        let lost = endpoints.filter(|id| state.endpoints[id].loss.is_some());
        lost.count()
    }

    /// Resets the connections, as if the network were gone.
    pub fn cut(&self) -> usize {
        self.on_connections(Connection::cut)
    }

    /// Resets one connection, as if the network were gone. Says whether it was open.
    pub fn cut_one(&self, connection: u64) -> bool {
        let mut state = self.hub.state();
        let found = state.connections.get_mut(&connection);
        found.map(Connection::cut).is_some()
    }

    /// Ends the connections with a reason.
    pub fn disconnect(&self, reason: DisconnectReason) -> usize {
        let packet = frame::disconnect(reason.data().as_deref());
        self.on_connections(|connection| {
            connection.send(packet.clone());
            connection.close();
        })
    }

    /// Tells the clients to connect anew. The connections stay open until they are closed by the clients.
    pub fn reconnect(&self, target: ReconnectTarget) -> usize {
        let argument = target.argument();
        self.on_connections(|connection| connection.send_event("trouter.reconnect", &argument))
    }

    /// Tells the clients that something was lost, whether it was or not.
    pub fn lose(&self) -> usize {
        let now = self.hub.now();
        let mut state = self.hub.state();
        let endpoints = self.endpoints(&state);
        for endpoint in &endpoints {
            state.lose(endpoint, now);
        }
        endpoints.len()
    }

    /// Posts a body of your own to all registered clients of the user, under a name such as
    /// `chatMessageReceived`. Says to how many. It is not checked; without [`Self::of`] there is no recipient.
    pub fn post(&self, name: &str, body: impl Into<String>) -> usize {
        let user = self.user.as_deref().map(RawId::parse);
        match user {
            Some(Ok(user)) => self.hub.post_made_up(&user, name, body.into()),
            _ => 0,
        }
    }

    fn concerns(&self, user: &RawId) -> bool {
        self.user.as_deref().is_none_or(|one| one == user.as_str())
    }

    /// The endpoints of whom it concerns that have a connection.
    fn endpoints(&self, state: &State) -> Vec<String> {
        let endpoints = state.endpoints.iter();
        let connected = endpoints.filter(|(_, endpoint)| {
            self.concerns(&endpoint.user) && !endpoint.connections.is_empty()
        });
        connected.map(|(id, _)| id.clone()).collect()
    }

    fn on_connections(&self, mut act: impl FnMut(&mut Connection)) -> usize {
        let mut guard = self.hub.state();
        let state = &mut *guard;
        let mut count = 0;
        for connection in state.connections.values_mut() {
            let endpoint = state.endpoints.get(&connection.endpoint);
            if endpoint.is_some_and(|endpoint| self.concerns(&endpoint.user)) {
                act(connection);
                count += 1;
            }
        }
        count
    }
}

impl DisconnectReason {
    fn data(&self) -> Option<String> {
        let reason = |name: &str| Some(json!({ "reason": name }).to_string());
        match self {
            Self::None => None,
            Self::Dup => Some("dup".to_owned()),
            Self::Timeout => reason("timeout"),
            Self::Unauthorized => reason("unauthorized"),
            Self::SkypetokenDeprecated => reason("skypetoken-deprecated"),
        }
    }
}

impl ReconnectTarget {
    fn argument(&self) -> Value {
        match self {
            Self::SameEndpoint => json!({"target": "self"}),
            Self::Global => json!({"target": "global"}),
            Self::Host(url) => json!({"target": "host", "url": url}),
        }
    }
}
