//! The new folder of a thread, before it has its place in the archive.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::base::Base;
use super::work::Work;
use crate::error::ArchiveError;
use crate::folder::{self, sha256};
use crate::format::{CONTENTS, FileEntry, THREADS};

/// The new folder of a thread. Files that are as they were are the same files.
#[derive(Debug)]
pub(super) struct Staged {
    folder: PathBuf,
    files: BTreeMap<String, FileEntry>,
    differs: bool,
}

impl Staged {
    pub(super) fn new(work: &Work, id: &str) -> Result<Self, ArchiveError> {
        let folder = work.thread_folder(id)?.join("files");
        folder::remove(&folder)?;
        folder::create(&folder)?;
        Ok(Self {
            folder,
            files: BTreeMap::new(),
            differs: false,
        })
    }

    /// Where a file of that name is to be written, which [`written`](Self::written) is told.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file was written.
    pub(super) fn written(&mut self, base: Option<&Base>, name: &str, entry: FileEntry) {
        let before = base.and_then(|base| base.files.get(name));
        self.differs |= before != Some(&entry);
        self.files.insert(name.to_owned(), entry);
    }

    /// Adds a small file.
    pub(super) fn put(
        &mut self,
        base: Option<&Base>,
        name: &str,
        bytes: &[u8],
    ) -> Result<(), ArchiveError> {
        let entry = FileEntry {
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
        };
        let before = base.and_then(|base| base.files.get(name));
        if before == Some(&entry) {
            return self.keep(base, name);
        }
        let entry = folder::write_whole(&self.path(name), bytes)?;
        self.written(base, name, entry);
        Ok(())
    }

    /// A file stays as it was archived, if it was.
    pub(super) fn keep(&mut self, base: Option<&Base>, name: &str) -> Result<(), ArchiveError> {
        let Some(base) = base else { return Ok(()) };
        let Some((path, entry)) = base.path(name)?.zip(base.files.get(name)) else {
            return Ok(());
        };
        self.add(Some(base), name, &path, entry.clone())
    }

    /// The bytes of a picture, that were archived before or are new.
    pub(super) fn picture(
        &mut self,
        base: Option<&Base>,
        name: &str,
        new: &Path,
    ) -> Result<(), ArchiveError> {
        if self.files.contains_key(name) {
            return Ok(());
        }
        if base.is_some_and(|base| base.files.contains_key(name)) {
            return self.keep(base, name);
        }
        let hash = name.strip_prefix(CONTENTS).unwrap_or(name);
        let bytes = std::fs::metadata(new).map_err(ArchiveError::io(new))?.len();
        let entry = FileEntry {
            bytes,
            sha256: hash.trim_start_matches('/').to_owned(),
        };
        self.add(base, name, new, entry)
    }

    fn add(
        &mut self,
        base: Option<&Base>,
        name: &str,
        from: &Path,
        entry: FileEntry,
    ) -> Result<(), ArchiveError> {
        let to = self.path(name);
        if let Some(parent) = to.parent() {
            folder::create(parent)?;
        }
        folder::link(from, &to)?;
        self.written(base, name, entry);
        Ok(())
    }

    /// Gives the folder its place in the archive, where nothing refers to it yet. Gives its path there, its
    /// files, and whether it is another than before.
    pub(super) fn finish(
        self,
        base: Option<&Base>,
        work: &Work,
        id: &str,
    ) -> Result<(String, BTreeMap<String, FileEntry>, bool), ArchiveError> {
        let before = base.map(|base| base.entry.folder.as_str());
        let same = |base: &&Base| !self.differs && base.files.len() == self.files.len();
        if let Some(base) = base.filter(same) {
            folder::remove(&self.folder)?;
            return Ok((base.entry.folder.clone(), self.files, false));
        }
        let archived = work.archived_thread(id);
        let archived = archived.as_ref().map(|(entry, _)| entry.folder.as_str());
        // Ids have letters that file names may not have, and differ where some file systems see no difference.
        let plain = format!("{THREADS}/{}", sha256(id.as_bytes()));
        let others = (2..).map(|number| format!("{plain}-{number}"));
        let mut names = std::iter::once(plain.clone()).chain(others);
        let is_free = |name: &String| ![before, archived].contains(&Some(name.as_str()));
        let name = names.find(is_free).unwrap_or(plain);
        let to = work.root.join(&name);
        folder::create(&work.root.join(THREADS))?;
        // What was there was not named by any manifest.
        folder::remove(&to)?;
        folder::sync(&self.folder)?;
        folder::rename(&self.folder, &to)?;
        Ok((name, self.files, true))
    }
}
