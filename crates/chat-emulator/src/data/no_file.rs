//! The data file, where it has been left out: there is none.

use std::path::Path;

use uuid::Uuid;

use crate::auth::keys::Keys;
use crate::store::StoreState;

use super::batch::{Batch, Rows};
use super::error::DataError;

/// Nothing of this kind exists.
#[derive(Debug)]
pub(crate) enum DataFile {}

impl DataFile {
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        Err(DataError::unreadable(path, "this build has no data files"))
    }

    pub(super) fn keys(&self) -> Result<Option<(Keys, i64)>, DataError> {
        match *self {}
    }

    pub(super) fn begin(&self, _: &Keys, _: &StoreState) -> Result<(), DataError> {
        match *self {}
    }

    pub(super) fn load(&self, _: Rows, _: Uuid) -> Result<StoreState, DataError> {
        match *self {}
    }

    pub(crate) fn write(&self, _: &Batch) -> Result<(), DataError> {
        match *self {}
    }

    pub(crate) fn check_place(&self) -> Result<(), DataError> {
        match *self {}
    }

    pub(super) fn has_room(&self) -> bool {
        match *self {}
    }
}
