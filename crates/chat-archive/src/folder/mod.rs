//! Files of an archive. Only their owner may read them, and each is whole or absent.

mod reverse;
mod writer;

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::ArchiveError;
use crate::format::FileEntry;

pub(crate) use reverse::ReverseLines;
pub(crate) use writer::{FileWriter, open_for_append};

/// The SHA-256 of bytes as manifests have it.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a folder, and those that it is in.
pub(crate) fn create(folder: &Path) -> Result<(), ArchiveError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(ArchiveError::io(folder))
}

/// Removes a folder with all that is in it, if it is there.
pub(crate) fn remove(folder: &Path) -> Result<(), ArchiveError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ArchiveError::io(folder)(error))
        }
        _ => Ok(()),
    }
}

/// Writes a whole file, which is on the disk then; its name is once its folder is [`sync`]ed.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<FileEntry, ArchiveError> {
    let mut writer = FileWriter::create(path)?;
    writer.write(bytes)?;
    writer.finish()
}

/// Gives a file or folder its name. The name is on the disk afterwards.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), ArchiveError> {
    fs::rename(from, to).map_err(ArchiveError::io(to))?;
    sync(to.parent().unwrap_or(to))
}

/// Makes sure that the names in a folder are on the disk.
pub(crate) fn sync(folder: &Path) -> Result<(), ArchiveError> {
    // Only there can a folder be opened as a file.
    if cfg!(unix) {
        let opened = File::open(folder).and_then(|folder| folder.sync_all());
        opened.map_err(ArchiveError::io(folder))?;
    }
    Ok(())
}

/// The same bytes under another name, without another copy where the file system can do that.
pub(crate) fn link(from: &Path, to: &Path) -> Result<(), ArchiveError> {
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to).map_err(ArchiveError::io(to))?;
    let copied = File::open(to).and_then(|file| file.sync_all());
    copied.map_err(ArchiveError::io(to))
}

/// The content of a file; nothing if it is not there.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, ArchiveError> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some).map_err(ArchiveError::io(path)),
    }
}

/// The path of a file that a manifest names, which must lie within the folder.
pub(crate) fn inside(folder: &Path, name: &str) -> Result<PathBuf, ArchiveError> {
    let mut components = Path::new(name).components();
    let is_inside = components.all(|component| matches!(component, Component::Normal(_)));
    if name.is_empty() || name.contains('\\') || !is_inside {
        let reason = format!("{name:?} is no path inside the archive");
        return Err(ArchiveError::damaged(folder, reason));
    }
    Ok(folder.join(name))
}

/// Compares a file with what the manifest says of it, however large it is.
pub(crate) fn check(path: &Path, entry: &FileEntry) -> Result<(), ArchiveError> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ArchiveError::damaged(path, "it is not there"));
        }
        file => file.map_err(ArchiveError::io(path))?,
    };
    let (mut hash, mut length) = (Sha256::new(), 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer).map_err(ArchiveError::io(path))?;
        if read == 0 {
            break;
        }
        length += read as u64;
        hash.update(&buffer[..read]);
    }
    if length != entry.bytes {
        let reason = format!("it has {length} bytes instead of {}", entry.bytes);
        return Err(ArchiveError::damaged(path, reason));
    }
    if hex(&hash.finalize()) != entry.sha256 {
        let reason = "its SHA-256 is not that of the manifest";
        return Err(ArchiveError::damaged(path, reason));
    }
    Ok(())
}
