//! Why a data file cannot be used.

use std::path::{Path, PathBuf};

/// Why a data file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// Another emulator has it open.
    #[error("{} is in use by another emulator", .0.display())]
    InUse(PathBuf),
    /// It was written by another program, or by a later version of this one.
    #[error("{} is no data file of this version of the emulator: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It cannot be read or written.
    #[error("cannot read or write {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system or the file's format says.
        source: Box<dyn std::error::Error + Send + Sync>,
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
    pub(super) fn io(
        path: &Path,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Io {
            path: path.to_owned(),
            source: source.into(),
        }
    }
}
