//! What is written into a data file.

use crate::auth::keys::Keys;
use crate::store::RowChange;

/// Which state rows are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// What is known now.
    Current,
    /// What was known when the file was begun, to which a reset leads back.
    Initial,
}

/// What is written at once: all of it or nothing.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) changes: Vec<RowChange>,
    /// How far the clock has been moved in all, where that has changed.
    pub(crate) clock_offset_millis: Option<i64>,
    /// The keys, where they have changed.
    pub(crate) keys: Option<Keys>,
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.clock_offset_millis.is_none() && self.keys.is_none()
    }

    /// Adds what was made later.
    pub(super) fn add(&mut self, later: Self) {
        self.changes.extend(later.changes);
        self.clock_offset_millis = later.clock_offset_millis.or(self.clock_offset_millis);
        self.keys = later.keys.or(self.keys.take());
    }
}
