//! Names and values that callers attach to threads, participants and messages.

use std::collections::BTreeMap;

/// Values by name.
pub(crate) type Metadata = BTreeMap<String, String>;

/// A merge patch of metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MetadataPatch {
    /// Removes all of it.
    Clear,
    /// Sets the names that have a value, removes those that have none, and leaves all others.
    Merge(BTreeMap<String, Option<String>>),
}

/// What an empty value in a patch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EmptyValue {
    /// It is a value.
    Stays,
    /// It removes its name.
    Removes,
}

impl MetadataPatch {
    /// What becomes of `old`.
    pub(super) fn apply(self, old: &Metadata, empty: EmptyValue) -> Metadata {
        let Self::Merge(changes) = self else {
            return Metadata::new();
        };
        let mut metadata = old.clone();
        for (name, value) in changes {
            match value.filter(|value| empty == EmptyValue::Stays || !value.is_empty()) {
                Some(value) => metadata.insert(name, value),
                None => metadata.remove(&name),
            };
        }
        metadata
    }
}

/// Bytes of all names and values.
pub(super) fn size(metadata: &Metadata) -> usize {
    metadata
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum()
}
