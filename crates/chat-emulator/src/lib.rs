#![doc = include_str!("../README.md")]

mod auth;
mod builder;
mod emulator;
mod error;
mod identifier;
mod limits;
mod operation;
mod paging;
mod query;
mod rate_limits;
mod repeatability;
mod routes;
mod server;
mod service;
mod store;
mod timestamp;
mod version;
mod wire;

pub use builder::{DEFAULT_PORT, EmulatorBuilder};
pub use emulator::{Emulator, StartError};
pub use limits::EnforcedLimits;
