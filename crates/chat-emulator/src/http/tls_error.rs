//! Why no TLS can be spoken.

use std::path::PathBuf;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why an emulator cannot serve HTTPS.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read, or holds nothing of the kind.
    #[error("{what} cannot be read from {}", path.display())]
    File {
        /// `the certificate` or `the key`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system or the file's format says.
        source: Source,
    },
    /// The key does not fit the certificate, or neither can be used.
    #[error("the certificate and its key cannot be used")]
    Unusable(#[source] Source),
}
