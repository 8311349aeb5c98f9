//! How a client comes to have a connection: an endpoint, a session of it, and the connection itself.

use http::StatusCode;
use serde_json::{Value, json};

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;
use crate::wire::error::ApiError;
use crate::wire::query::Query;

use super::connection::Connection;
use super::endpoint::{Endpoint, random_id};
use super::frame;
use super::hub::{Hub, MOST, State};
use super::session::Session;

/// How long the server lets a client be silent, and the client the server, in seconds.
pub(super) const HEARTBEAT: u64 = 70;
/// Sockets and polls, of which there may be so many.
const MOST_CONNECTIONS: usize = 1_024;

impl Hub {
    /// Gives a user an endpoint: a new one, or its own again if the query has the parameters of one.
    pub(super) fn allocate(
        &self,
        user: RawId,
        query: &Query,
        base: String,
    ) -> Result<Value, ApiError> {
        if query.get("epid").is_none_or(str::is_empty) {
            return Err(ApiError::bad_request("The parameter epid is missing."));
        }
        let now = self.now();
        let mut state = self.state();
        if let Some(id) = query.get("sr")
            && let Some(endpoint) = state.endpoints.get_mut(id)
        {
            if endpoint.user != user || !endpoint.knows(query) || endpoint.ends <= now {
                return Err(forbidden());
            }
            endpoint.base = base;
            return Ok(endpoint.allocation(id, now));
        }
        if state.endpoints.len() >= MOST {
            state.forget_an_endpoint(now)?;
        }
        let id = random_id();
        state.last_endpoint += 1;
        let endpoint = Endpoint::new(state.last_endpoint, user, base, now);
        let allocation = endpoint.allocation(&id, now);
        state.endpoints.insert(id, endpoint);
        Ok(allocation)
    }

    /// Opens a session of the endpoint whose parameters the query has. Gives what the handshake is answered
    /// with.
    pub(super) fn open(&self, user: &RawId, query: &Query) -> Result<String, ApiError> {
        let now = self.now();
        let mut state = self.state();
        let endpoint = state.endpoint_in(query, now)?;
        if state.endpoints[&endpoint].user != *user {
            return Err(forbidden());
        }
        if state.sessions.len() >= MOST {
            state.sessions.retain(|_, session| session.is_open(now));
            check_room(state.sessions.len(), MOST)?;
        }
        let id = random_id();
        let session = Session::new(endpoint, now);
        state.sessions.insert(id.clone(), session);
        Ok(format!(
            "{id}:{HEARTBEAT}:{HEARTBEAT}:websocket,xhr-polling"
        ))
    }

    /// Connects the session `id`, for the first time, and greets the client. Gives the number of the
    /// connection.
    pub(super) fn connect(&self, id: &str, query: &Query) -> Result<u64, ApiError> {
        let now = self.now();
        let mut guard = self.state();
        let state = &mut *guard;
        let endpoint_id = state.endpoint_in(query, now)?;
        check_room(state.connections.len(), MOST_CONNECTIONS)?;
        let session = state.sessions.get_mut(id).filter(|session| {
            session.endpoint == endpoint_id && session.connection.is_none() && session.is_open(now)
        });
        let session = session.ok_or_else(no_session)?;
        state.last_connection += 1;
        let number = state.last_connection;
        session.connection = Some(number);

        let mut connection = Connection::new(endpoint_id.clone(), now);
        connection.send(frame::CONNECT.to_owned());
        if let Some(endpoint) = state.endpoints.get_mut(&endpoint_id) {
            let ttl = endpoint.left(now).as_secs();
            let connected = json!({"ttl": ttl, "dur": "21"});
            connection.send_event("trouter.connected", &connected);
            // What has happened while nobody was connected is unknown.
            endpoint.lose(now);
            endpoint.connections.push(number);
        }
        state.connections.insert(number, connection);
        state.tell_of_loss(&endpoint_id);
        Ok(number)
    }

    /// The connection of the session `id`, if it has one. The parameters say whose it is.
    pub(super) fn connection_of_session(
        &self,
        id: &str,
        query: &Query,
    ) -> Result<Option<u64>, ApiError> {
        let now = self.now();
        let state = self.state();
        let endpoint = state.endpoint_in(query, now)?;
        let session = state.sessions.get(id);
        let session = session.filter(|session| session.endpoint == endpoint);
        Ok(session.ok_or_else(no_session)?.connection)
    }
}

impl State {
    /// Forgets the endpoints that have ended, or else the oldest one that nobody is connected to.
    fn forget_an_endpoint(&mut self, now: Timestamp) -> Result<(), ApiError> {
        self.endpoints.retain(|_, endpoint| endpoint.ends > now);
        if self.endpoints.len() < MOST {
            return Ok(());
        }
        let endpoints = self.endpoints.iter();
        let idle = endpoints.filter(|(_, endpoint)| endpoint.connections.is_empty());
        let oldest = idle.min_by_key(|(_, endpoint)| endpoint.number);
        let oldest = oldest.map(|(id, _)| id.clone());
        if let Some(id) = &oldest {
            self.endpoints.remove(id);
        }
        check_room(self.endpoints.len(), MOST)
    }

    /// The endpoint whose parameters a query has, as long as they are good.
    fn endpoint_in(&self, query: &Query, now: Timestamp) -> Result<String, ApiError> {
        let id = query.get("sr").ok_or_else(forbidden)?;
        let endpoint = self.endpoints.get(id);
        let known = endpoint.filter(|endpoint| endpoint.ends > now && endpoint.knows(query));
        known.map(|_| id.to_owned()).ok_or_else(forbidden)
    }
}

fn forbidden() -> ApiError {
    let message = "The connection parameters are unknown, expired or not of this user.";
    ApiError::new(StatusCode::FORBIDDEN, "Forbidden", message)
}

pub(super) fn no_session() -> ApiError {
    let message = "There is no such session, or it has ended.";
    ApiError::new(StatusCode::NOT_FOUND, "NotFound", message)
}

/// Refuses one more of something than there may be.
pub(super) fn check_room(taken: usize, most: usize) -> Result<(), ApiError> {
    if taken < most {
        return Ok(());
    }
    let message = format!("There are {most} clients of notifications already.");
    Err(ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "EmulatorCapacityExceeded",
        message,
    ))
}
