//! The file as the operating system sees it: who may read it, whether it is still there, and its disk.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file or makes one, which only its owner may read: there are keys in it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Leaves a file to its owner alone.
#[cfg(unix)]
pub(super) fn restrict(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(0o600);
        file.set_permissions(permissions)?;
    }
    Ok(())
}

/// Files are private to their owner by where they are.
#[cfg(not(unix))]
pub(super) fn restrict(_: &File) -> io::Result<()> {
    Ok(())
}

/// Whether both are of the same file.
#[cfg(unix)]
pub(super) fn same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// An open file cannot be replaced.
#[cfg(not(unix))]
pub(super) fn same(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// How many bytes the disk of the file still takes, where that can be found out.
#[cfg(unix)]
pub(super) fn room(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    // Some that are none of this machine's do not say.
    (disk.f_blocks > 0).then(|| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// It is not asked for.
#[cfg(not(unix))]
pub(super) fn room(_: &Path) -> Option<u64> {
    None
}
