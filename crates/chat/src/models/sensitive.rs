//! Text people wrote, kept out of `Debug` output and so out of logs.

use std::fmt;
use std::ops::Deref;

/// A value that `Debug` does not show. It is reached through accessors only, so that a derived
/// `Debug` on a model can't print a message by accident.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Sensitive<T>(pub(crate) T);

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T> Deref for Sensitive<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
