//! One HTTP request, and what was seen of its response.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use chat_rest::{BodyTooLarge, InterceptError, Interceptor, Operation, ResponseValue};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Request, Response, StatusCode, Url};
use uuid::Uuid;

use super::authorization::Proof;
use super::watched::Begun;
use super::{retry_after, service_time};
use crate::response::ResponseHead;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
const MS_CV: HeaderName = HeaderName::from_static("ms-cv");
const SUPPORTED_VERSIONS: HeaderName = HeaderName::from_static("api-supported-versions");

/// What a generated client's function gives.
pub(crate) type RestResult<T> = Result<ResponseValue<T>, chat_rest::Error>;

/// A generated client, made for one attempt.
pub(crate) trait RestClient: Send + Sync {
    fn new(endpoint: Url, http: reqwest::Client, interceptor: Arc<dyn Interceptor>) -> Self;
}

impl RestClient for chat_rest::chat::Client {
    fn new(endpoint: Url, http: reqwest::Client, interceptor: Arc<dyn Interceptor>) -> Self {
        Self::new_with_client(endpoint, http, interceptor)
    }
}

#[cfg(feature = "identity")]
impl RestClient for chat_rest::identity::Client {
    fn new(endpoint: Url, http: reqwest::Client, interceptor: Arc<dyn Interceptor>) -> Self {
        Self::new_with_client(endpoint, http, interceptor)
    }
}

/// Authorizes the request, and keeps what it sees of the response: the generated code loses the
/// head when the body can't be decoded.
pub(super) struct Attempt {
    pub(super) proof: Proof,
    pub(super) client_request_id: Uuid,
    pub(super) max_response_bytes: usize,
    /// Whether the body is to be kept as it was received.
    pub(super) keep_body: bool,
    /// Whether the service's time is to be read also from a response of success.
    pub(super) wants_date: bool,
    /// Watched where it matters whether the request has left.
    pub(super) begun: Option<Begun>,
    pub(super) seen: Seen,
}

/// What was seen of a response, before it was decoded.
#[derive(Default)]
pub(super) struct Seen {
    head: OnceLock<Arc<ResponseHead>>,
    body: OnceLock<Result<Bytes, BodyTooLarge>>,
}

impl Seen {
    pub(super) fn head(&self) -> Option<&Arc<ResponseHead>> {
        self.head.get()
    }

    pub(super) fn body(&self) -> Option<Bytes> {
        self.body.get()?.clone().ok()
    }

    pub(super) fn is_too_large(&self) -> bool {
        matches!(self.body.get(), Some(Err(_)))
    }
}

impl Interceptor for Attempt {
    fn request(
        &self,
        _operation: &'static Operation,
        request: &mut Request,
    ) -> Result<(), InterceptError> {
        let mut buffer = Uuid::encode_buffer();
        let id = self.client_request_id.as_hyphenated();
        let id = HeaderValue::from_str(id.encode_lower(&mut buffer))
            .map_err(|_| InterceptError::new("the request id is no header value"))?;
        request.headers_mut().insert(CLIENT_REQUEST_ID, id);
        self.proof.apply(request).map_err(InterceptError::new)?;
        if let Some(begun) = &self.begun {
            begun.watch(request);
        }
        Ok(())
    }

    // There is one response to an attempt, so what is set here is set once.
    fn response(&self, _operation: &'static Operation, response: &Response) {
        let head = head(response, self.wants_date);
        let _ = self.seen.head.set(Arc::new(head));
    }

    fn body(&self, _operation: &'static Operation, body: Result<&Bytes, BodyTooLarge>) {
        if self.keep_body || body.is_err() {
            let _ = self.seen.body.set(body.cloned());
        }
    }

    fn wants_body(&self) -> bool {
        self.keep_body
    }

    fn max_body_bytes(&self) -> usize {
        self.max_response_bytes
    }
}

/// What is known of a response before its body is read, as far as it is needed later: each header
/// that is looked up costs something. The date of a response of success is read where it is wanted.
pub(crate) fn head(response: &Response, wants_date: bool) -> ResponseHead {
    let (status, headers) = (response.status(), response.headers());
    let (is_success, is_created) = (status.is_success(), status == StatusCode::CREATED);
    let ms_cv = text(headers, &MS_CV);
    let names_versions = ms_cv.is_none() && headers.contains_key(&SUPPORTED_VERSIONS);
    let mut head = ResponseHead {
        status: status.as_u16(),
        ms_cv,
        request_id: text(headers, &REQUEST_ID),
        location: is_created.then(|| text(headers, &LOCATION)).flatten(),
        names_versions,
        is_web_page: false,
        retry_after: (!is_success).then(|| retry_after::read(headers)).flatten(),
        date: (wants_date || !is_success)
            .then(|| service_time::read(headers))
            .flatten(),
    };
    head.is_web_page = !head.is_of_service()
        && text(headers, &CONTENT_TYPE).is_some_and(|value| value.starts_with("text/html"));
    head
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<Box<str>> {
    headers.get(name)?.to_str().ok().map(Into::into)
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("client_request_id", &self.client_request_id)
            .field("head", &self.seen.head)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_shows_its_request_id_and_not_what_it_is_authorized_with() {
        let attempt = Attempt {
            proof: Proof::Token(HeaderValue::from_static("Bearer secret")),
            client_request_id: Uuid::from_u128(7),
            max_response_bytes: 1,
            keep_body: false,
            wants_date: true,
            begun: None,
            seen: Seen::default(),
        };
        let shown = format!("{attempt:?}");
        assert!(shown.contains("00000000-0000-0000-0000-000000000007"));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
