//! Why there is no new token.

use std::error::Error as StdError;
use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::error::{Error, ErrorKind};

/// The refresher's own error, or a [`RefreshFault`]. All who wait for a refresh share it.
pub(super) type RefreshFailure = Arc<dyn StdError + Send + Sync>;

/// What goes wrong with a refresh beside the refresher's own errors.
#[derive(Debug, thiserror::Error)]
pub(super) enum RefreshFault {
    #[error("the refresher returned a token that expired at {}", text(.0))]
    Expired(OffsetDateTime),
    #[error("the refresher panicked")]
    Panicked,
    #[error("the refresher gave no token in time")]
    TimedOut,
    #[error("the runtime of the refresh ended before the refresher gave a token")]
    RuntimeEnded,
    #[error("a refresh needs a Tokio runtime, and there is none")]
    NoRuntime,
}

impl From<RefreshFault> for RefreshFailure {
    fn from(fault: RefreshFault) -> Self {
        Arc::new(fault)
    }
}

/// The error of a call that has no token, for that reason. `expired_on` tells of the token there
/// was before, if any.
pub(super) fn no_token(failure: RefreshFailure, expired_on: Option<OffsetDateTime>) -> Error {
    let context = match expired_on {
        Some(time) => format!(
            "the token expired at {} and could not be refreshed",
            text(&time)
        ),
        None => "the token could not be refreshed".to_owned(),
    };
    Error::new(ErrorKind::Credential)
        .with_context(context)
        .with_source(failure)
}

fn text(time: &OffsetDateTime) -> String {
    // Years outside of 0 to 9999 have no form in RFC 3339.
    time.format(&Rfc3339).unwrap_or_else(|_| time.to_string())
}
