//! What the service has allocated to a client: where its connections go, and what identifies them.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use url::Url;

/// What the service has allocated. Nearly all of it is secret: whoever knows the callback URL can
/// send notifications to the client, and whoever has the parameters can connect in its place.
pub(super) struct Allocation {
    /// The base of the socket's addresses, with a slash at its end.
    pub(super) base: Url,
    /// Where the service sends notifications, so that they reach the client.
    pub(super) callback: String,
    /// Signed parameters, which go back as they came.
    pub(super) parameters: Vec<(String, String)>,
    /// Until when these are valid.
    pub(super) expires_on: Option<OffsetDateTime>,
    /// What the service calls the client in its own logs.
    pub(super) client_id: String,
    /// How long a connection lasts.
    pub(super) lasts: Option<Duration>,
    /// Where registrations go.
    pub(super) registrar: Url,
}

impl fmt::Debug for Allocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Allocation")
            .field("host", &self.base.host_str())
            .field("registrar", &self.registrar.host_str())
            .field("lasts", &self.lasts)
            .finish_non_exhaustive()
    }
}
