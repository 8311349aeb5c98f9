//! What was archived of a thread before.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

use super::work::Work;
use crate::error::ArchiveError;
use crate::folder::{inside, read_if_there};
use crate::format::{Covered, FileEntry, MESSAGES, ThreadEntry};

/// What was archived of a thread before: by an export that has ended, or earlier by this one.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) entry: ThreadEntry,
    /// By their names in the folder.
    pub(super) files: BTreeMap<String, FileEntry>,
    folder: PathBuf,
}

impl Base {
    pub(super) fn of(work: &Work, id: &str) -> Result<Option<Self>, ArchiveError> {
        let done = work.done(id)?;
        let done = done.and_then(|done| Some((done.entry?, done.files)));
        let Some((entry, files)) = done.or_else(|| work.archived_thread(id)) else {
            return Ok(None);
        };
        Ok(Some(Self {
            folder: inside(&work.root, &entry.folder)?,
            entry,
            files,
        }))
    }

    /// The path of a file, if there is such a file.
    pub(super) fn path(&self, name: &str) -> Result<Option<PathBuf>, ArchiveError> {
        match self.files.contains_key(name) {
            true => inside(&self.folder, name).map(Some),
            false => Ok(None),
        }
    }

    /// The lines of a small file.
    pub(super) fn lines<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, ArchiveError> {
        let Some(path) = self.path(name)? else {
            return Ok(Vec::new());
        };
        let bytes =
            read_if_there(&path)?.ok_or_else(|| ArchiveError::damaged(&path, "it is not there"))?;
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let lines = lines.map(|line| {
            serde_json::from_slice(line)
                .map_err(|error| ArchiveError::damaged(&path, error.to_string()))
        });
        lines.collect()
    }

    /// The sequence id from which on a reader goes on: where the archive ends, if this reader was there or sees
    /// all and the archive has all so far. Nothing if the file of messages is lost.
    pub(super) fn since(&self, reader: &str, sees_all: bool) -> Option<u64> {
        let top = self.entry.sequence_ids.as_ref()?.last.parse().ok()?;
        let was_here = self.entry.read_by.iter().any(|user| user == reader);
        let has_all =
            matches!(self.entry.covered[..], [Covered { after: 0, up_to }] if up_to == top);
        let is_there = matches!(self.path(MESSAGES), Ok(Some(path)) if path.exists());
        (is_there && (was_here || (sees_all && has_all))).then_some(top)
    }
}
