//! Errors that nobody has made: the answers of injected statuses.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde_json::json;

use crate::wire::error::ApiError;
use crate::wire::version::Envelope;

use super::kind::{ErrorBody, RetryAfter, StatusFault};

const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");
const SKYPETOKEN_DEPRECATED: HeaderName =
    HeaderName::from_static("x-trouter-skypetoken-deprecated");
const MESSAGE: &str = "This answer was injected.";

/// The answer that `fault` asks for, in `envelope` unless it says something else.
pub(crate) fn error(fault: &StatusFault, envelope: Envelope, now: SystemTime) -> Response<Bytes> {
    // Statuses were checked when the fault was injected.
    let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match fault.body {
        None => api_error(status, envelope),
        Some(ErrorBody::Contract) => api_error(status, Envelope::Error),
        Some(ErrorBody::Pascal) => api_error(status, Envelope::Communication),
        Some(ErrorBody::Bare) => {
            let bare = json!({"code": code(status), "message": MESSAGE});
            with_body(status, "application/json; charset=utf-8", bare.to_string())
        }
        Some(ErrorBody::Html) => with_body(status, "text/html; charset=utf-8", html(status)),
        Some(ErrorBody::Empty) => {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = status;
            response
        }
    };
    if let Some(retry_after) = fault.retry_after {
        add_retry_after(response.headers_mut(), retry_after, now);
    }
    if fault.skypetoken_deprecated {
        let yes = HeaderValue::from_static("1");
        response.headers_mut().insert(SKYPETOKEN_DEPRECATED, yes);
    }
    response
}

fn add_retry_after(headers: &mut HeaderMap, retry_after: RetryAfter, now: SystemTime) {
    let (name, value) = match retry_after {
        RetryAfter::Seconds(seconds) => (RETRY_AFTER, HeaderValue::from(seconds)),
        RetryAfter::Milliseconds(millis) => (RETRY_AFTER_MS, HeaderValue::from(millis)),
        RetryAfter::HttpDate(seconds) => match date(now, seconds) {
            Some(date) => (RETRY_AFTER, date),
            None => return,
        },
    };
    headers.insert(name, value);
}

fn date(now: SystemTime, seconds: u64) -> Option<HeaderValue> {
    let at = now.checked_add(Duration::from_secs(seconds))?;
    http_date(at)
}

/// A point in time as headers have it; those after the year 9999 cannot be written.
pub(crate) fn http_date(at: SystemTime) -> Option<HeaderValue> {
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_800);
    let valid = (SystemTime::UNIX_EPOCH..end).contains(&at);
    valid
        .then(|| HeaderValue::try_from(httpdate::fmt_http_date(at)).ok())
        .flatten()
}

fn api_error(status: StatusCode, envelope: Envelope) -> Response<Bytes> {
    ApiError::new(status, code(status), message(status, envelope)).into_response(envelope)
}

fn with_body(status: StatusCode, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn html(status: StatusCode) -> String {
    // What the front door of the service says in an outage.
    let reason = match status {
        StatusCode::SERVICE_UNAVAILABLE => "Our services aren't available right now",
        _ => status.canonical_reason().unwrap_or("Error"),
    };
    let code = status.as_u16();
    format!(
        "<html>\r\n<head><title>{code} {reason}</title></head>\r\n\
         <body>\r\n<center><h1>{code} {reason}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
}

/// The text that the service's errors of a status have, where it is known.
fn message(status: StatusCode, envelope: Envelope) -> &'static str {
    match (status.as_u16(), envelope) {
        (401, _) => "Request is not authorized.",
        (403, _) => "The initiator doesn't have the permission to perform the requested operation.",
        (429, _) => "Rate limit exceeded.",
        (500, Envelope::Communication) => {
            "The server could not fulfill the request due to some unexpected failure."
        }
        (500, Envelope::Error) => "Internal server error.",
        (503, _) => "The server is currently unable to handle the request.",
        _ => MESSAGE,
    }
}

/// The code that the service's errors of a status have.
fn code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        408 => "RequestTimeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "PreconditionFailed",
        413 => "PayloadTooLarge",
        415 => "UnsupportedMediaType",
        429 => "TooManyRequests",
        500 => "InternalServerError",
        501 => "NotImplemented",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        _ => "InjectedFault",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn injected(status: u16, envelope: Envelope) -> Value {
        let fault = StatusFault {
            status,
            retry_after: None,
            body: None,
            carried_out: false,
            skypetoken_deprecated: false,
        };
        let answer = error(&fault, envelope, SystemTime::now());
        serde_json::from_slice(answer.body()).unwrap()
    }

    #[test]
    fn injected_statuses_have_the_texts_of_the_service() {
        for (status, code, message) in [
            (401, "Unauthorized", "Request is not authorized."),
            (429, "TooManyRequests", "Rate limit exceeded."),
            (
                500,
                "InternalServerError",
                "The server could not fulfill the request due to some unexpected failure.",
            ),
            (
                503,
                "ServiceUnavailable",
                "The server is currently unable to handle the request.",
            ),
        ] {
            let error = injected(status, Envelope::Communication);
            let expected = json!({"Code": code, "Message": message, "Details": []});
            assert_eq!(error["CommunicationError"], expected);
        }
        let error = injected(500, Envelope::Error);
        assert_eq!(error["error"]["message"], "Internal server error.");
    }
}
