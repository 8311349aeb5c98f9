//! The state that an emulator begins with: of a data file, or none.

use std::path::Path;
use std::sync::Arc;

use crate::auth::keys::Keys;
use crate::store::limits::{Capacity, Limits};
use crate::store::{
    Clock, IdSource, Loading, MovableClock, RandomIds, ResourceId, Store, UnreadableRow,
};

use super::batch::Batch;
use super::error::DataError;
use super::file::DataFile;

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

/// What an emulator begins with.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) file: Option<DataFile>,
}

impl Opened {
    /// Begins anew, or continues what is in the file at `path`. An access key that is `given` is the key from
    /// now on; `new_key` is one only where none is known.
    pub(crate) fn new(
        path: Option<&Path>,
        given_key: Option<Vec<u8>>,
        new_key: Option<Vec<u8>>,
        clock: &Arc<MovableClock>,
        limits: Limits,
    ) -> Result<Self, DataError> {
        let surroundings = Surroundings {
            clock: Arc::clone(clock) as _,
            ids: Box::new(RandomIds),
            limits,
            capacity: Capacity::default(),
        };
        let file = path.map(DataFile::open).transpose()?;
        let known = match &file {
            Some(file) => file.keys()?,
            None => None,
        };
        let mut opened = match (file, known) {
            (Some(file), Some((mut keys, clock_offset_millis))) => {
                clock.set_offset_millis(clock_offset_millis);
                if let Some(access_key) = given_key.filter(|key| *key != keys.access_key) {
                    keys.access_key = access_key;
                    file.write_keys(&keys)?;
                }
                let store = file.load(&keys, surroundings)?;
                let file = Some(file);
                Self { store, keys, file }
            }
            (file, _) => {
                let store = surroundings.new_store();
                let keys = Keys::generate(store.resource(), given_key.or(new_key));
                if let Some(file) = &file {
                    file.write_keys(&keys)?;
                }
                Self { store, keys, file }
            }
        };
        if opened.file.is_some() {
            opened.store.note_changes();
        }
        Ok(opened)
    }

    /// Writes what has changed since, if there is a file.
    pub(crate) fn write(&mut self) -> Result<(), DataError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let changes = self.store.take_changes();
        if changes.is_empty() {
            return Ok(());
        }
        file.write(&Batch {
            changes,
            clock_offset_millis: None,
        })
    }
}

impl Surroundings {
    pub(super) fn new_store(self) -> Store {
        Store::new(self.clock, self.ids, self.limits, self.capacity)
    }
}
