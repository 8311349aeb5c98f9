//! Users as rows.

use serde::{Deserialize, Serialize};

use crate::store::users::User;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UserRow {
    name: Option<String>,
    deleted: bool,
    next_serial: u64,
    valid_from: u64,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        Self {
            name: user.name.as_deref().map(str::to_owned),
            deleted: user.deleted,
            next_serial: user.next_serial,
            valid_from: user.valid_from,
        }
    }
}

impl From<UserRow> for User {
    /// The user without its threads, which follow from theirs.
    fn from(row: UserRow) -> Self {
        Self {
            name: row.name.map(String::into_boxed_str),
            deleted: row.deleted,
            next_serial: row.next_serial,
            valid_from: row.valid_from,
            ..Self::default()
        }
    }
}
