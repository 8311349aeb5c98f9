//! Azure Event Grid: what happens in the store, posted to a webhook that has subscribed to it.
//!
//! A change of the store becomes events ([`chat_events`]), which wait in the [`queue`] of the subscription until
//! its [`worker`] has delivered them, or they are given up ([`dead_letters`]). The worker asks the endpoint first
//! whether it wants them ([`handshake`]).

mod chat_events;
mod client;
#[cfg_attr(not(feature = "tls"), path = "plain_connector.rs")]
mod connector;
mod dead_letters;
mod endpoint;
mod event;
mod grid;
mod handshake;
mod pending;
mod queue;
mod request;
mod retry;
mod status;
mod subscription;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use grid::{CheckedSubscription, EventGrid};
pub use status::{EventGridState, EventGridStatus};
pub use subscription::{EventGridSchema, EventGridSubscription, InvalidSubscription};
