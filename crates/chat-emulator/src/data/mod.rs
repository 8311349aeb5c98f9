//! The data file, in which the state survives a restart.
//!
//! The store stays in memory and answers from there. What a command changes is written to the file, and
//! no answer goes out before everything that it may have been made of is on the disk: a kill at any
//! moment loses nothing that anybody was told.

#[cfg(feature = "data")]
mod access;
pub(crate) mod batch;
mod error;
#[cfg_attr(not(feature = "data"), path = "no_file.rs")]
mod file;
pub(crate) mod opening;
#[cfg(feature = "data")]
mod tables;
pub(crate) mod writer;

pub use error::DataError;

#[cfg(all(test, feature = "data"))]
mod tests;
