// The snippets of the page have no `main` of their own: the workspace's tests run them with one.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(doctest), doc = include_str!("../README.md"))]
// Where the feature of a module is off, its name on the page leads to what the page says about it.
#![cfg_attr(feature = "blocking", doc = "[`blocking`]: mod@blocking")]
#![cfg_attr(not(feature = "blocking"), doc = "[`blocking`]: #without-async")]
#![cfg_attr(feature = "event-grid", doc = "[`event_grid`]: mod@event_grid")]
#![cfg_attr(not(feature = "event-grid"), doc = "[`event_grid`]: #features")]
#![cfg_attr(feature = "realtime", doc = "[`notifications`]: mod@notifications")]
#![cfg_attr(
    not(feature = "realtime"),
    doc = "[`notifications`]: #notifications-of-the-service-experimental"
)]

#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod clock;
mod convert;
mod credential;
mod endpoint;
mod error;
#[cfg(feature = "event-grid")]
pub mod event_grid;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
pub mod governor;
#[cfg(feature = "identity")]
mod identity;
pub mod models;
#[cfg(feature = "realtime")]
pub mod notifications;
pub mod operations;
pub mod paging;
#[cfg(test)]
mod readme;
pub mod response;
mod transport;
pub mod watch;

pub use client::{ChatClient, ChatThreadClient};
#[cfg(feature = "identity")]
pub use credential::TokenProvider;
pub use credential::{AccessToken, CommunicationTokenCredential};
pub use error::{Error, ErrorKind, Recovery, RequestEffect};
#[doc(inline)]
pub use governor::RateGovernor;
#[cfg(feature = "identity")]
pub use identity::CommunicationIdentityClient;
pub use transport::{RetryOptions, Transport};

/// What clients and transports are set up with.
pub mod builders {
    pub use crate::client::ChatClientBuilder;
    #[cfg(feature = "identity")]
    pub use crate::identity::CommunicationIdentityClientBuilder;
    pub use crate::transport::TransportBuilder;
}
