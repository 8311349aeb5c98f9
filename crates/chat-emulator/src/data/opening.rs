//! The state that an emulator begins with: of a data file, or none.

use std::path::Path;
use std::sync::Arc;

use crate::auth::keys::Keys;
use crate::store::limits::{Capacity, Limits};
use crate::store::{Clock, IdSource, MovableClock, RandomIds, Store, StoreState};

use super::batch::{Batch, Rows};
use super::error::DataError;
use super::file::DataFile;

/// What an emulator begins with.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) file: Option<DataFile>,
    /// What was known when the file was begun; nothing when it begins now.
    pub(crate) initial: Option<StoreState>,
    new_keys: bool,
}

impl Opened {
    /// Begins anew, or continues what is in the file at `path`. An access key that is `given` is the key from
    /// now on; `new_key` is one only where none is known. Nothing is written yet.
    pub(crate) fn new(
        path: Option<&Path>,
        given_key: Option<Vec<u8>>,
        new_key: Option<Vec<u8>>,
        clock: &Arc<MovableClock>,
        limits: Limits,
    ) -> Result<Self, DataError> {
        let file = path.map(DataFile::open).transpose()?;
        let known = match &file {
            Some(file) => file.keys()?,
            None => None,
        };
        let shared = Arc::clone(clock) as Arc<dyn Clock>;
        let ids: Box<dyn IdSource> = Box::new(RandomIds);
        let capacity = Capacity::default();
        let (file, mut keys, clock_offset_millis) = match (file, known) {
            (Some(file), Some((keys, offset))) => (file, keys, offset),
            (file, _) => {
                let keys = Keys::generate(given_key.or(new_key));
                let state = StoreState::empty(keys.resource);
                let store = Store::continuing(state, shared, ids, limits, capacity);
                return Ok(Self {
                    store,
                    keys,
                    file,
                    initial: None,
                    new_keys: true,
                });
            }
        };
        let state = file.load(Rows::Current, keys.resource)?;
        let initial = file.load(Rows::Initial, keys.resource)?;
        clock.set_offset_millis(clock_offset_millis);
        let given_key = given_key.filter(|key| *key != keys.access_key);
        let new_keys = given_key.is_some();
        keys.access_key = given_key.unwrap_or(keys.access_key);
        let mut store = Store::continuing(state, shared, ids, limits, capacity);
        store.note_changes();
        Ok(Self {
            store,
            keys,
            file: Some(file),
            initial: Some(initial),
            new_keys,
        })
    }

    /// Whether nothing has been known before.
    pub(crate) fn is_new(&self) -> bool {
        self.initial.is_none()
    }

    /// Knows what was known in `state`, and is of its resource from now on.
    pub(crate) fn adopt(&mut self, state: StoreState) {
        self.keys.resource = state.resource();
        self.store.adopt(state);
    }

    /// Writes what has changed since, if there is a file; a new one all at once.
    pub(crate) fn write(&mut self) -> Result<(), DataError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        if self.initial.is_none() {
            let initial = self.store.state();
            file.begin(&self.keys, &initial)?;
            self.initial = Some(initial);
            self.store.note_changes();
            return Ok(());
        }
        let batch = Batch {
            changes: self.store.take_changes(),
            clock_offset_millis: None,
            keys: self.new_keys.then(|| self.keys.clone()),
        };
        if batch.is_empty() {
            return Ok(());
        }
        file.write(&batch)
    }
}
