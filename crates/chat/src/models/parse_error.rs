//! Why a text is not what it should be.

use thiserror::Error;

/// A text is not what it should be: a token, a key, a continuation. The text is not shown.
///
/// It turns into an [`Error`](crate::Error) of kind
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct ParseError(pub(crate) &'static str);
