//! Why an archive cannot be written or read.

use std::path::{Path, PathBuf};

/// Why an archive cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// There is something where an archive should be written.
    #[error("{} is there already; choose a folder that is not there or is empty", .0.display())]
    NotEmpty(PathBuf),
    /// The folder is no archive, or one that has not been written to its end.
    #[error("{} is no archive: it has no manifest.json", .0.display())]
    NoManifest(PathBuf),
    /// A later version of the format, of which only a later version of the emulator knows how to read it.
    #[error("{} is of version {version} of the format, and this program reads version 1", path.display())]
    NewerVersion {
        /// The manifest.
        path: PathBuf,
        /// What it says.
        version: String,
    },
    /// A file is not as it was written, or is not there.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file is as it was written, but says what makes no sense or cannot be served.
    #[error("{}{}: {reason}", path.display(), .line.map(|line| format!(":{line}")).unwrap_or_default())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1, of a file that has lines.
        line: Option<usize>,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("cannot read or write {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
}

impl ArchiveError {
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(super) fn damaged(path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.into(),
            reason: reason.into(),
        }
    }

    pub(super) fn invalid(
        path: impl Into<PathBuf>,
        line: Option<usize>,
        reason: impl Into<String>,
    ) -> Self {
        Self::Invalid {
            path: path.into(),
            line,
            reason: reason.into(),
        }
    }
}
