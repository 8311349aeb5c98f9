//! What a handshake has opened.

use std::time::Duration;

use crate::store::timestamp::Timestamp;

/// How long it waits for its connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// The prospect of a connection to an endpoint, and later that connection.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) endpoint: String,
    ends: Timestamp,
    pub(super) connection: Option<u64>,
}

impl Session {
    pub(super) fn new(endpoint: String, now: Timestamp) -> Self {
        Self {
            endpoint,
            ends: now.plus(PATIENCE),
            connection: None,
        }
    }

    /// Whether it can still be connected, or is.
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.connection.is_some() || self.ends > now
    }
}
