//! The certificate that was made on start, where clients can find it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file of this process, which is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct CertificateFile(PathBuf);

impl CertificateFile {
    pub(crate) fn new(pem: &str) -> io::Result<Self> {
        let name = format!("chat-emulator-{}.pem", std::process::id());
        let path = std::env::temp_dir().join(name);
        // What a killed program with the same number has left. Nobody else's file or link is written to.
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        file.write_all(pem.as_bytes())?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for CertificateFile {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::warn!(%error, "the certificate's file is left behind");
        }
    }
}
