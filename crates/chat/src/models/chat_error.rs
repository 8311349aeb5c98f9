//! What the service says went wrong.

use std::fmt;

/// An error as the service describes it: of a whole request, or of one participant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatError {
    pub(crate) code: String,
    pub(crate) message: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) details: Vec<ChatError>,
    pub(crate) inner_error: Option<Box<ChatError>>,
}

impl ChatError {
    /// The code, such as `Forbidden`; of a participant that could not be added, an HTTP status as
    /// text, such as `403`. Empty when the service gave none.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What the service says about it, in English. It may be missing.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What the error is about; of a participant that could not be added, its raw id.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// Further errors that led to this one.
    #[must_use]
    pub fn details(&self) -> &[ChatError] {
        &self.details
    }

    /// A more specific error, if the service gave one.
    #[must_use]
    pub fn inner_error(&self) -> Option<&ChatError> {
        self.inner_error.as_deref()
    }

    /// Whether the same may go well a little later: the code stands for a timeout (408),
    /// throttling (429) or a failure of the service (500 and above).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.code.parse::<u16>() {
            Ok(status) => matches!(status, 408 | 429 | 500..=599),
            Err(_) => [
                "TooManyRequests",
                "ServiceUnavailable",
                "InternalServerError",
                "RequestTimeout",
            ]
            .iter()
            .any(|code| self.code.eq_ignore_ascii_case(code)),
        }
    }
}

impl fmt::Display for ChatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = if self.code.is_empty() {
            "no code"
        } else {
            &self.code
        };
        match &self.message {
            Some(message) => write!(f, "{code}: {message}"),
            None => f.write_str(code),
        }
    }
}
