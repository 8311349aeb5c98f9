//! An open data file. This is the only place that calls the database.

use std::fs::{File, Metadata, TryLockError};
use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::backends::InMemoryBackend;
use redb::{Database, ReadableDatabase, StorageBackend};
use uuid::Uuid;

use crate::auth::keys::Keys;
use crate::store::{Loading, StoreState, Table};

use super::access;
use super::batch::{Batch, Rows};
use super::error::DataError;
use super::tables::{self, Owner};

/// How every file of the database begins.
const MAGIC: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";

/// The file answers no questions while the emulator runs, so it needs little memory.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// A file may have so many bytes more than twice what it holds before it is compacted.
const SLACK_BYTES: u64 = 16 * 1024 * 1024;

/// A disk with less room than this counts as full. A file grows in steps, and what is under way while
/// somebody looks needs room too.
const LEAST_ROOM_BYTES: u64 = 16 * 1024 * 1024;

/// An open data file, which nobody else can open meanwhile.
#[derive(Debug)]
pub(crate) struct DataFile {
    path: PathBuf,
    database: Database,
    /// The file as it was opened; nothing where there is none.
    opened: Option<Metadata>,
    least_room_bytes: u64,
}

impl DataFile {
    /// Opens a file, or begins one. A file that is damaged or none of the emulator's is left as it is.
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        let io = |error: std::io::Error| DataError::io(path, error);
        let mut file = access::open(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        check(path, &mut file)?;
        access::restrict(&file).map_err(io)?;
        let opened = file.metadata().map_err(io)?;
        // The database locks it for itself.
        file.unlock().map_err(io)?;
        let database = guarded(path, || {
            let mut database = Database::builder()
                .set_cache_size(CACHE_BYTES)
                .create_file(file)?;
            if is_loose(&database, opened.len())? {
                database.compact()?;
            }
            Ok(database)
        })?;
        Ok(Self {
            path: path.to_owned(),
            database,
            opened: Some(opened),
            least_room_bytes: LEAST_ROOM_BYTES,
        })
    }

    /// A new file on a disk of the test's own, beside one that is full if it has less than `least_room_bytes`.
    #[cfg(test)]
    pub(super) fn on(disk: impl StorageBackend, least_room_bytes: u64) -> Self {
        Self {
            path: std::env::temp_dir(),
            least_room_bytes,
            database: Database::builder().create_with_backend(disk).unwrap(),
            opened: None,
        }
    }

    /// Whose file it is, and how far the clock has been moved; nothing if it has just begun.
    pub(super) fn keys(&self) -> Result<Option<(Keys, i64)>, DataError> {
        match guarded(&self.path, || tables::owner(&self.database.begin_read()?))? {
            Owner::Nobody => Ok(None),
            Owner::Emulator(keys, clock_offset_millis) => Ok(Some((keys, clock_offset_millis))),
            Owner::Other(reason) => Err(DataError::unreadable(&self.path, reason)),
        }
    }

    /// Writes whose file it is, and what is known from the beginning.
    pub(super) fn begin(&self, keys: &Keys, state: &StoreState) -> Result<(), DataError> {
        let batch = Batch {
            changes: Vec::new(),
            clock_offset_millis: Some(0),
            keys: Some(keys.clone()),
        };
        guarded(&self.path, || {
            let transaction = self.database.begin_write()?;
            tables::write_initial(&transaction, state)?;
            tables::write(&batch, &transaction)?;
            transaction.commit()?;
            Ok(())
        })
    }

    /// The state that the rows are of.
    pub(super) fn load(&self, rows: Rows, resource: Uuid) -> Result<StoreState, DataError> {
        let mut loading = Loading::new(resource);
        let unreadable = guarded(&self.path, || {
            let transaction = self.database.begin_read()?;
            for table in Table::ALL {
                let mut unreadable = None;
                tables::each_row(&transaction, rows, table, |key, value| {
                    if let Err(row) = loading.row(table, key, value) {
                        unreadable.get_or_insert(row);
                    }
                    Ok::<_, redb::Error>(())
                })?;
                if unreadable.is_some() {
                    return Ok(unreadable);
                }
            }
            Ok(None)
        })?;
        match unreadable {
            Some(row) => Err(DataError::unreadable(&self.path, row.to_string())),
            None => Ok(loading.finish()),
        }
    }

    /// Writes a batch. When this returns it is on the disk.
    pub(crate) fn write(&self, batch: &Batch) -> Result<(), DataError> {
        self.check_place()?;
        guarded(&self.path, || {
            let transaction = self.database.begin_write()?;
            tables::write(batch, &transaction)?;
            transaction.commit()?;
            Ok(())
        })
    }

    /// Says so when the file is no longer where it was opened: what is written then is lost.
    pub(crate) fn check_place(&self) -> Result<(), DataError> {
        let Some(opened) = &self.opened else {
            return Ok(());
        };
        match std::fs::metadata(&self.path) {
            Ok(now) if access::same(&now, opened) => Ok(()),
            _ => Err(DataError::Gone(self.path.clone())),
        }
    }

    /// Whether the disk takes more, as far as that is known.
    pub(super) fn has_room(&self) -> bool {
        access::room(&self.path).is_none_or(|bytes| bytes >= self.least_room_bytes)
    }
}

/// Whether the file has far more room than it needs.
fn is_loose(database: &Database, length: u64) -> Result<bool, redb::Error> {
    if length <= SLACK_BYTES {
        return Ok(false);
    }
    let transaction = database.begin_write()?;
    let stats = transaction.stats()?;
    transaction.abort()?;
    let needed = stats.allocated_pages() * stats.page_size() as u64;
    Ok(length > 2 * needed + SLACK_BYTES)
}

/// Refuses what is no undamaged file of the database. It looks at a copy in memory: the database mends what
/// it opens, and what it mends by going back to an earlier state is no longer there to be saved.
fn check(path: &Path, file: &mut File) -> Result<(), DataError> {
    let io = |error: std::io::Error| DataError::io(path, error);
    let mut bytes = Vec::new();
    let length = file
        .take(MAGIC.len() as u64)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    if length == 0 {
        return Ok(());
    }
    if bytes != MAGIC {
        return Err(DataError::unreadable(path, "it is no database"));
    }
    file.read_to_end(&mut bytes).map_err(io)?;
    file.rewind().map_err(io)?;
    let copy = InMemoryBackend::new();
    copy.set_len(bytes.len() as u64).map_err(io)?;
    copy.write(0, &bytes).map_err(io)?;
    drop(bytes);
    let whole = guarded(path, || {
        let mut database = Database::builder()
            .set_cache_size(CACHE_BYTES)
            .create_with_backend(copy)?;
        Ok(database.check_integrity()?)
    });
    match whole {
        Ok(true) => Ok(()),
        Ok(false) => Err(DataError::unreadable(path, "it is damaged")),
        // Whatever goes wrong in memory goes wrong because of what is in the file.
        Err(DataError::Io { source, .. }) => Err(DataError::unreadable(path, source.to_string())),
        Err(error) => Err(error),
    }
}

/// Calls the database, which panics on some damaged files: such a panic is an error like the others.
///
/// Nobody sees a database after it has panicked. One that is being opened is dropped, and one that is open
/// is not used again, as its writer ends with the error.
fn guarded<T>(path: &Path, call: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, DataError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| told(path, error)),
        Err(_) => Err(DataError::unreadable(path, "it is damaged")),
    }
}

fn told(path: &Path, error: redb::Error) -> DataError {
    match error {
        redb::Error::DatabaseAlreadyOpen => DataError::InUse(path.to_owned()),
        redb::Error::Corrupted(reason) => DataError::unreadable(path, reason),
        redb::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            DataError::unreadable(path, error.to_string())
        }
        redb::Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DataError::unreadable(path, "it is cut off")
        }
        redb::Error::UpgradeRequired(version) => {
            DataError::unreadable(path, format!("its database format is {version}"))
        }
        error => DataError::io(path, error),
    }
}
