//! What a client sends and makes of an answer, held against the recording.

use std::collections::BTreeMap;

use chat::{Error, ErrorKind, RequestEffect};
use serde_json::Value;

use super::answer::rewritten;
use super::normal::{is_time, normal, time};
use super::{Exchange, decode};
use crate::documents::version;
use crate::mock::ReceivedRequest;

/// The version that the client speaks.
fn api_version(exchange: &Exchange) -> &'static str {
    match exchange.operation.starts_with("identity.") {
        true => version("identity"),
        false => version("chat"),
    }
}

/// The client asks for the same thing in the same words: all that differs is the version, except
/// where it follows a link.
///
/// # Panics
/// When it does not.
pub(super) fn check_request(place: &str, exchange: &Exchange, sent: &ReceivedRequest) {
    let recorded = &exchange.request;
    assert_eq!(sent.method, recorded.method, "{place}: the method");
    if exchange.continuation {
        assert_eq!(sent.path(), recorded.path, "{place}: the path");
        assert_eq!(raw_query(sent), recorded.query, "{place}: the query");
    } else {
        assert_eq!(
            decode(sent.path()),
            decode(&recorded.path),
            "{place}: the path"
        );
        let mut wanted: BTreeMap<_, _> = recorded
            .query
            .iter()
            .map(|(name, value)| pair(name, value))
            .collect();
        wanted.insert("api-version".to_owned(), api_version(exchange).to_owned());
        let sent_query = raw_query(sent)
            .iter()
            .map(|(name, value)| pair(name, value))
            .collect();
        assert_eq!(wanted, sent_query, "{place}: the query");
    }
    if let Some(body) = &recorded.body {
        assert_eq!(normal(&sent.json()), normal(body), "{place}: the body");
        let media_type = recorded.headers.get("content-type").map(String::as_str);
        assert_eq!(
            sent.header("content-type"),
            media_type,
            "{place}: the media type"
        );
    }
    if let Some(token) = recorded.headers.get("repeatability-request-id") {
        let sent = sent.header("repeatability-request-id");
        assert_eq!(sent, Some(token.as_str()), "{place}: the idempotency token");
    }
}

/// Names and values as they were in the request line.
fn raw_query(request: &ReceivedRequest) -> BTreeMap<String, String> {
    let (_, query) = request.target.split_once('?').expect("a query");
    let pairs = query
        .split('&')
        .map(|pair| pair.split_once('=').expect("a pair"));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    match decode(value) {
        value if is_time(name) => (name.to_owned(), time(&value)),
        value => (name.to_owned(), value),
    }
}

/// The client has made of the answer what the answer says, no more and no less.
///
/// # Panics
/// When it has not.
pub(super) fn check_success(place: &str, exchange: &Exchange, value: &Value, endpoint: &str) {
    let response = &exchange.response;
    assert!(
        response.is_success(),
        "{place}: success in place of {}",
        response.status
    );
    let recorded = response
        .body
        .as_ref()
        .map(|body| normal(&rewritten(body, endpoint)));
    assert_eq!(
        *value,
        recorded.unwrap_or(Value::Null),
        "{place}: the answer, which the client reads in another way; what the newest version answers in \
         another form has its reason in tests/src/recordings/fit.rs"
    );
}

/// The client's error says what the service has said.
///
/// # Panics
/// When it does not.
pub(super) fn check_error(place: &str, exchange: &Exchange, error: &Error) {
    let response = &exchange.response;
    assert!(!response.is_success(), "{place}: {error:?}");
    let kind = match response.status {
        400 => ErrorKind::BadRequest,
        404 => ErrorKind::NotFound,
        status => panic!("{place}: no kind is known for {status}"),
    };
    assert_eq!(error.kind(), kind, "{place}: the kind");
    assert_eq!(
        error.effect(),
        RequestEffect::NotCarriedOut,
        "{place}: the effect"
    );
    assert_eq!(
        error.http_status(),
        Some(response.status),
        "{place}: the status"
    );
    assert_eq!(
        error.operation(),
        Some(exchange.operation.as_str()),
        "{place}: the operation"
    );
    let ms_cv = response.headers.get("ms-cv").map(String::as_str);
    assert_eq!(error.ms_cv(), ms_cv, "{place}: MS-CV");

    let body = response.body.as_ref().expect("errors have a body");
    let recorded = &body["CommunicationError"];
    let said = error
        .service_error()
        .unwrap_or_else(|| panic!("{place}: the body is lost"));
    assert_eq!(
        error.error_code(),
        recorded["Code"].as_str(),
        "{place}: the code"
    );
    assert_eq!(
        said.message(),
        recorded["Message"].as_str(),
        "{place}: the message"
    );
    let details = recorded["Details"].as_array().map_or(0, Vec::len);
    assert_eq!(said.details().len(), details, "{place}: the details");
    assert_ne!(
        recorded["Code"],
        Value::Null,
        "{place}: an envelope that is not known"
    );
}
