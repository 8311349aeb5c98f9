//! Why a data file cannot be used.

use std::path::{Path, PathBuf};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a data file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// Another emulator has it open.
    #[error("{} is in use by another emulator; end that one, or use another file", .0.display())]
    InUse(PathBuf),
    /// It is damaged, or was written by another program or another version of this one.
    #[error(
        "{} is no data file of this version of the emulator: {reason}. Bring back a copy of it, or move it \
         away to begin anew",
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It was removed or replaced while the emulator ran.
    #[error("{} was removed or replaced while the emulator ran; start it again", .0.display())]
    Gone(PathBuf),
    /// It cannot be read or written.
    #[error(
        "cannot read or write {}; see whether it may be written and its disk has room, and start again",
        path.display()
    )]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system or the file's format says.
        source: Source,
    },
}

impl DataError {
    pub(super) fn unreadable(path: &Path, reason: impl Into<String>) -> Self {
        Self::Unreadable {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    #[cfg(feature = "data")]
    pub(super) fn io(path: &Path, source: impl Into<Source>) -> Self {
        Self::Io {
            path: path.to_owned(),
            source: source.into(),
        }
    }
}
