//! An archive as one file, for those who have no folder.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::Path;

use tar::{Builder, EntryType, Header};

use crate::store::StoreState;
use crate::store::timestamp::Timestamp;

use super::export::export;

/// The folder in which everything is.
const FOLDER: &str = "chat-archive";

/// Writes the files of an archive, and ends with the manifest.
pub(crate) fn write_tar(state: &StoreState, now: Timestamp, to: impl Write) -> io::Result<()> {
    let mut tar = Builder::new(to);
    let mut folders = HashSet::new();
    export(state, now, |name, bytes| {
        let path = format!("{FOLDER}/{name}");
        let parents: Vec<_> = Path::new(&path).ancestors().skip(1).collect();
        for parent in parents.into_iter().rev().skip(1) {
            if folders.insert(parent.to_owned()) {
                let mut folder = header(now, 0, 0o700);
                folder.set_entry_type(EntryType::Directory);
                tar.append_data(&mut folder, parent, io::empty())?;
            }
        }
        let mut file = header(now, bytes.len() as u64, 0o600);
        tar.append_data(&mut file, &path, bytes.as_slice())
    })?;
    tar.into_inner()?.flush()
}

/// Of something that only its owner may read.
fn header(now: Timestamp, size: u64, mode: u32) -> Header {
    let mut header = Header::new_ustar();
    header.set_size(size);
    header.set_mode(mode);
    header.set_mtime(u64::try_from(now.seconds()).unwrap_or_default());
    header
}
