//! Why the store says no.

use crate::store::identifier::MalformedIdentifier;

/// A command or a question that the store refuses; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("The access token has expired.")]
    TokenExpired,
    #[error("The access token has been revoked.")]
    TokenRevoked,
    #[error("The access token does not name a user of this resource.")]
    UnknownCaller,
    #[error("The scopes of the access token do not allow this operation; it needs {0}.")]
    ScopeTooSmall(&'static str),
    #[error("The caller is not a participant of the thread.")]
    NotParticipant,
    #[error("Only the sender of a message may change it.")]
    NotSender,
    #[error("The specified thread id was not found.")]
    ThreadNotFound,
    #[error("The specified message id was not found.")]
    MessageNotFound,
    #[error("The specified participant was not found in the thread.")]
    ParticipantNotFound,
    #[error("Provided identity doesn't exist.")]
    UserNotFound,
    #[error(transparent)]
    MalformedIdentifier(#[from] MalformedIdentifier),
    #[error("The message has been deleted.")]
    MessageDeleted,
    #[error("There are more than {0} participants in the request.")]
    BatchTooLarge(usize),
    #[error("{what} must not be more than {limit}.")]
    TooMuch { what: &'static str, limit: usize },
    #[error("{what} must be from {least} to {most}.")]
    OutOfRange {
        what: &'static str,
        least: u32,
        most: u32,
    },
    #[error("The emulator holds no more than {limit} {what}.")]
    Full { what: &'static str, limit: usize },
}
