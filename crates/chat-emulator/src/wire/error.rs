//! Errors as they go out: status, code, message, and the envelope of the API.

mod body;

use std::fmt;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

use crate::store::Refusal;
use crate::wire::version::Envelope;

/// How requests to the identity API are signed.
const HMAC: &str = "HMAC-SHA256";

/// An answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    /// Left out where the service has been seen to say nothing.
    pub(crate) message: Option<String>,
    /// The field of a body that is not valid.
    target: Option<String>,
    advice: Advice,
}

/// What a header tells the caller to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Advice {
    None,
    /// `www-authenticate`: what would have been accepted, and what was wrong.
    Authenticate {
        scheme: &'static str,
        reason: String,
    },
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
            target: None,
            advice: Advice::None,
        }
    }

    /// The same error without a message.
    pub(crate) fn without_message(self) -> Self {
        Self {
            message: None,
            ..self
        }
    }

    /// 400 with the code `BadRequest`.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 400 for a body in which the field `target` is not valid.
    pub(crate) fn invalid(target: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            target: Some(target.into()),
            ..Self::bad_request(message)
        }
    }

    /// 400 without a message, as recorded for a malformed thread id.
    pub(crate) fn malformed_thread_id() -> Self {
        Self::bad_request("").without_message()
    }

    /// 400, as recorded for a malformed message id.
    pub(crate) fn malformed_message_id(id: &str) -> Self {
        Self::bad_request(format!("Value for MessageId ({id}) is not valid."))
    }

    /// 400 with the code and the text that the service's framework gives.
    pub(crate) fn unsupported_api_version(version: &str, url: &str) -> Self {
        let message = format!(
            "The HTTP resource that matches the request URI '{url}' does not support the API version \
             '{version}'."
        );
        Self::new(StatusCode::BAD_REQUEST, "UnsupportedApiVersion", message)
    }

    /// 400 with the code that the service's framework gives.
    pub(crate) fn api_version_unspecified() -> Self {
        let message = "An API version is required, but was not specified.";
        Self::new(StatusCode::BAD_REQUEST, "ApiVersionUnspecified", message)
    }

    /// 401 for a token that is not accepted. The service does not say why; a header here does.
    pub(crate) fn unauthorized(reason: impl Into<String>) -> Self {
        let message = "Request is not authorized.";
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message).authenticate("Bearer", reason)
    }

    /// 401 for a signature that is not accepted. The service does not say why; a header here does.
    pub(crate) fn denied(reason: impl Into<String>) -> Self {
        let message = "Denied by the resource provider.";
        Self::new(StatusCode::UNAUTHORIZED, "Denied", message).authenticate(HMAC, reason)
    }

    /// 401 for a Teams user's token that cannot be exchanged.
    pub(crate) fn no_exchange(reason: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", reason).authenticate(HMAC, reason)
    }

    /// What is told of a 401 beside its message.
    #[cfg(test)]
    pub(crate) fn reason(&self) -> &str {
        match &self.advice {
            Advice::Authenticate { reason, .. } => reason,
            _ => "",
        }
    }

    fn authenticate(self, scheme: &'static str, reason: impl Into<String>) -> Self {
        // It is quoted in the header.
        let reason = reason.into().replace(['"', '\\'], "'");
        Self {
            advice: Advice::Authenticate { scheme, reason },
            ..self
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
        let message = "Rate limit exceeded.";
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
        let (content_type, body) = body::of(&self, envelope);
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let advice = match self.advice {
            Advice::None => None,
            Advice::Authenticate { scheme, reason } => {
                let challenge = format!("{scheme} error_description=\"{reason}\"");
                let challenge = HeaderValue::try_from(challenge);
                let challenge = challenge.unwrap_or(HeaderValue::from_static(scheme));
                Some((WWW_AUTHENTICATE, challenge))
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
        tracing::debug!(reason = %refusal, "refused");
        let message = refusal.to_string();
        match refusal {
            Refusal::TokenExpired | Refusal::TokenRevoked | Refusal::UnknownCaller => {
                Self::unauthorized(message)
            }
            Refusal::ScopeTooSmall(_) | Refusal::NotParticipant | Refusal::NotSender => {
                let message =
                    "The initiator doesn't have the permission to perform the requested operation.";
                Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
            }
            Refusal::MessageNotFound => {
                Self::new(StatusCode::NOT_FOUND, "NotFound", message).without_message()
            }
            Refusal::ThreadNotFound | Refusal::ParticipantNotFound | Refusal::UserNotFound => {
                Self::new(StatusCode::NOT_FOUND, "NotFound", message)
            }
            Refusal::BatchTooLarge(_) => Self::bad_request(message).without_message(),
            Refusal::MalformedIdentifier(_)
            | Refusal::MessageDeleted
            | Refusal::TooMuch { .. }
            | Refusal::OutOfRange { .. } => Self::bad_request(message),
            Refusal::Full { .. } => {
                Self::new(StatusCode::BAD_REQUEST, "EmulatorCapacityExceeded", message)
            }
        }
    }
}
