//! The tables of the data file, and what is written into them.

use redb::{ReadTransaction, ReadableTable, TableDefinition, TableError, WriteTransaction};
use uuid::Uuid;

use crate::store::{RowChange, StoreState, Table};

use crate::auth::keys::Keys;

use super::batch::{Batch, Rows};

type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// What does not change with the state, by name.
const EMULATOR: Definition = TableDefinition::new("emulator");
const FORMAT: &[u8] = b"format";
const RESOURCE: &[u8] = b"resource";
const TOKEN_KEY: &[u8] = b"token key";
const ACCESS_KEY: &[u8] = b"access key";
const CLOCK_OFFSET: &[u8] = b"clock offset";

/// What this version writes, and the only thing it reads.
const FORMAT_VERSION: &[u8] = b"2";

const fn definition(rows: Rows, table: Table) -> Definition {
    TableDefinition::new(match (rows, table) {
        (Rows::Current, Table::Users) => "users",
        (Rows::Current, Table::Threads) => "threads",
        (Rows::Current, Table::Progress) => "progress",
        (Rows::Current, Table::Messages) => "messages",
        (Rows::Current, Table::Created) => "created",
        (Rows::Current, Table::Totals) => "totals",
        (Rows::Initial, Table::Users) => "initial users",
        (Rows::Initial, Table::Threads) => "initial threads",
        (Rows::Initial, Table::Progress) => "initial progress",
        (Rows::Initial, Table::Messages) => "initial messages",
        (Rows::Initial, Table::Created) => "initial created",
        (Rows::Initial, Table::Totals) => "initial totals",
    })
}

/// Writes a batch.
pub(super) fn write(batch: &Batch, to: &WriteTransaction) -> Result<(), redb::Error> {
    let mut tables = Tables::open(to, Rows::Current)?;
    for change in RowChange::last_of_each_row(&batch.changes) {
        tables.apply(change)?;
    }
    let mut emulator = to.open_table(EMULATOR)?;
    if let Some(millis) = batch.clock_offset_millis {
        emulator.insert(CLOCK_OFFSET, millis.to_be_bytes().as_slice())?;
    }
    if let Some(keys) = &batch.keys {
        emulator.insert(FORMAT, FORMAT_VERSION)?;
        emulator.insert(RESOURCE, keys.resource.as_bytes().as_slice())?;
        emulator.insert(TOKEN_KEY, keys.token_key.as_slice())?;
        emulator.insert(ACCESS_KEY, keys.access_key.as_slice())?;
    }
    Ok(())
}

/// Writes what is known when a file is begun.
pub(super) fn write_initial(to: &WriteTransaction, state: &StoreState) -> Result<(), redb::Error> {
    for rows in [Rows::Initial, Rows::Current] {
        let mut tables = Tables::open(to, rows)?;
        for row in state.rows() {
            tables.apply(&row)?;
        }
    }
    Ok(())
}

/// All tables of a state.
struct Tables<'t>(Vec<redb::Table<'t, &'static [u8], &'static [u8]>>);

impl<'t> Tables<'t> {
    fn open(transaction: &'t WriteTransaction, rows: Rows) -> Result<Self, redb::Error> {
        let tables = Table::ALL
            .into_iter()
            .map(|table| transaction.open_table(definition(rows, table)));
        Ok(Self(tables.collect::<Result<_, _>>()?))
    }

    fn apply(&mut self, row: &RowChange) -> Result<(), redb::Error> {
        match row {
            RowChange::Put(table, key, value) => {
                if let Some(table) = self.0.get_mut(*table as usize) {
                    table.insert(key.as_slice(), value.bytes().as_ref())?;
                }
            }
            RowChange::Delete(table, key) => {
                if let Some(table) = self.0.get_mut(*table as usize) {
                    table.remove(key.as_slice())?;
                }
            }
        }
        Ok(())
    }
}

/// Gives the rows of a table, if there is one.
pub(super) fn each_row<E: From<redb::Error>>(
    transaction: &ReadTransaction,
    rows: Rows,
    table: Table,
    mut row: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let found = match transaction.open_table(definition(rows, table)) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(()),
        found => found.map_err(redb::Error::from)?,
    };
    for entry in found.iter().map_err(redb::Error::from)? {
        let (key, value) = entry.map_err(redb::Error::from)?;
        row(key.value(), value.value())?;
    }
    Ok(())
}

/// What a file says of itself.
#[derive(Debug)]
pub(super) enum Owner {
    /// It has just begun.
    Nobody,
    /// An emulator, with how far its clock has been moved.
    Emulator(Keys, i64),
    /// Something else.
    Other(String),
}

/// Whose file it is.
pub(super) fn owner(transaction: &ReadTransaction) -> Result<Owner, redb::Error> {
    let table = match transaction.open_table(EMULATOR) {
        Err(TableError::TableDoesNotExist(_)) => {
            return Ok(match transaction.list_tables()?.next() {
                None => Owner::Nobody,
                Some(_) => Owner::Other("it belongs to another program".to_owned()),
            });
        }
        table => table?,
    };
    let get = |name: &[u8]| -> Result<Option<Vec<u8>>, redb::Error> {
        Ok(table.get(name)?.map(|value| value.value().to_vec()))
    };
    let format = get(FORMAT)?.unwrap_or_default();
    if format != FORMAT_VERSION {
        let format = String::from_utf8_lossy(&format);
        return Ok(Owner::Other(format!("its format is {format}")));
    }
    let (resource, offset) = (get(RESOURCE)?, get(CLOCK_OFFSET)?);
    let (token_key, access_key) = (get(TOKEN_KEY)?, get(ACCESS_KEY)?);
    let parsed = || {
        let keys = Keys {
            resource: Uuid::from_slice(&resource?).ok()?,
            token_key: token_key?.try_into().ok()?,
            access_key: access_key?,
        };
        Some((keys, i64::from_be_bytes(offset?.try_into().ok()?)))
    };
    Ok(match parsed() {
        Some((keys, offset)) => Owner::Emulator(keys, offset),
        None => Owner::Other("its keys cannot be read".to_owned()),
    })
}
