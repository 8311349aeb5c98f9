//! The data file, in which the state survives a restart.
//!
//! The store stays in memory and answers from there. What a command changes is written to the file, and
//! no answer goes out before everything that it may have been made of is on the disk: a kill at any
//! moment loses nothing that anybody was told.

mod file;
mod opening;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use crate::store::limits::{Capacity, Limits};
use crate::store::{Clock, IdSource, Loading, ResourceId, Store, UnreadableRow};

pub(crate) use file::{Batch, DataFile};
pub(crate) use opening::Opened;
pub(crate) use writer::{NotWritten, Writer};

/// Who an emulator is: what tokens and signatures are checked by. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) resource: Uuid,
    pub(crate) token_key: [u8; 32],
    pub(crate) access_key: Vec<u8>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}

/// Why a data file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// Another emulator has it open.
    #[error("{} is in use by another emulator", .0.display())]
    InUse(PathBuf),
    /// It was written by another program, or by a later version of this one.
    #[error("{} is no data file of this version of the emulator: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It cannot be read or written.
    #[error("cannot read or write {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system or the file's format says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl DataError {
    fn unreadable(path: &Path, reason: impl Into<String>) -> Self {
        Self::Unreadable {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    fn io(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Io {
            path: path.to_owned(),
            source: source.into(),
        }
    }
}

/// What the store is made with, apart from what is in the file.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Box<dyn IdSource>,
    pub(crate) limits: Limits,
    pub(crate) capacity: Capacity,
}

impl DataFile {
    /// The store of a file that has been written before.
    pub(crate) fn load(&self, keys: &Keys, surroundings: Surroundings) -> Result<Store, DataError> {
        let Surroundings {
            clock,
            ids,
            limits,
            capacity,
        } = surroundings;
        let resource = ResourceId(keys.resource);
        let mut loading = Loading::new(resource, clock, ids, limits, capacity);
        let unreadable = |row: UnreadableRow| DataError::unreadable(self.path(), row.to_string());
        self.each_row(|table, key, value| loading.row(table, key, value).map_err(unreadable))?;
        Ok(loading.finish())
    }
}

#[cfg(test)]
mod tests;
