//! What an export has done so far, beside the archive that it will become part of.
//!
//! An archive stays as it is until the export has ended: threads that have changed are written into new
//! folders, and the manifest, which is replaced last, names those from then on. What is not ready yet is in the
//! folder `unfinished`, with which an export that was killed goes on.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::error::ArchiveError;
use crate::folder::{self, open_for_append, read_if_there, sha256};
use crate::format::{FileEntry, MANIFEST, Manifest, ThreadEntry, Unread};
use crate::manifest;

const UNFINISHED: &str = "unfinished";
const LOCK: &str = ".lock";
const SURVEY: &str = "survey.jsonl";
const DONE: &str = "done.json";

/// The folder of an archive that is written, and what was in it.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) root: PathBuf,
    folder: PathBuf,
    /// Held until the export ends.
    _lock: File,
    /// What is in the archive so far.
    pub(super) archived: Option<Manifest>,
}

/// A user whose threads have been listed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Surveyed {
    pub(super) user: String,
    pub(super) deleted: bool,
    pub(super) threads: Vec<Box<RawValue>>,
}

/// A thread that has been read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Done {
    /// Nothing if none of it can be read.
    pub(super) entry: Option<ThreadEntry>,
    /// The files of its folder, by their names in it.
    pub(super) files: BTreeMap<String, FileEntry>,
    pub(super) unread: Vec<Unread>,
    /// The raw ids of those who are named in it.
    pub(super) seen: Vec<String>,
    /// Whether nobody could see more of it than was read.
    pub(super) is_whole: bool,
    /// The users who found it in their lists.
    pub(super) candidates: Vec<String>,
    /// Whether anything differs from what was archived before.
    pub(super) is_new: bool,
}

impl Done {
    /// Whether there is more to be read with the token of a user: who has found the thread since, and sees more
    /// of it than was read or takes part in it no more.
    pub(super) fn may_gain_by(&self, user: &String) -> bool {
        let takes_part = |entry: &ThreadEntry| entry.visible_to.contains(user);
        let is_known = self.is_whole && self.entry.as_ref().is_none_or(takes_part);
        !self.candidates.contains(user) && !is_known
    }
}

impl Work {
    pub(super) fn open(root: &Path) -> Result<Self, ArchiveError> {
        folder::create(root)?;
        let folder = root.join(UNFINISHED);
        let path = root.join(MANIFEST);
        let archived = read_if_there(&path)?;
        let archived = archived.map(|bytes| manifest::read(&path, &bytes));
        let archived = archived.transpose()?;
        let lock = root.join(LOCK);
        if archived.is_none() && !folder.exists() && !lock.exists() {
            let mut entries = fs::read_dir(root).map_err(ArchiveError::io(root))?;
            if entries.next().is_some() {
                return Err(ArchiveError::NotAnArchive(root.to_owned()));
            }
        }
        let file = open_for_append(&lock)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ArchiveError::Busy(root.to_owned())),
            Err(TryLockError::Error(error)) => return Err(ArchiveError::io(&lock)(error)),
        }
        folder::create(&folder)?;
        Ok(Self {
            root: root.to_owned(),
            folder,
            _lock: file,
            archived,
        })
    }

    /// The users whose threads have been listed.
    pub(super) fn surveyed(&self) -> Result<Vec<Surveyed>, ArchiveError> {
        let path = self.folder.join(SURVEY);
        let bytes = read_if_there(&path)?.unwrap_or_default();
        let mut surveyed = Vec::new();
        let mut whole = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            // What a kill has cut off is no JSON.
            let Ok(user) = serde_json::from_slice(line) else {
                break;
            };
            if line.last() != Some(&b'\n') {
                break;
            }
            whole += line.len() as u64;
            surveyed.push(user);
        }
        let cut = open_for_append(&path)?.set_len(whole);
        cut.map_err(ArchiveError::io(&path))?;
        Ok(surveyed)
    }

    pub(super) fn add_surveyed(&self, user: &Surveyed) -> Result<(), ArchiveError> {
        let path = self.folder.join(SURVEY);
        let mut line = json(user);
        line.push(b'\n');
        let mut file = open_for_append(&path)?;
        let written = file.write_all(&line);
        written.map_err(ArchiveError::io(&path))
    }

    /// Where a thread is made ready.
    pub(super) fn thread_folder(&self, id: &str) -> Result<PathBuf, ArchiveError> {
        let folder = self.folder.join(sha256(id.as_bytes()));
        folder::create(&folder)?;
        Ok(folder)
    }

    /// What was read of a thread by this export.
    pub(super) fn done(&self, id: &str) -> Result<Option<Done>, ArchiveError> {
        let path = self.folder.join(sha256(id.as_bytes())).join(DONE);
        let bytes = read_if_there(&path)?;
        // One that a loss of power has taken was not done.
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    pub(super) fn set_done(&self, id: &str, done: &Done) -> Result<(), ArchiveError> {
        let path = self.thread_folder(id)?.join(DONE);
        folder::write_whole(&path, &json(done)).map(drop)
    }

    /// The entry of a thread in the archive as it is, with its files by their names in its folder.
    pub(super) fn archived_thread(
        &self,
        id: &str,
    ) -> Option<(ThreadEntry, BTreeMap<String, FileEntry>)> {
        let manifest = self.archived.as_ref()?;
        let entry = manifest.thread(id)?.clone();
        let prefix = format!("{}/", entry.folder);
        let files = manifest.files.range(prefix.clone()..);
        let files = files.map_while(|(path, file)| Some((path.strip_prefix(&prefix)?, file)));
        let files = files.map(|(name, file)| (name.to_owned(), file.clone()));
        let files = files.collect();
        Some((entry, files))
    }

    /// Removes what is not needed any more: what was read of threads that could not be read to their end stays
    /// for the next export.
    pub(super) fn finish(&self) -> Result<(), ArchiveError> {
        let mut is_empty = true;
        for entry in fs::read_dir(&self.folder).map_err(ArchiveError::io(&self.folder))? {
            let path = entry.map_err(ArchiveError::io(&self.folder))?.path();
            if path.is_dir() && !path.join(DONE).exists() {
                is_empty = false;
            } else if path.is_dir() {
                folder::remove(&path)?;
            } else {
                fs::remove_file(&path).map_err(ArchiveError::io(&path))?;
            }
        }
        match is_empty {
            true => folder::remove(&self.folder),
            false => Ok(()),
        }
    }
}

/// Now, as the format has times: to the millisecond.
pub(super) fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    let nanos = u32::from(now.millisecond()) * 1_000_000;
    now.replace_nanosecond(nanos).unwrap_or(now)
}

pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    // Only a map whose keys are not strings could fail, and there is none.
    serde_json::to_vec(value).unwrap_or_default()
}
