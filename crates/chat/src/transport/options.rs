//! What the clients let their callers set.

use std::fmt;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::retry;

use super::retry::RetryOptions;
use crate::error::Error;
use crate::governor::RateGovernor;

/// How long one attempt may take, unless the caller says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long making the connection may take, unless the caller brings an own HTTP client.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest answer that is read, unless the caller says otherwise: a page holds at most 200
/// messages of about 28 KB, which JSON may write twice as long.
const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;

const USER_AGENT: &str = concat!("chat-rust/", env!("CARGO_PKG_VERSION"));

/// What the clients let their callers set.
pub(crate) struct Options {
    pub(crate) allow_insecure_http: bool,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) retry: RetryOptions,
    pub(crate) governor: Option<RateGovernor>,
    pub(crate) http: Option<reqwest::ClientBuilder>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow_insecure_http: false,
            timeout: TIMEOUT,
            max_response_bytes: MAX_RESPONSE_BYTES,
            retry: RetryOptions::exponential(),
            governor: None,
            http: None,
        }
    }
}

impl Options {
    /// The HTTP client. Redirects are off, since the access token must not go where an answer
    /// points; reqwest's own retries are off, since they know nothing of what may be repeated.
    pub(super) fn http_client(self) -> Result<reqwest::Client, Error> {
        let builder = self.http.unwrap_or_else(|| {
            reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .connect_timeout(CONNECT_TIMEOUT)
        });
        builder
            .redirect(Policy::none())
            .retry(retry::never())
            .referer(false)
            .build()
            .map_err(|error| {
                Error::invalid_argument("the HTTP client could not be made").with_source(error)
            })
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("allow_insecure_http", &self.allow_insecure_http)
            .field("timeout", &self.timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("retry", &self.retry)
            .field("governor", &self.governor)
            .finish_non_exhaustive()
    }
}

/// The setters that the builders of all clients have.
macro_rules! option_setters {
    () => {
        /// Permits an endpoint of plain `http` that is not this machine. Whoever is on the way
        /// can then read the access token and all messages.
        pub fn allow_insecure_http(mut self) -> Self {
            self.options.allow_insecure_http = true;
            self
        }

        /// Sets how long an attempt may take, from the request to the end of its answer; 60
        /// seconds unless it is set.
        pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
            self.options.timeout = timeout;
            self
        }

        /// Sets when and how often requests are made again.
        pub fn retry(mut self, options: $crate::RetryOptions) -> Self {
            self.options.retry = options;
            self
        }

        /// Keeps this client under rate limits, together with the others that share the governor.
        pub fn rate_governor(mut self, governor: impl Into<$crate::RateGovernor>) -> Self {
            self.options.governor = Some(governor.into());
            self
        }

        /// Sets the largest answer that is read, in bytes; 16 MiB unless it is set. A larger one
        /// is an error of kind [`InvalidResponse`](crate::ErrorKind::InvalidResponse), and so is
        /// one of more than half a million values, which would take far more memory than bytes.
        pub fn max_response_bytes(mut self, bytes: usize) -> Self {
            self.options.max_response_bytes = bytes;
            self
        }

        /// Brings an own HTTP client: proxies, root certificates, a connection pool. Redirects
        /// and reqwest's retries are turned off in it, whatever it says; a timeout of its own and
        /// the user agent stay as they are.
        pub fn http_client_builder(mut self, builder: reqwest::ClientBuilder) -> Self {
            self.options.http = Some(builder);
            self
        }
    };
}

pub(crate) use option_setters;
