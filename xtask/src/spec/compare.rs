//! What one version of a document has that another has not.

mod change;
mod operations;
mod schemas;

use serde_json::Value;

pub(super) use change::{Change, Effect};

/// What is different, breaking changes first.
pub(super) fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = change::Changes::default();
    operations::compare(old, new, &mut changes);
    changes.sorted()
}

#[cfg(test)]
mod tests;
