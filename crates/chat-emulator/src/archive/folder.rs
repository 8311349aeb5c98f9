//! An archive as a folder. Only its owner may read it, and each file is whole or absent.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use crate::store::StoreState;
use crate::store::timestamp::Timestamp;

use super::error::ArchiveError;
use super::export::export;
use super::format::{MANIFEST, Manifest};
use super::manifest::{self, sha256};

/// Writes an archive into a folder that is not there or empty.
pub(crate) fn write(state: &StoreState, now: Timestamp, folder: &Path) -> Result<(), ArchiveError> {
    create(folder)?;
    let mut entries = fs::read_dir(folder).map_err(ArchiveError::io(folder))?;
    if entries.next().is_some() {
        return Err(ArchiveError::NotEmpty(folder.to_owned()));
    }
    export(state, now, |name, bytes| {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            create(parent)?;
        }
        write_whole(&path, &bytes).map_err(ArchiveError::io(&path))
    })
}

fn create(folder: &Path) -> Result<(), ArchiveError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(ArchiveError::io(folder))
}

/// Writes a file under another name first, so that nobody ever finds half of it.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

/// An archive that is being read.
pub(super) struct Reader<'a> {
    folder: &'a Path,
    pub(super) manifest: Manifest,
    read: HashSet<String>,
}

impl<'a> Reader<'a> {
    /// Reads the manifest.
    pub(super) fn open(folder: &'a Path) -> Result<Self, ArchiveError> {
        let path = folder.join(MANIFEST);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ArchiveError::NoManifest(folder.to_owned()));
            }
            bytes => bytes.map_err(ArchiveError::io(&path))?,
        };
        Ok(Self {
            folder,
            manifest: manifest::read(&path, &bytes)?,
            read: HashSet::new(),
        })
    }

    /// An error about what the manifest says.
    pub(super) fn invalid_manifest(&self, reason: impl Into<String>) -> ArchiveError {
        ArchiveError::invalid(self.folder.join(MANIFEST), None, reason)
    }

    /// The path of a file, for errors.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Whether the manifest has such a file.
    pub(super) fn has(&self, name: &str) -> bool {
        self.manifest.files.contains_key(name)
    }

    /// A file that is as it was written.
    pub(super) fn file(&mut self, name: &str) -> Result<Vec<u8>, ArchiveError> {
        let Some(entry) = self.manifest.files.get(name) else {
            return Err(self.invalid_manifest(format!("it does not name the file {name}")));
        };
        let components = Path::new(name).components();
        let inside = |component| matches!(component, Component::Normal(_));
        if name.contains('\\') || !components.into_iter().all(inside) {
            let reason = format!("{name:?} is no path inside the archive");
            return Err(self.invalid_manifest(reason));
        }
        let path = self.folder.join(name);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ArchiveError::damaged(path, "it is not there"));
            }
            bytes => bytes.map_err(ArchiveError::io(&path))?,
        };
        if bytes.len() as u64 != entry.bytes {
            let reason = format!("it has {} bytes instead of {}", bytes.len(), entry.bytes);
            return Err(ArchiveError::damaged(path, reason));
        }
        if sha256(&bytes) != entry.sha256 {
            let reason = "its SHA-256 is not that of the manifest";
            return Err(ArchiveError::damaged(path, reason));
        }
        self.read.insert(name.to_owned());
        Ok(bytes)
    }

    /// Looks whether the files that nobody has read are as they were written, too.
    pub(super) fn check_others(&mut self) -> Result<(), ArchiveError> {
        let names: Vec<_> = self.manifest.files.keys().cloned().collect();
        for name in names {
            if !self.read.contains(&name) {
                self.file(&name)?;
            }
        }
        Ok(())
    }
}
