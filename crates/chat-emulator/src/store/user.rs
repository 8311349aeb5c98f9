//! A user of the resource.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::ThreadId;
use super::thread_activity::Activity;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct User {
    /// What people call it; the service knows no names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Box<str>>,
    #[serde(default)]
    pub(super) deleted: bool,
    pub(super) next_serial: u64,
    /// Tokens below this serial number have been revoked.
    pub(super) valid_from: u64,
    /// The threads the user takes part in or has been removed from, in the order of what happened last in
    /// each. It follows from the threads, so no row has it.
    #[serde(skip)]
    pub(super) threads: BTreeMap<Activity, ThreadId>,
}

impl User {
    pub(super) fn is_deleted(&self) -> bool {
        self.deleted
    }

    /// Whether both have the same row.
    pub(super) fn has_row_of(&self, other: &Self) -> bool {
        let row = |user: &Self| (user.deleted, user.next_serial, user.valid_from);
        row(self) == row(other) && self.name == other.name
    }
}
