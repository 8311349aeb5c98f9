//! Writing files.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::hex;
use crate::error::ArchiveError;
use crate::format::FileEntry;

/// A file that is written under another name until it is whole. One that is not finished leaves nothing under
/// the name it was to have.
#[derive(Debug)]
pub(crate) struct FileWriter {
    unfinished: PathBuf,
    path: PathBuf,
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl FileWriter {
    pub(crate) fn create(path: &Path) -> Result<Self, ArchiveError> {
        let mut name = path.as_os_str().to_owned();
        name.push(".unfinished");
        let unfinished = PathBuf::from(name);
        let mut options = private();
        options.write(true).create(true).truncate(true);
        let file = options.open(&unfinished);
        Ok(Self {
            file: BufWriter::new(file.map_err(ArchiveError::io(&unfinished))?),
            unfinished,
            path: path.to_owned(),
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        let written = self.file.write_all(bytes);
        written.map_err(ArchiveError::io(&self.unfinished))
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), ArchiveError> {
        self.write(text.as_bytes())?;
        self.write(b"\n")
    }

    /// Gives the file its name. Its bytes are on the disk then.
    pub(crate) fn finish(self) -> Result<FileEntry, ArchiveError> {
        let path = self.path.clone();
        self.finish_as(|_| path)
    }

    /// As [`finish`](Self::finish), under a name that is made of the hash.
    pub(crate) fn finish_as(
        self,
        name: impl FnOnce(&str) -> PathBuf,
    ) -> Result<FileEntry, ArchiveError> {
        let unfinished = self.unfinished;
        let file = self.file.into_inner().map_err(|error| error.into_error());
        let synced = file.and_then(|file| file.sync_all());
        synced.map_err(ArchiveError::io(&unfinished))?;
        let sha256 = hex(&self.hash.finalize());
        let path = name(&sha256);
        fs::rename(&unfinished, &path).map_err(ArchiveError::io(&path))?;
        Ok(FileEntry {
            bytes: self.bytes,
            sha256,
        })
    }
}

/// Opens a file to which is added, and which is made if it is not there.
pub(crate) fn open_for_append(path: &Path) -> Result<File, ArchiveError> {
    let mut options = private();
    options.read(true).append(true).create(true);
    options.open(path).map_err(ArchiveError::io(path))
}

fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are of Unix"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
