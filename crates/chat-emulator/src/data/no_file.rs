//! The data file, where it has been left out: there is none.

use std::path::Path;

use crate::auth::keys::Keys;
use crate::store::Table;

use super::batch::Batch;
use super::error::DataError;

/// Nothing of this kind exists.
#[derive(Debug)]
pub(crate) enum DataFile {}

impl DataFile {
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        Err(DataError::unreadable(path, "this build has no data files"))
    }

    pub(crate) fn path(&self) -> &Path {
        match *self {}
    }

    pub(crate) fn keys(&self) -> Result<Option<(Keys, i64)>, DataError> {
        match *self {}
    }

    pub(crate) fn write_keys(&self, _: &Keys) -> Result<(), DataError> {
        match *self {}
    }

    pub(super) fn each_row(
        &self,
        _: impl FnMut(Table, &[u8], &[u8]) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        match *self {}
    }

    pub(crate) fn write(&self, _: &Batch) -> Result<(), DataError> {
        match *self {}
    }
}
