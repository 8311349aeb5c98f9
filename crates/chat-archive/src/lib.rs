#![doc = include_str!("../README.md")]

mod error;
mod export;
mod folder;
mod format;
mod manifest;
mod online;
#[cfg(feature = "cli")]
pub mod program;
mod progress;
mod show;
pub mod source;
mod verify;

pub use error::ArchiveError;
pub use export::{Estimate, Export, Exported};
pub use format::{
    Covered, FileEntry, Manifest, SequenceRange, ThreadEntry, Unread, UnreadKind, UserLine,
};
pub use online::{Compared, compare};
pub use progress::Progress;
pub use show::{Conversation, Shown, printable};
pub use verify::{Finding, Verified, read_manifest, verify};
