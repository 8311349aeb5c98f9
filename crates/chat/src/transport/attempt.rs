//! One request, and what was seen of its answer.

use std::fmt;
use std::sync::{Arc, OnceLock};

use chat_rest::{Exchange, Operation, PrepareError};
use http::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Body, Request, Response};
use uuid::Uuid;

use super::authorize::Authorization;
use super::bounds::bounded;
use super::{retry_after, service_time};
use crate::error::AnswerHead;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
const MS_CV: HeaderName = HeaderName::from_static("ms-cv");

/// A generated client, made for one attempt.
pub(crate) trait RestClient: Send + Sync {
    fn new(endpoint: &str, http: reqwest::Client, exchange: Arc<dyn Exchange>) -> Self;
}

impl RestClient for chat_rest::chat::Client {
    fn new(endpoint: &str, http: reqwest::Client, exchange: Arc<dyn Exchange>) -> Self {
        Self::new_with_client(endpoint, http, exchange)
    }
}

#[cfg(feature = "identity")]
impl RestClient for chat_rest::identity::Client {
    fn new(endpoint: &str, http: reqwest::Client, exchange: Arc<dyn Exchange>) -> Self {
        Self::new_with_client(endpoint, http, exchange)
    }
}

/// Authorizes the request, and keeps the head of its answer: the generated code loses it when the
/// body is unreadable.
pub(super) struct Attempt {
    authorization: Authorization,
    client_request_id: Uuid,
    max_response_bytes: usize,
    head: OnceLock<AnswerHead>,
}

impl Attempt {
    pub(super) fn new(
        authorization: Authorization,
        client_request_id: Uuid,
        max_response_bytes: usize,
    ) -> Self {
        Self {
            authorization,
            client_request_id,
            max_response_bytes,
            head: OnceLock::new(),
        }
    }

    /// What was seen of the answer, if one came.
    pub(super) fn head(&self) -> Option<&AnswerHead> {
        self.head.get()
    }
}

impl Exchange for Attempt {
    fn prepare(
        &self,
        _operation: &'static Operation,
        request: &mut Request,
    ) -> Result<(), PrepareError> {
        let mut buffer = Uuid::encode_buffer();
        let id = self
            .client_request_id
            .as_hyphenated()
            .encode_lower(&mut buffer);
        let id = HeaderValue::from_str(id)
            .map_err(|_| PrepareError::new("the request id is no header value"))?;
        request.headers_mut().insert(CLIENT_REQUEST_ID, id);
        self.authorization.apply(request).map_err(PrepareError::new)
    }

    fn receive(&self, _operation: &'static Operation, response: Response) -> Response {
        let headers = response.headers();
        let head = AnswerHead {
            status: response.status().as_u16(),
            ms_cv: text(headers, &MS_CV),
            request_id: text(headers, &REQUEST_ID),
            location: text(headers, &LOCATION),
            retry_after: retry_after::read(headers),
            date: service_time::read(headers),
        };
        // There is one answer to an attempt.
        let _ = self.head.set(head);
        let answer: http::Response<Body> = response.into();
        answer
            .map(|body| bounded(body, self.max_response_bytes))
            .into()
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<Box<str>> {
    headers.get(name)?.to_str().ok().map(Into::into)
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("client_request_id", &self.client_request_id)
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}
