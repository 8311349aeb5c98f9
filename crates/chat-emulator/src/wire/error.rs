//! Errors as they go out: status, code, message, and the envelope of the api-version.

use std::fmt;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::store::Refusal;
use crate::wire::version::Envelope;

/// An answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    /// The old envelope leaves it out where the service has been seen to say nothing.
    pub(crate) message: Option<String>,
    advice: Advice,
}

/// What a header tells the caller to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Advice {
    None,
    /// `www-authenticate`
    Authenticate(&'static str),
    /// `allow`
    Allow(String),
    /// `retry-after`, in seconds
    RetryAfter(u64),
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: Some(message.into()),
            advice: Advice::None,
        }
    }

    /// 400 with the code `BadRequest`.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 400 without a message, as recorded for a malformed thread id.
    pub(crate) fn malformed_thread_id() -> Self {
        Self {
            message: None,
            ..Self::bad_request("")
        }
    }

    /// 400, as recorded for a malformed message id.
    pub(crate) fn malformed_message_id(id: &str) -> Self {
        Self::bad_request(format!("Value for MessageId ({id}) is not valid."))
    }

    /// 400 with the code that the service's framework gives.
    pub(crate) fn unsupported_api_version(version: &str, supported: &str) -> Self {
        let message = format!(
            "The API version '{version}' is not supported here. Supported are {supported}."
        );
        Self::new(StatusCode::BAD_REQUEST, "UnsupportedApiVersion", message)
    }

    /// 400 with the code that the service's framework gives.
    pub(crate) fn api_version_unspecified() -> Self {
        let message = "An API version is required, but was not specified.";
        Self::new(StatusCode::BAD_REQUEST, "ApiVersionUnspecified", message)
    }

    /// 401; `scheme` is what would have been accepted.
    pub(crate) fn unauthorized(scheme: &'static str, message: impl Into<String>) -> Self {
        Self {
            advice: Advice::Authenticate(scheme),
            ..Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
        }
    }

    /// 400: the documents have no 413.
    pub(crate) fn payload_too_large(limit: usize) -> Self {
        let message = format!("The request body is larger than {limit} bytes.");
        Self::new(StatusCode::BAD_REQUEST, "PayloadTooLarge", message)
    }

    /// 400: the documents have no 408.
    pub(crate) fn timeout() -> Self {
        let message = "The request body did not arrive in time.";
        Self::new(StatusCode::BAD_REQUEST, "RequestTimeout", message)
    }

    /// 404: there is nothing at the path.
    pub(crate) fn no_operation() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NotFound",
            "The emulator has no operation at this path.",
        )
    }

    /// 400, as the documents have no 405; `allowed` are the methods that the path has.
    pub(crate) fn method_not_allowed(allowed: String) -> Self {
        let message = format!("The resource at this path has only {allowed}.");
        Self {
            advice: Advice::Allow(allowed),
            ..Self::new(StatusCode::BAD_REQUEST, "MethodNotAllowed", message)
        }
    }

    /// 429, to be tried again after so many seconds.
    pub(crate) fn too_many_requests(retry_after: u64) -> Self {
        let message = "The rate limit of this operation has been exceeded.";
        Self {
            advice: Advice::RetryAfter(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message)
        }
    }

    /// 503: what was done may be lost with the next restart.
    pub(crate) fn not_written(error: impl fmt::Display) -> Self {
        let message = format!("The emulator is out of order: {error}.");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "EmulatorOutOfOrder",
            message,
        )
    }

    /// The answer in the given envelope.
    pub(crate) fn into_response(self, envelope: Envelope) -> Response<Bytes> {
        let (content_type, body) = match envelope {
            Envelope::Pascal => ("application/json", pascal(&self)),
            Envelope::Contract => ("application/json; charset=utf-8", contract(&self)),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let advice = match self.advice {
            Advice::None => None,
            Advice::Authenticate(scheme) => {
                Some((WWW_AUTHENTICATE, HeaderValue::from_static(scheme)))
            }
            Advice::Allow(methods) => HeaderValue::try_from(methods)
                .ok()
                .map(|methods| (ALLOW, methods)),
            Advice::RetryAfter(seconds) => Some((RETRY_AFTER, HeaderValue::from(seconds))),
        };
        if let Some((name, value)) = advice {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::TokenExpired | Refusal::TokenRevoked | Refusal::UnknownCaller => {
                Self::unauthorized("Bearer", message)
            }
            Refusal::ScopeTooSmall(_) | Refusal::NotParticipant | Refusal::NotSender => {
                Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
            }
            Refusal::ThreadNotFound
            | Refusal::MessageNotFound
            | Refusal::ParticipantNotFound
            | Refusal::UserNotFound => Self::new(StatusCode::NOT_FOUND, "NotFound", message),
            Refusal::MalformedIdentifier(_)
            | Refusal::MessageDeleted
            | Refusal::TooMuch { .. }
            | Refusal::OutOfRange { .. }
            | Refusal::ThreadTooLarge(..) => Self::bad_request(message),
            Refusal::Full { .. } => {
                Self::new(StatusCode::BAD_REQUEST, "EmulatorCapacityExceeded", message)
            }
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PascalEnvelope<'a> {
    communication_error: PascalError<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PascalError<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    details: [(); 0],
}

/// Indented, and with the line ends of the service's machines.
fn pascal(error: &ApiError) -> String {
    let envelope = PascalEnvelope {
        communication_error: PascalError {
            code: error.code,
            message: error.message.as_deref(),
            details: [],
        },
    };
    // Line ends inside of strings are escaped, so all that are left come from the indentation.
    serde_json::to_string_pretty(&envelope)
        .unwrap_or_default()
        .replace('\n', "\r\n")
}

#[derive(Serialize)]
struct ContractEnvelope<'a> {
    error: ContractError<'a>,
}

#[derive(Serialize)]
struct ContractError<'a> {
    code: &'a str,
    message: &'a str,
}

/// Compact; the contract requires a message.
fn contract(error: &ApiError) -> String {
    let message = error
        .message
        .as_deref()
        .unwrap_or("The value of chatThreadId is not valid.");
    let envelope = ContractEnvelope {
        error: ContractError {
            code: error.code,
            message,
        },
    };
    serde_json::to_string(&envelope).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(error: ApiError, envelope: Envelope) -> (String, String) {
        let response = error.into_response(envelope);
        let content_type = response.headers()[CONTENT_TYPE]
            .to_str()
            .unwrap()
            .to_owned();
        (
            content_type,
            String::from_utf8(response.into_body().to_vec()).unwrap(),
        )
    }

    #[test]
    fn the_old_envelope_is_indented_pascal_case_with_crlf_and_no_charset() {
        let (content_type, text) = body(ApiError::malformed_message_id("x"), Envelope::Pascal);
        assert_eq!(content_type, "application/json");
        assert_eq!(
            text,
            "{\r\n  \"CommunicationError\": {\r\n    \"Code\": \"BadRequest\",\r\n    \
             \"Message\": \"Value for MessageId (x) is not valid.\",\r\n    \"Details\": []\r\n  }\r\n}"
        );
    }

    #[test]
    fn a_malformed_thread_id_has_no_message_in_the_old_envelope() {
        let (_, text) = body(ApiError::malformed_thread_id(), Envelope::Pascal);
        assert!(!text.contains("Message"), "{text}");
    }

    #[test]
    fn the_contract_envelope_is_compact_and_always_has_a_message() {
        let (_, text) = body(ApiError::malformed_thread_id(), Envelope::Contract);
        assert_eq!(
            text,
            r#"{"error":{"code":"BadRequest","message":"The value of chatThreadId is not valid."}}"#
        );
    }

    #[test]
    fn line_ends_in_a_message_do_not_break_the_json() {
        let (_, text) = body(ApiError::bad_request("a\nb"), Envelope::Pascal);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["CommunicationError"]["Message"], "a\nb");
    }
}
