#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod api;
mod archive;
mod auth;
mod builder;
mod command;
mod control;
mod data;
mod emulator;
mod event_grid;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod http;
mod realtime;
mod seed;
// Rows are only written to a data file.
#[cfg_attr(not(feature = "data"), allow(dead_code, unused_imports))]
mod store;
mod wire;

pub use api::operation::{
    ChatOperation, IdentityOperation, NotificationOperation, Operation, UnknownOperation,
};
pub use archive::ArchiveError;
pub use builder::{DEFAULT_CONTROL_PORT, DEFAULT_PORT, EmulatorBuilder, WELL_KNOWN_ACCESS_KEY};
pub use data::DataError;
pub use emulator::{Emulator, StartError};
pub use event_grid::{
    EventGridSchema, EventGridState, EventGridStatus, EventGridSubscription, InvalidSubscription,
};
pub use http::faults::{ErrorBody, Fault, FaultId, FaultMix, InvalidFault};
pub use http::journal::{JournalEntry, Outcome};
pub use http::tls_error::TlsError;
pub use realtime::{
    DisconnectReason, NotificationClient, NotificationEntry, NotificationOutcome, Notifications,
    ReconnectTarget,
};
pub use seed::{Seed, SeedError, SeededUser};
pub use store::limits::EnforcedLimits;
pub use store::{ForeignSnapshot, Snapshot};
