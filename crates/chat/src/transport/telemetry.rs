//! The spans of calls: part of the public interface, described on the front page of the crate.

use http::Method;
use tracing::field::Empty;
use tracing::{Span, field};
use uuid::Uuid;

use super::request::OperationRequest;
use crate::error::Error;
use crate::models::{ChatThreadId, RetryInfo};
use crate::response::ResponseHead;

/// A span for one call, with the names of OpenTelemetry's conventions for HTTP clients.
pub(super) fn span<R: OperationRequest>(request: &R, client_request_id: Uuid) -> Span {
    let endpoint = request.call().endpoint();
    let method: &Method = &R::OPERATION.method;
    tracing::info_span!(
        "chat.call",
        otel.name = R::OPERATION.id,
        otel.kind = "client",
        otel.status_code = Empty,
        operation = R::OPERATION.id,
        http.request.method = method.as_str(),
        url.template = R::OPERATION.path,
        server.address = endpoint.host(),
        server.port = endpoint.port(),
        chat.thread.id = request.thread().map(ChatThreadId::as_str),
        az.client_request_id = field::display(client_request_id),
        az.service_request_id = Empty,
        ms_cv = Empty,
        http.response.status_code = Empty,
        error.type = Empty,
        attempts = Empty,
        duration_ms = Empty,
    )
}

/// What became of the call.
pub(super) fn record(
    span: &Span,
    outcome: Result<Option<&ResponseHead>, &Error>,
    retry_info: RetryInfo,
    duration: std::time::Duration,
) {
    if span.is_disabled() {
        return;
    }
    span.record("attempts", retry_info.attempts());
    span.record(
        "duration_ms",
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
    );
    let (status, ms_cv, request_id) = match outcome {
        Ok(head) => (
            head.map(|head| head.status),
            head.and_then(|head| head.ms_cv.as_deref()),
            head.and_then(|head| head.request_id.as_deref()),
        ),
        Err(error) => {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error.kind().name());
            (error.http_status(), error.ms_cv(), error.request_id())
        }
    };
    span.record("http.response.status_code", status);
    span.record("ms_cv", ms_cv);
    span.record("az.service_request_id", request_id);
}
