//! Which transport a client uses: its own, or one that it shares.

use super::connections::{Transport, TransportBuilder};
use crate::error::Error;

/// Which transport a client is to use: one of its own, with the usual settings or those that were
/// set, or a shared one.
#[derive(Debug, Default)]
pub(crate) struct TransportChoice {
    own: Option<TransportBuilder>,
    shared: Option<Transport>,
}

impl TransportChoice {
    pub(crate) fn set(&mut self, set: impl FnOnce(TransportBuilder) -> TransportBuilder) {
        let own = self.own.take().unwrap_or_else(Transport::builder);
        self.own = Some(set(own));
    }

    pub(crate) fn share(&mut self, transport: Transport) {
        self.shared = Some(transport);
    }

    pub(crate) fn build(self) -> Result<Transport, Error> {
        match (self.own, self.shared) {
            (None, None) => Transport::builder().build(),
            (Some(own), None) => own.build(),
            (None, Some(shared)) => Ok(shared),
            (Some(_), Some(_)) => Err(Error::invalid_argument(
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
            self.transport.share(transport.into());
            self
        }

        $crate::transport::transport_setters! {
            allow_insecure_http(),
            timeout(timeout: std::time::Duration),
            attempt_timeout(timeout: std::time::Duration),
            retry(options: $crate::RetryOptions),
            rate_governor(governor: impl Into<$crate::RateGovernor>),
            max_response_bytes(bytes: usize),
            http_client(builder: impl Fn() -> reqwest::ClientBuilder + Send + Sync + 'static),
        }
    };
    ($($name:ident($($argument:ident: $type:ty)?),)*) => {$(
        #[doc = concat!("See [`TransportBuilder::", stringify!($name), "`](crate::builders::TransportBuilder::", stringify!($name), ").")]
        pub fn $name(mut self $(, $argument: $type)?) -> Self {
            self.transport.set(|transport| transport.$name($($argument)?));
            self
        }
    )*};
}

pub(crate) use transport_setters;
