#![doc = include_str!("../README.md")]

mod auth;
mod builder;
mod command;
mod control;
mod data;
mod emulator;
mod error;
mod faults;
mod front;
mod identifier;
mod journal;
mod limits;
mod operation;
mod paging;
mod query;
mod rate_limits;
mod repeatability;
mod routes;
mod seed;
mod server;
mod service;
mod store;
mod timestamp;
mod version;
mod wire;

pub use builder::{DEFAULT_PORT, EmulatorBuilder};
pub use command::{ForeignSnapshot, Snapshot};
pub use data::DataError;
pub use emulator::{Emulator, StartError};
pub use faults::{ErrorBody, Fault, FaultId, FaultMix, InvalidFault};
pub use journal::{JournalEntry, Outcome};
pub use limits::EnforcedLimits;
pub use operation::{ChatOperation, IdentityOperation, Operation, UnknownOperation};
pub use seed::{Seed, SeedError, SeededUser};
