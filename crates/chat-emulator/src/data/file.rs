//! The tables of the data file.

use std::path::{Path, PathBuf};

use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, TableDefinition,
    TableError, WriteTransaction,
};
use uuid::Uuid;

use crate::auth::keys::Keys;
use crate::store::{RowChange, Table};

use super::batch::Batch;
use super::error::DataError;

type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// What does not change with the state, by name.
const EMULATOR: Definition = TableDefinition::new("emulator");
const FORMAT: &[u8] = b"format";
const RESOURCE: &[u8] = b"resource";
const TOKEN_KEY: &[u8] = b"token key";
const ACCESS_KEY: &[u8] = b"access key";
const CLOCK_OFFSET: &[u8] = b"clock offset";

/// What this version writes, and the only thing it reads.
const FORMAT_VERSION: &[u8] = b"1";

/// The file answers no questions while the emulator runs, so it needs little memory.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

const fn definition(table: Table) -> Definition {
    TableDefinition::new(match table {
        Table::Users => "users",
        Table::Threads => "threads",
        Table::Activities => "activities",
        Table::Messages => "messages",
        Table::Created => "created",
        Table::Totals => "totals",
    })
}

/// An open data file, which nobody else can open meanwhile.
#[derive(Debug)]
pub(crate) struct DataFile {
    path: PathBuf,
    database: Database,
}

impl DataFile {
    /// Opens a file, or begins one.
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        let database = Database::builder()
            .set_cache_size(CACHE_BYTES)
            .create(path)
            .map_err(|error| match error {
                DatabaseError::DatabaseAlreadyOpen => DataError::InUse(path.to_owned()),
                DatabaseError::Storage(StorageError::Corrupted(reason)) => {
                    DataError::unreadable(path, reason)
                }
                DatabaseError::Storage(StorageError::Io(error))
                    if error.kind() == std::io::ErrorKind::InvalidData =>
                {
                    DataError::unreadable(path, error.to_string())
                }
                DatabaseError::UpgradeRequired(version) => {
                    DataError::unreadable(path, format!("its format is {version}"))
                }
                error => DataError::io(path, error),
            })?;
        Ok(Self {
            path: path.to_owned(),
            database,
        })
    }

    /// A new file on a disk of the test's own.
    #[cfg(test)]
    pub(super) fn on(disk: impl redb::StorageBackend) -> Self {
        Self {
            path: PathBuf::from("disk"),
            database: Database::builder().create_with_backend(disk).unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whose file it is, and how far the clock has been moved; nothing if it has just begun.
    pub(crate) fn keys(&self) -> Result<Option<(Keys, i64)>, DataError> {
        let read = || -> Result<Vec<Option<Vec<u8>>>, redb::Error> {
            let transaction = self.database.begin_read()?;
            let table = match transaction.open_table(EMULATOR) {
                Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
                table => table?,
            };
            [FORMAT, RESOURCE, TOKEN_KEY, ACCESS_KEY, CLOCK_OFFSET]
                .into_iter()
                .map(|name| Ok(table.get(name)?.map(|value| value.value().to_vec())))
                .collect()
        };
        let values = read().map_err(|error| DataError::io(&self.path, error))?;
        let [format, resource, token_key, access_key, clock_offset] = values.as_slice() else {
            return Ok(None);
        };
        if format.as_deref() != Some(FORMAT_VERSION) {
            let format = format.as_deref().map(String::from_utf8_lossy);
            let reason = format!("its format is {}", format.unwrap_or_default());
            return Err(DataError::unreadable(&self.path, reason));
        }
        let parsed = || {
            let keys = Keys {
                resource: Uuid::from_slice(resource.as_ref()?).ok()?,
                token_key: token_key.as_deref()?.try_into().ok()?,
                access_key: access_key.clone()?,
            };
            let offset = clock_offset.as_deref()?.try_into().ok()?;
            Some((keys, i64::from_be_bytes(offset)))
        };
        parsed()
            .map(Some)
            .ok_or_else(|| DataError::unreadable(&self.path, "its keys cannot be read"))
    }

    /// Writes whose file it is.
    pub(crate) fn write_keys(&self, keys: &Keys) -> Result<(), DataError> {
        let write = || -> Result<(), redb::Error> {
            let transaction = self.database.begin_write()?;
            let mut table = transaction.open_table(EMULATOR)?;
            table.insert(FORMAT, FORMAT_VERSION)?;
            table.insert(RESOURCE, keys.resource.as_bytes().as_slice())?;
            table.insert(TOKEN_KEY, keys.token_key.as_slice())?;
            table.insert(ACCESS_KEY, keys.access_key.as_slice())?;
            if table.get(CLOCK_OFFSET)?.is_none() {
                table.insert(CLOCK_OFFSET, 0i64.to_be_bytes().as_slice())?;
            }
            drop(table);
            transaction.commit()?;
            Ok(())
        };
        write().map_err(|error| DataError::io(&self.path, error))
    }

    /// Gives all rows, table by table.
    pub(super) fn each_row(
        &self,
        mut row: impl FnMut(Table, &[u8], &[u8]) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let io = |error: redb::Error| DataError::io(&self.path, error);
        let transaction = self
            .database
            .begin_read()
            .map_err(|error| io(error.into()))?;
        for table in Table::ALL {
            let rows = match transaction.open_table(definition(table)) {
                Err(TableError::TableDoesNotExist(_)) => continue,
                rows => rows.map_err(|error| io(error.into()))?,
            };
            for entry in rows.iter().map_err(|error| io(error.into()))? {
                let (key, value) = entry.map_err(|error| io(error.into()))?;
                row(table, key.value(), value.value())?;
            }
        }
        Ok(())
    }

    /// Writes a batch. When this returns it is on the disk.
    pub(crate) fn write(&self, batch: &Batch) -> Result<(), DataError> {
        let write = || -> Result<(), redb::Error> {
            let transaction = self.database.begin_write()?;
            let mut tables = Tables::open(&transaction)?;
            for change in &batch.changes {
                change.rows(&mut |row| tables.apply(row))?;
            }
            drop(tables);
            if let Some(millis) = batch.clock_offset_millis {
                let mut table = transaction.open_table(EMULATOR)?;
                table.insert(CLOCK_OFFSET, millis.to_be_bytes().as_slice())?;
            }
            transaction.commit()?;
            Ok(())
        };
        write().map_err(|error| DataError::io(&self.path, error))
    }
}

/// All tables of a transaction.
struct Tables<'t>(Vec<redb::Table<'t, &'static [u8], &'static [u8]>>);

impl<'t> Tables<'t> {
    fn open(transaction: &'t WriteTransaction) -> Result<Self, redb::Error> {
        let tables = Table::ALL
            .into_iter()
            .map(|table| transaction.open_table(definition(table)));
        Ok(Self(tables.collect::<Result<_, _>>()?))
    }

    fn apply(&mut self, row: RowChange) -> Result<(), redb::Error> {
        match row {
            RowChange::Put(table, key, value) => {
                if let Some(table) = self.0.get_mut(table as usize) {
                    table.insert(key.as_slice(), value.as_slice())?;
                }
            }
            RowChange::Delete(table, key) => {
                if let Some(table) = self.0.get_mut(table as usize) {
                    table.remove(key.as_slice())?;
                }
            }
            RowChange::Clear => {
                for table in &mut self.0 {
                    table.retain(|_, _| false)?;
                }
            }
        }
        Ok(())
    }
}
