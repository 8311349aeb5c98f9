//! What errors look like.

use std::error::Error as StdError;
use std::fmt::{self, Display, Write};

use super::Error;

/// How many characters of the service's own words are shown.
const MOST_SHOWN: usize = 300;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation() {
            write!(f, "{operation}: ")?;
        }
        f.write_str(self.kind().describe())?;
        if let Some(status) = self.http_status() {
            write!(f, " (status {status})")?;
        }
        if let Some(context) = &self.inner.context {
            write!(f, ": {context}")?;
        }
        let said = self.service_error().map(ToString::to_string);
        if let Some(said) = said.filter(|said| !said.is_empty()) {
            write!(f, ": {}", Shortened(&said))?;
        }
        if let Some(ms_cv) = self.ms_cv() {
            write!(f, " [MS-CV {}]", Shortened(ms_cv))?;
        }
        Ok(())
    }
}

/// A text from outside: its first characters, on one line.
struct Shortened<'a>(&'a str);

impl Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        for char in chars.by_ref().take(MOST_SHOWN) {
            f.write_char(if char.is_control() { ' ' } else { char })?;
        }
        if chars.next().is_some() {
            f.write_char('…')?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    /// What `Display` shows, and what is known beside it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Error");
        fields
            .field("kind", &self.kind())
            .field("message", &format_args!("{self}"))
            .field("effect", &self.effect());
        if let Some(id) = self.client_request_id() {
            fields.field("client_request_id", &format_args!("{id}"));
        }
        if self.retry_info().attempts() > 1 {
            fields.field("attempts", &self.retry_info().attempts());
        }
        if let Some(recovery) = self.recovery() {
            fields.field("recovery", recovery);
        }
        if let Some(source) = &self.inner.source {
            fields.field("source", source);
        }
        fields.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}
