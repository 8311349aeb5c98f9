//! The service over HTTP: the sockets, and what stands between them and the service.

pub(crate) mod body;
pub(crate) mod faults;
pub(crate) mod front;
pub(crate) mod journal;
pub(crate) mod late;
pub(crate) mod server;
pub(crate) mod socket;
pub(crate) mod state;
