//! Why a document cannot be lowered, and where.

use crate::pointer::Pointer;

/// A document that cannot be lowered to what the generator understands.
#[derive(Debug, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub(crate) struct Refusal {
    pointer: Pointer,
    reason: String,
}

impl Refusal {
    pub(crate) fn new(pointer: &Pointer, reason: impl Into<String>) -> Self {
        Self {
            pointer: pointer.clone(),
            reason: reason.into(),
        }
    }
}
