//! Why a step towards a connection has failed, and what follows from it.

use crate::error::Error;

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same may go well later.
    Retry,
    /// The token was refused, and there may be another.
    TokenRefused,
    /// There was no token.
    NoToken,
    /// The request was refused for what it is.
    Refused,
    /// It can't go well any more.
    Final,
}

/// Why a step has failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) verdict: Verdict,
}

impl Failure {
    pub(super) fn new(error: Error, verdict: Verdict) -> Self {
        Self { error, verdict }
    }
}
