//! A piece of what is written.

use crate::store::Change;

/// What is written at once: all of it or nothing.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) changes: Vec<Change>,
    /// How far the clock has been moved in all, where that has changed.
    pub(crate) clock_offset_millis: Option<i64>,
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.clock_offset_millis.is_none()
    }
}
