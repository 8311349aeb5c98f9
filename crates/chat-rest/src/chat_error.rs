//! What went wrong, in whatever form the service says it.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// One error.
///
/// Reading one takes whatever there is: a thread that was created, and the participants who were
/// added, must not be lost over how the errors of the others are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChatError {
    /// Short name of the error, such as `Forbidden`. In `invalidParticipants`, an HTTP status in
    /// decimal. Empty if the service gave none.
    pub code: String,
    /// What is wrong, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What the error is about; in `invalidParticipants`, the raw id of the participant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Further errors that led to this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<ChatError>,
    /// A more precise error beneath this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub innererror: Option<Box<ChatError>>,
}

impl<'de> Deserialize<'de> for ChatError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

impl From<Value> for ChatError {
    /// What is missing, or is not of the type it should be of, is left out. An error that is but a
    /// text is taken for its message.
    fn from(error: Value) -> Self {
        let mut fields = match error {
            Value::Object(fields) => fields,
            other => {
                return Self {
                    message: text(other),
                    ..Self::default()
                };
            }
        };
        let mut take = |name: &str| fields.remove(name).unwrap_or_default();
        Self {
            code: text(take("code")).unwrap_or_default(),
            message: text(take("message")),
            target: text(take("target")),
            details: match take("details") {
                Value::Array(details) => details.into_iter().map(Self::from).collect(),
                _ => Vec::new(),
            },
            innererror: match take("innererror") {
                inner @ Value::Object(_) => Some(Box::new(inner.into())),
                _ => None,
            },
        }
    }
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
        assert_eq!(error.innererror.as_ref().unwrap().code, "Blocked");
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
    fn an_error_that_is_a_text_is_taken_for_its_message() {
        let error = read(&json!({"code": "1", "details": ["No."]}));

        assert_eq!(error.details[0].message.as_deref(), Some("No."));
    }
}
