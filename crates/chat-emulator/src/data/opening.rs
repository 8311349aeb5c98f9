//! The state that an emulator begins with: of a data file, or none.

use std::path::Path;
use std::sync::Arc;

use crate::store::limits::{Capacity, Limits};
use crate::store::{IdSource, MovableClock, RandomIds, Store};

use super::file::{Batch, DataFile};
use super::{DataError, Keys, Surroundings};

/// What an emulator begins with.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) file: Option<DataFile>,
}

impl Opened {
    /// Begins anew, or continues what is in the file at `path`. An access key that is given is the key from
    /// now on.
    pub(crate) fn new(
        path: Option<&Path>,
        access_key: Option<Vec<u8>>,
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
                if let Some(access_key) = access_key.filter(|key| *key != keys.access_key) {
                    keys.access_key = access_key;
                    file.write_keys(&keys)?;
                }
                let store = file.load(&keys, surroundings)?;
                let file = Some(file);
                Self { store, keys, file }
            }
            (file, _) => {
                let store = surroundings.new_store();
                let keys = Keys::generate(store.resource(), access_key);
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

impl Keys {
    /// New keys, apart from what is given. The access key is as long as the service's.
    pub(crate) fn generate(resource: uuid::Uuid, access_key: Option<Vec<u8>>) -> Self {
        let random = || RandomIds.next().into_bytes();
        let mut token_key = [0; 32];
        token_key[..16].copy_from_slice(&random());
        token_key[16..].copy_from_slice(&random());
        let access_key = access_key.unwrap_or_else(|| (0..4).flat_map(|_| random()).collect());
        Self {
            resource,
            token_key,
            access_key,
        }
    }
}
