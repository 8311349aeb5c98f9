//! Users and their access tokens, from a connection string.

mod client;
mod connection_string;

pub use client::{CommunicationIdentityClient, CommunicationIdentityClientBuilder};
