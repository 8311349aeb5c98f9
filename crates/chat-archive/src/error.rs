//! Why an archive cannot be written, read or compared.

use std::path::{Path, PathBuf};

/// Why an archive cannot be written, read or compared. No text of it has a token, a key or what people wrote.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The service cannot be asked, or has refused the access key.
    #[error("the service: {0}")]
    Service(#[source] chat::Error),
    /// The folder is no archive, or one that has not been written to its end.
    #[error("{} is no archive: it has no manifest.json", .0.display())]
    NoManifest(PathBuf),
    /// A later version of the format, which only a later version of this program knows how to read.
    #[error("{} is of version {version} of the format, and this program reads version 1", path.display())]
    NewerVersion {
        /// The manifest.
        path: PathBuf,
        /// What it says.
        version: String,
    },
    /// There is something in the folder that is no archive.
    #[error("{} is not empty, and is no archive", .0.display())]
    NotAnArchive(PathBuf),
    /// Another program writes this archive.
    #[error("another export is writing to {}", .0.display())]
    Busy(PathBuf),
    /// A file is not as it was written, is not there, or makes no sense.
    #[error("{}: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The archive has no such thread.
    #[error("the archive has no thread {0}")]
    NoSuchThread(String),
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
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn damaged(path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.into(),
            reason: reason.into(),
        }
    }
}

impl From<chat::Error> for ArchiveError {
    fn from(error: chat::Error) -> Self {
        Self::Service(error)
    }
}
