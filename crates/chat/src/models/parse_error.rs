//! Why a text is not what it should be.

use thiserror::Error;

/// A text can't be read as what it should be: a token, a key, a cursor, a continuation. The error does
/// not show the text.
///
/// It turns into an [`Error`](crate::Error) of kind
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument).
///
/// ```
/// use chat::ErrorKind;
/// use chat::models::{IdempotencyToken, ParseError};
///
/// let error: ParseError = "order 17".parse::<IdempotencyToken>().unwrap_err();
/// assert_eq!(error.to_string(), "an idempotency token is 1 to 128 visible ASCII characters");
/// assert_eq!(chat::Error::from(error).kind(), ErrorKind::InvalidArgument);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ParseError(pub(crate) &'static str);
