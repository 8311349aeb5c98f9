//! The bodies of errors.

use http::StatusCode;
use serde::Serialize;

use crate::wire::version::Envelope;

use super::ApiError;

const JSON: &str = "application/json";
const JSON_UTF8: &str = "application/json; charset=utf-8";

/// The media type and the text of an error.
pub(super) fn of(error: &ApiError, envelope: Envelope) -> (&'static str, String) {
    match (envelope, error.target.as_deref()) {
        (Envelope::Communication, Some(target)) => (JSON_UTF8, validation(error, target)),
        (Envelope::Communication, None) => (JSON, communication(error)),
        (Envelope::Error, _) => (JSON_UTF8, plain(error)),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CommunicationEnvelope<'a> {
    communication_error: CommunicationError<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CommunicationError<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    details: [(); 0],
}

/// Indented, with the line ends of the service's machines; compact when the service failed.
fn communication(error: &ApiError) -> String {
    let envelope = CommunicationEnvelope {
        communication_error: CommunicationError {
            code: error.code,
            message: error.message.as_deref(),
            details: [],
        },
    };
    if error.status == StatusCode::INTERNAL_SERVER_ERROR {
        return json(&envelope);
    }
    // Line ends inside of strings are escaped, so all that are left come from the indentation.
    let indented = serde_json::to_string_pretty(&envelope);
    indented.unwrap_or_default().replace('\n', "\r\n")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ValidationEnvelope<'a> {
    communication_error: ValidationError<'a>,
}

#[derive(Serialize)]
struct ValidationError<'a> {
    code: &'a str,
    message: &'a str,
    details: [Detail<'a>; 1],
}

#[derive(Serialize)]
struct Detail<'a> {
    message: &'a str,
    target: &'a str,
}

/// As the service answers what its framework finds wrong with the fields of a body.
fn validation(error: &ApiError, target: &str) -> String {
    json(&ValidationEnvelope {
        communication_error: ValidationError {
            code: error.code,
            message: "One or more validation errors occurred.",
            details: [Detail {
                message: error.message.as_deref().unwrap_or_default(),
                target,
            }],
        },
    })
}

#[derive(Serialize)]
struct ErrorEnvelope<'a> {
    error: PlainError<'a>,
}

#[derive(Serialize)]
struct PlainError<'a> {
    code: &'a str,
    message: &'a str,
}

/// Compact; the contract requires a message.
fn plain(error: &ApiError) -> String {
    json(&ErrorEnvelope {
        error: PlainError {
            code: error.code,
            message: error.message.as_deref().unwrap_or(error.code),
        },
    })
}

fn json(envelope: &impl Serialize) -> String {
    // Only a map whose keys are not strings could fail, and there is none.
    serde_json::to_string(envelope).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chat_envelope_is_indented_pascal_case_with_crlf_and_no_charset() {
        let error = ApiError::malformed_message_id("x");
        let (media_type, text) = of(&error, Envelope::Communication);
        assert_eq!(media_type, "application/json");
        assert_eq!(
            text,
            "{\r\n  \"CommunicationError\": {\r\n    \"Code\": \"BadRequest\",\r\n    \
             \"Message\": \"Value for MessageId (x) is not valid.\",\r\n    \"Details\": []\r\n  }\r\n}"
        );
    }

    #[test]
    fn an_error_without_a_message_has_no_field_for_one() {
        let (_, text) = of(&ApiError::malformed_thread_id(), Envelope::Communication);
        assert!(!text.contains("Message"), "{text}");
    }

    #[test]
    fn an_invalid_body_is_told_in_camel_case_with_the_field() {
        let error = ApiError::invalid("type", "The input was not valid.");
        let (_, text) = of(&error, Envelope::Communication);
        assert_eq!(
            text,
            r#"{"communicationError":{"code":"BadRequest","message":"One or more validation errors occurred.","details":[{"message":"The input was not valid.","target":"type"}]}}"#
        );
        let (_, text) = of(&error, Envelope::Error);
        assert_eq!(
            text,
            r#"{"error":{"code":"BadRequest","message":"The input was not valid."}}"#
        );
    }

    #[test]
    fn a_failure_of_the_service_is_compact() {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let error = ApiError::new(status, "InternalServerError", "failed");
        let (_, text) = of(&error, Envelope::Communication);
        assert_eq!(
            text,
            r#"{"CommunicationError":{"Code":"InternalServerError","Message":"failed","Details":[]}}"#
        );
    }

    #[test]
    fn the_identity_envelope_is_compact_and_always_has_a_message() {
        let (media_type, text) = of(&ApiError::malformed_thread_id(), Envelope::Error);
        assert_eq!(media_type, "application/json; charset=utf-8");
        assert_eq!(
            text,
            r#"{"error":{"code":"BadRequest","message":"BadRequest"}}"#
        );
    }

    #[test]
    fn line_ends_in_a_message_do_not_break_the_json() {
        let (_, text) = of(&ApiError::bad_request("a\nb"), Envelope::Communication);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["CommunicationError"]["Message"], "a\nb");
    }
}
