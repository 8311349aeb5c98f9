//! Why a thread is not read any further.

use chat::{Error, ErrorKind};

use crate::error::ArchiveError;
use crate::format::UnreadKind;

/// Why a thread is not read any further.
#[derive(Debug)]
pub(super) enum Stop {
    /// Nothing can be written: the export ends.
    Archive(ArchiveError),
    /// This thread cannot be read.
    Service(Error),
}

impl From<ArchiveError> for Stop {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}

/// What sort of reason an error is.
pub(super) fn kind_of(error: &Error) -> UnreadKind {
    match error.kind() {
        ErrorKind::NotFound => UnreadKind::Gone,
        ErrorKind::Forbidden | ErrorKind::BadRequest => UnreadKind::Refused,
        ErrorKind::InvalidResponse => UnreadKind::Unreadable,
        _ => UnreadKind::Failed,
    }
}

/// Whether an error says that this user may not, or that it is not there.
pub(super) fn is_refusal(error: &Error) -> bool {
    error.is_forbidden() || error.is_not_found()
}
