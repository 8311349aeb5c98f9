//! Archives: all that users of a resource could read, in a folder that programs and people can read.
//!
//! `docs/archive-format.md` describes the format. Whoever writes an archive of a real resource in it has it
//! served by an emulator, with its ids, times and sequence ids.

mod error;
mod export;
mod folder;
mod format;
mod import;
mod manifest;
mod records;
mod tarball;

pub use error::ArchiveError;
pub(crate) use folder::write;
pub(crate) use import::read;
pub(crate) use tarball::write_tar;

#[cfg(test)]
mod tests;
