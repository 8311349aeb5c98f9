//! A request as the journal keeps it: compact, and copied out of the buffers of its connection.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::api::operation::Operation;
use crate::api::request::Request;
use crate::auth::token::SKYPE_TOKEN;
use crate::http::faults::FaultId;
use crate::store::timestamp::Timestamp;

use super::redact::REDACTED;

/// Longer bodies are counted only.
const MAX_BODY: usize = 64 * 1024;
/// What a record is taken to cost beside its texts.
const OVERHEAD: usize = 256;
/// What the headers of most answers take.
const ANSWER_HEADERS: usize = 384;

/// A request, and what the service made of it.
pub(crate) struct Record {
    pub(crate) received_at: Timestamp,
    pub(crate) faults: Vec<(FaultId, &'static str)>,
    pub(super) method: Method,
    pub(super) operation: Option<Operation>,
    /// The target, the headers and the body, and the headers of the answer, one after the other: every
    /// request pays for this, so it is a single piece of memory.
    text: Vec<u8>,
    headers_at: usize,
    body_at: usize,
    answer_headers_at: usize,
    pub(super) body_length: usize,
    /// What the service answered, and when.
    pub(super) service: Option<(StatusCode, Timestamp)>,
    answer: Bytes,
    pub(super) answer_length: usize,
}

impl Record {
    /// A request, whose body may not have been readable.
    pub(crate) fn new(request: &Request, received_at: Timestamp) -> Self {
        let (head, target) = (&request.head, request.target());
        let body = request.body.as_ref().ok();
        let body_length = body.map_or(0, Bytes::len);
        let body = body
            .filter(|body| body.len() <= MAX_BODY)
            .map_or(&[][..], |body| body);
        let length = target.len() + length_of(&head.headers) + body.len();
        let mut text = Vec::with_capacity(length + ANSWER_HEADERS);
        text.extend_from_slice(target.as_bytes());
        let headers_at = text.len();
        write_headers(&head.headers, &mut text);
        let body_at = text.len();
        text.extend_from_slice(body);
        Self {
            received_at,
            faults: Vec::new(),
            method: head.method.clone(),
            operation: request.operation(),
            headers_at,
            body_at,
            answer_headers_at: text.len(),
            text,
            body_length,
            service: None,
            answer: Bytes::new(),
            answer_length: 0,
        }
    }

    /// Notes what the service answered.
    pub(crate) fn carried_out(&mut self, status: StatusCode, at: Timestamp) {
        self.service = Some((status, at));
    }

    /// Notes what the client is answered with.
    pub(crate) fn answered(&mut self, headers: &HeaderMap, body: &Bytes) {
        self.text.truncate(self.answer_headers_at);
        write_headers(headers, &mut self.text);
        self.answer_length = body.len();
        if body.len() <= MAX_BODY {
            // It is not copied, but shared with the connection.
            self.answer = body.clone();
        }
    }

    /// The body of the answer, if it was not too long. It may hold secrets.
    pub(super) fn answer(&self) -> &[u8] {
        &self.answer
    }

    /// Path and query as they were sent.
    pub(super) fn target(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.text[..self.headers_at])
    }

    /// Lines of `name: value`. Secrets have not got this far.
    pub(super) fn headers(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.text[self.headers_at..self.body_at])
    }

    /// The body, if it was not too long. It may hold secrets.
    pub(super) fn body(&self) -> &[u8] {
        &self.text[self.body_at..self.answer_headers_at]
    }

    /// As [`Self::headers`], of the answer.
    pub(super) fn answer_headers(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.text[self.answer_headers_at..])
    }

    pub(super) fn size(&self) -> usize {
        OVERHEAD + self.text.capacity() + self.answer.len()
    }
}

/// It may hold secrets.
impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").finish_non_exhaustive()
    }
}

fn length_of(headers: &HeaderMap) -> usize {
    let line = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = if is_secret(name) {
            REDACTED.len()
        } else {
            value.len()
        };
        name.as_str().len() + value + 3
    };
    headers.iter().map(line).sum()
}

fn write_headers(headers: &HeaderMap, text: &mut Vec<u8>) {
    for (name, value) in headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        if is_secret(name) {
            text.extend_from_slice(REDACTED.as_bytes());
        } else {
            // No header value contains a line end.
            text.extend_from_slice(value.as_bytes());
        }
        text.push(b'\n');
    }
}

fn is_secret(name: &HeaderName) -> bool {
    matches!(
        *name,
        AUTHORIZATION | PROXY_AUTHORIZATION | COOKIE | SET_COOKIE
    ) || *name == SKYPE_TOKEN
}
