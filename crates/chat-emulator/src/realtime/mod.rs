//! Real-time notifications: what the clients of the service keep a socket open for.
//!
//! A client asks for the configuration, has an endpoint allocated, opens a session and connects a socket to it,
//! or polls. Then it registers the address of its endpoint. From then on, until the registration ends, each
//! event of its user is posted to that address, which means: sent over the socket as a request, which the
//! client answers.
//!
//! Requests come in through `answer`, frames through `socket` or `polling`, events through `delivery`; they
//! all meet in the [`Hub`].

mod answer;
mod client;
mod commands;
mod connecting;
mod connection;
mod delivery;
mod endpoint;
mod entry;
mod frame;
mod hub;
mod notification;
mod polling;
mod registration;
mod session;
mod socket;
#[cfg(test)]
mod tests;
mod traffic;

pub use client::NotificationClient;
pub use commands::{DisconnectReason, Notifications, ReconnectTarget};
pub use entry::{NotificationEntry, NotificationOutcome};
pub(crate) use hub::Hub;
