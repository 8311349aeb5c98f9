//! The service over HTTP: the listener, and what stands between it and the service.
//!
//! A request passes, from the outside to the inside: CORS, durability, then faults and the journal around
//! the service. Faults and the journal are one step, as an entry says both what befell a request and what
//! became of it, and is there before the client has its answer.

pub(crate) mod body;
mod connections;
pub(crate) mod cors;
pub(crate) mod durability;
mod exchange;
pub(crate) mod faults;
pub(crate) mod health;
pub(crate) mod journal;
mod late;
pub(crate) mod listener;
pub(crate) mod loopback;
pub(crate) mod router;
mod serving;
pub(crate) mod socket;
pub(crate) mod state;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
pub(crate) mod tls;
pub(crate) mod tls_error;
