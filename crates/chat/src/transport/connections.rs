//! Connections and settings, shared by any number of clients.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, retry};

use super::retry::RetryOptions;
use super::settings::Settings;
use crate::clock::{Clock, system_clock};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::governor::RateGovernor;

/// How long making a connection may take, TLS handshake included, unless the caller brings an own
/// HTTP client. Less than a request may take, so that there is time for another.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// After how long without a sign of life an HTTP/2 connection with requests in flight is asked for
/// one, and how long is waited for it. All requests share the connection, so that one which is dead
/// without anybody having said so would take each of them, and its repeats, until their timeouts.
#[cfg(feature = "http2")]
const PING: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));

const USER_AGENT: &str = concat!("chat-rust/", env!("CARGO_PKG_VERSION"));

/// Connections and settings, shared by any number of clients.
///
/// Each client that is made by its own builder has a transport of its own. A program that acts for
/// many users makes one transport, or one client and [others from it](crate::ChatClient::with_credential):
/// they share connections, TLS sessions, the rate governor and all settings, and cost next to
/// nothing to make.
///
/// A clone is cheap and shares everything.
///
/// ```
/// # fn main() -> Result<(), chat::Error> {
/// # let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5OTk5OTk5OTl9.c2ln";
/// use std::time::Duration;
/// use chat::{ChatClient, CommunicationTokenCredential, Transport};
///
/// let transport = Transport::builder().timeout(Duration::from_secs(30)).build()?;
/// let credential = CommunicationTokenCredential::new(jwt)?;
/// let client = ChatClient::builder("https://contoso.communication.azure.com", credential)
///     .transport(&transport)
///     .build()?;
/// assert_eq!(client.endpoint(), "https://contoso.communication.azure.com");
/// # Ok(()) }
/// ```
///
/// # HTTP/2
/// With the feature `http2`, HTTP/2 is spoken over TLS where the service offers it: requests that
/// are made at the same time share one connection, as many as the service allows. How many that is,
/// a connection learns soon after it is made, so let one request finish before many are sent at
/// once. Without the feature, and over plain http, each request that is in flight has a connection
/// of its own, and HTTP/1.1 is spoken. `http_client(|| reqwest::Client::builder().http1_only())`
/// does so for one transport.
///
/// # Several runtimes
/// Connections belong to the tokio runtime that made them. A pooled connection whose runtime is
/// idle (a `current_thread` runtime outside of `block_on`) makes no progress, and a request of
/// another runtime that gets it waits until its timeout. Use one transport per runtime, or keep no
/// idle connections: `http_client(|| reqwest::Client::builder().pool_max_idle_per_host(0))`.
#[derive(Clone)]
pub struct Transport {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    builder: Arc<dyn Fn() -> ClientBuilder + Send + Sync>,
    http: reqwest::Client,
    /// For plain http to this machine: without any proxy.
    direct: OnceLock<reqwest::Client>,
    clock: Arc<dyn Clock>,
    #[cfg(feature = "blocking")]
    runtime: crate::blocking::Runtime,
}

impl Transport {
    /// A builder with the usual settings.
    pub fn builder() -> TransportBuilder {
        TransportBuilder {
            settings: Settings::default(),
            http: None,
        }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    /// What blocking calls run on.
    #[cfg(feature = "blocking")]
    pub(super) fn runtime(&self) -> &crate::blocking::Runtime {
        &self.shared.runtime
    }

    /// Another HTTP client for an endpoint, with connections of its own.
    #[cfg(feature = "blocking")]
    pub(super) fn new_http(&self, endpoint: &Endpoint) -> Result<reqwest::Client, Error> {
        let builder = (self.shared.builder)();
        build(match endpoint.is_loopback_http() {
            true => builder.no_proxy(),
            false => builder,
        })
    }

    /// Another HTTP client, whose connections can become sockets: with the same settings, and never
    /// HTTP/2. A direct one uses no proxy.
    #[cfg(feature = "realtime")]
    pub(super) fn new_http1(&self, is_direct: bool) -> Result<reqwest::Client, Error> {
        let builder = (self.shared.builder)().http1_only();
        build(match is_direct {
            true => builder.no_proxy(),
            false => builder,
        })
    }

    /// The HTTP client for an endpoint. Plain http to this machine never goes through a proxy,
    /// which would be shown the access token.
    pub(super) fn http(&self, endpoint: &Endpoint) -> Result<&reqwest::Client, Error> {
        if !endpoint.is_loopback_http() {
            return Ok(&self.shared.http);
        }
        if let Some(direct) = self.shared.direct.get() {
            return Ok(direct);
        }
        let direct = build((self.shared.builder)().no_proxy())?;
        Ok(self.shared.direct.get_or_init(|| direct))
    }
}

impl From<&Transport> for Transport {
    fn from(transport: &Transport) -> Self {
        transport.clone()
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("settings", &self.shared.settings)
            .finish_non_exhaustive()
    }
}

/// Makes a [`Transport`].
///
/// ```
/// use std::time::Duration;
/// use chat::{ErrorKind, RetryOptions, Transport};
///
/// let transport = Transport::builder()
///     .timeout(Duration::from_secs(30))
///     .retry(RetryOptions::none())
///     .max_response_bytes(1024 * 1024)
///     .http_client(|| reqwest::Client::builder().pool_max_idle_per_host(4))
///     .build();
/// assert!(transport.is_ok());
/// ```
#[must_use]
pub struct TransportBuilder {
    settings: Settings,
    http: Option<Arc<dyn Fn() -> ClientBuilder + Send + Sync>>,
}

impl TransportBuilder {
    /// Permits endpoints of plain `http` that are not this machine. Whoever is on the way can then
    /// read access tokens and messages.
    pub fn allow_insecure_http(mut self) -> Self {
        self.settings.allow_insecure_http = true;
        self
    }

    /// Sets how long a call may take in all, with queueing, getting a token, every request and the
    /// waits between them; 2 minutes unless it is set. Of a list, each page is such a call.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Sets how long one request of a call may take, from making the connection to the end of the
    /// response; 60 seconds unless it is set. When that is over the request is
    /// [repeated](RetryOptions) where that is safe.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.attempt_timeout = timeout;
        self
    }

    /// Sets when and how often requests are repeated.
    pub fn retry(mut self, options: RetryOptions) -> Self {
        self.settings.retry = options;
        self
    }

    /// Keeps all requests under rate limits, together with other transports that share the
    /// governor.
    pub fn rate_governor(mut self, governor: impl Into<RateGovernor>) -> Self {
        self.settings.governor = Some(governor.into());
        self
    }

    /// Sets the largest response that is read, in bytes; 16 MiB unless it is set. A larger one is
    /// an error of kind [`InvalidResponse`](crate::ErrorKind::InvalidResponse), and so is one of
    /// more than half a million JSON values, which would take far more memory than bytes.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.settings.max_response_bytes = bytes;
        self
    }

    /// Brings an own HTTP client: proxies, root certificates, a connection pool. It is a function,
    /// since more than one client may be made from it.
    ///
    /// Whatever it says, redirects and reqwest's own retries are turned off, plain http to this
    /// machine uses no proxy, and HTTP/2 connections are given up after 30 seconds without a sign
    /// of life. A timeout of its own and the user agent stay as they are.
    pub fn http_client(
        mut self,
        builder: impl Fn() -> ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.http = Some(Arc::new(builder));
        self
    }

    /// Makes the transport. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the HTTP client can't
    /// be made, for instance because there is no TLS backend.
    pub fn build(self) -> Result<Transport, Error> {
        let builder = self.http.unwrap_or_else(|| {
            Arc::new(|| {
                reqwest::Client::builder()
                    .user_agent(USER_AGENT)
                    .connect_timeout(CONNECT_TIMEOUT)
            })
        });
        Ok(Transport {
            shared: Arc::new(Shared {
                http: build(builder())?,
                settings: self.settings,
                builder,
                direct: OnceLock::new(),
                clock: system_clock(),
                #[cfg(feature = "blocking")]
                runtime: Default::default(),
            }),
        })
    }
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBuilder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Redirects are off, since the access token must not go where a response points. reqwest's own
/// retries are off, since they know nothing of what may be repeated.
fn build(builder: ClientBuilder) -> Result<reqwest::Client, Error> {
    #[cfg(feature = "http2")]
    let builder = builder
        .http2_keep_alive_interval(PING.0)
        .http2_keep_alive_timeout(PING.1);
    builder
        .redirect(Policy::none())
        .retry(retry::never())
        .referer(false)
        .build()
        .map_err(|error| {
            Error::invalid_argument("the HTTP client could not be made").with_source(error)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transports_show_their_settings_which_are_the_documented_ones() {
        let builder = Transport::builder();
        assert!(format!("{builder:?}").starts_with("TransportBuilder { settings: Settings {"));
        let shown = format!("{:?}", builder.build().unwrap());
        assert!(
            shown.starts_with("Transport { settings: Settings {"),
            "{shown}"
        );
        for documented in [
            " allow_insecure_http: false,",
            " timeout: 120s,",
            " attempt_timeout: 60s,",
            " max_response_bytes: 16777216,",
            " max_retries: 3,",
            " initial_delay: 800ms,",
            " max_delay: 30s,",
        ] {
            assert!(shown.contains(documented), "{documented} in {shown}");
        }
    }
}
