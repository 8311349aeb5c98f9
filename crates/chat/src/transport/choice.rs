//! Which transport a client uses: its own, or one that it shares.

use super::connections::{Transport, TransportBuilder};
use crate::error::Error;

/// Which transport a client is to use.
#[derive(Debug, Default)]
pub(crate) enum TransportChoice {
    /// One of its own, with the usual settings.
    #[default]
    Usual,
    /// One of its own, with these settings.
    Own(TransportBuilder),
    Shared(Transport),
    /// A shared one and settings, which can't both be had.
    Both,
}

impl TransportChoice {
    pub(crate) fn set(self, set: impl FnOnce(TransportBuilder) -> TransportBuilder) -> Self {
        match self {
            Self::Usual => Self::Own(set(Transport::builder())),
            Self::Own(builder) => Self::Own(set(builder)),
            Self::Shared(_) | Self::Both => Self::Both,
        }
    }

    pub(crate) fn share(self, transport: Transport) -> Self {
        match self {
            Self::Usual | Self::Shared(_) => Self::Shared(transport),
            Self::Own(_) | Self::Both => Self::Both,
        }
    }

    pub(crate) fn build(self) -> Result<Transport, Error> {
        match self {
            Self::Usual => Transport::builder().build(),
            Self::Own(builder) => builder.build(),
            Self::Shared(transport) => Ok(transport),
            Self::Both => Err(Error::invalid_argument(
                "a shared transport has its own settings: set them on its builder",
            )),
        }
    }
}

/// The setters that the builders of clients have, in whose field `transport` is a
/// [`TransportChoice`].
macro_rules! transport_setters {
    () => {
        /// Uses a transport that is shared with other clients, and its settings. Setting something
        /// here as well is an error.
        pub fn transport(mut self, transport: impl Into<$crate::Transport>) -> Self {
            self.transport = self.transport.share(transport.into());
            self
        }

        /// See [`TransportBuilder::allow_insecure_http`](crate::builders::TransportBuilder::allow_insecure_http).
        pub fn allow_insecure_http(mut self) -> Self {
            self.transport = self
                .transport
                .set(|transport| transport.allow_insecure_http());
            self
        }

        /// See [`TransportBuilder::timeout`](crate::builders::TransportBuilder::timeout).
        pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
            self.transport = self.transport.set(|transport| transport.timeout(timeout));
            self
        }

        /// See [`TransportBuilder::attempt_timeout`](crate::builders::TransportBuilder::attempt_timeout).
        pub fn attempt_timeout(mut self, timeout: std::time::Duration) -> Self {
            self.transport = self
                .transport
                .set(|transport| transport.attempt_timeout(timeout));
            self
        }

        /// See [`TransportBuilder::retry`](crate::builders::TransportBuilder::retry).
        pub fn retry(mut self, options: $crate::RetryOptions) -> Self {
            self.transport = self.transport.set(|transport| transport.retry(options));
            self
        }

        /// See [`TransportBuilder::rate_governor`](crate::builders::TransportBuilder::rate_governor).
        pub fn rate_governor(mut self, governor: impl Into<$crate::RateGovernor>) -> Self {
            self.transport = self
                .transport
                .set(|transport| transport.rate_governor(governor));
            self
        }

        /// See [`TransportBuilder::max_response_bytes`](crate::builders::TransportBuilder::max_response_bytes).
        pub fn max_response_bytes(mut self, bytes: usize) -> Self {
            self.transport = self
                .transport
                .set(|transport| transport.max_response_bytes(bytes));
            self
        }

        /// See [`TransportBuilder::http_client`](crate::builders::TransportBuilder::http_client).
        pub fn http_client(
            mut self,
            builder: impl Fn() -> reqwest::ClientBuilder + Send + Sync + 'static,
        ) -> Self {
            self.transport = self
                .transport
                .set(|transport| transport.http_client(builder));
            self
        }
    };
}

pub(crate) use transport_setters;
