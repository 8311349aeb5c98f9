//! What went wrong, in whatever form the service says it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// An error as the service describes it: of a whole request, or of one participant.
///
/// Reading one takes whatever there is, and names of any case: a thread that was created, and the
/// participants who were added, must not be lost over how the errors of the others are written.
///
/// ```
/// # mod chat { pub mod models { pub use chat_rest::*; } }
/// use chat::models::ChatError;
///
/// let error: ChatError = serde_json::from_str(
///     r#"{"code": "429", "message": "Too many requests.", "target": "8:acs:resource_bob"}"#,
/// )?;
/// assert_eq!(error.target(), Some("8:acs:resource_bob"));
/// assert!(error.is_retryable());
/// assert_eq!(error.to_string(), "429: Too many requests.");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChatError {
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<ChatError>,
    #[serde(rename = "innererror", skip_serializing_if = "Option::is_none")]
    inner_error: Option<Box<ChatError>>,
}

impl ChatError {
    /// An error with this code and message. The code of a participant who could not be added is an
    /// HTTP status as text.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: Some(message.into()),
            ..Self::default()
        }
    }

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

    /// Whether the same request may succeed a little later: the code stands for a timeout (408),
    /// throttling (429) or a failure of the service (500 and above).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.code.parse::<u16>() {
            Ok(status) => matches!(status, 408 | 429 | 500..=599),
            Err(_) => RETRYABLE
                .iter()
                .any(|code| self.code.eq_ignore_ascii_case(code)),
        }
    }
}

const RETRYABLE: [&str; 4] = [
    "TooManyRequests",
    "ServiceUnavailable",
    "InternalServerError",
    "RequestTimeout",
];

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

impl<'de> Deserialize<'de> for ChatError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

impl From<Value> for ChatError {
    /// What is missing, or is not of the type it should be of, is left out; so is an empty message.
    /// An error that is but a text is taken for its message.
    fn from(error: Value) -> Self {
        let mut error = match error {
            Value::Object(fields) => fields,
            other => {
                return Self {
                    message: text(other),
                    ..Self::default()
                };
            }
        };
        Self {
            code: take(&mut error, "code").and_then(text).unwrap_or_default(),
            message: take(&mut error, "message")
                .and_then(text)
                .filter(|message| !message.is_empty()),
            target: take(&mut error, "target").and_then(text),
            details: match take(&mut error, "details").or_else(|| take(&mut error, "innerErrors")) {
                Some(Value::Array(details)) => details.into_iter().map(Self::from).collect(),
                _ => Vec::new(),
            },
            inner_error: match take(&mut error, "innererror") {
                Some(inner @ Value::Object(_)) => Some(Box::new(inner.into())),
                _ => None,
            },
        }
    }
}

/// The field of this name, in whichever case it is written.
fn take(object: &mut Map<String, Value>, name: &str) -> Option<Value> {
    object
        .iter_mut()
        .find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null())
        .map(|(_, value)| value.take())
}

/// A text, or a number as one: codes are HTTP statuses.
fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(error: &Value) -> ChatError {
        serde_json::from_str(&error.to_string()).unwrap()
    }

    #[test]
    fn an_error_as_documented_is_read_and_written_whole() {
        let wire = json!({
            "code": "403",
            "message": "Permissions check failed",
            "target": "8:acs:a_b",
            "details": [{"code": "Forbidden", "message": "No."}],
            "innererror": {"code": "Blocked"}
        });

        let error = read(&wire);

        assert_eq!(error.code, "403");
        assert_eq!(error.message.as_deref(), Some("Permissions check failed"));
        assert_eq!(error.target.as_deref(), Some("8:acs:a_b"));
        assert_eq!(error.details[0].code, "Forbidden");
        assert_eq!(error.details[0].message.as_deref(), Some("No."));
        assert_eq!(error.inner_error().unwrap().code, "Blocked");
        assert_eq!(serde_json::to_value(&error).unwrap(), wire);
    }

    #[test]
    fn what_is_missing_or_null_is_left_out() {
        let nulls = json!({
            "code": null, "message": null, "target": null, "details": null, "innererror": null
        });
        for wire in [json!({}), nulls, json!(null), json!([])] {
            assert_eq!(read(&wire), ChatError::default(), "{wire}");
        }
    }

    #[test]
    fn what_is_of_another_type_than_documented_does_not_hide_the_rest() {
        let error = read(&json!({
            "code": 403, "message": ["No."], "target": "8:acs:a_b", "details": {"0": {}},
            "innererror": "none"
        }));

        assert_eq!(
            error,
            ChatError {
                code: "403".to_owned(),
                target: Some("8:acs:a_b".to_owned()),
                ..ChatError::default()
            }
        );
    }

    #[test]
    fn names_are_read_in_any_case_and_an_empty_message_is_none() {
        let error = read(&json!({
            "Code": "BadRequest", "Message": "", "Target": "x", "InnerErrors": [{"Code": 1}],
            "InnerError": {"Code": "2"}
        }));

        assert_eq!((error.code(), error.message()), ("BadRequest", None));
        assert_eq!(error.target(), Some("x"));
        assert_eq!(error.details()[0].code(), "1");
        assert_eq!(error.inner_error().map(ChatError::code), Some("2"));
    }

    #[test]
    fn only_passing_failures_are_retryable() {
        for code in [
            "408",
            "429",
            "500",
            "503",
            "TooManyRequests",
            "serviceunavailable",
        ] {
            assert!(ChatError::new(code, "").is_retryable(), "{code}");
        }
        for code in ["", "400", "403", "404", "Forbidden", "600"] {
            assert!(!ChatError::new(code, "").is_retryable(), "{code}");
        }
    }

    #[test]
    fn an_error_that_is_a_text_is_taken_for_its_message() {
        let error = read(&json!({"code": "1", "details": ["No."]}));

        assert_eq!(error.details[0].message.as_deref(), Some("No."));
    }
}
