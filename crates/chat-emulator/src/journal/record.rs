//! A request as the journal keeps it: compact, and copied out of the buffers of its connection.

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, StatusCode};

use crate::faults::FaultId;
use crate::timestamp::Timestamp;

use super::redact::REDACTED;

/// Longer bodies are counted only.
const MAX_BODY: usize = 64 * 1024;
/// What a record is taken to cost beside its texts.
const OVERHEAD: usize = 256;

/// A request, and what the service made of it.
pub(crate) struct Record {
    pub(crate) received_at: Timestamp,
    pub(crate) faults: Vec<(FaultId, &'static str)>,
    pub(super) method: Method,
    pub(super) target: Box<str>,
    /// Lines of `name: value`. Secrets have not got this far.
    pub(super) headers: Box<[u8]>,
    /// May hold secrets, so it is redacted when it is read.
    pub(super) body: Option<Box<[u8]>>,
    pub(super) body_length: usize,
    /// What the service answered, and when.
    pub(super) service: Option<(StatusCode, Timestamp)>,
}

impl Record {
    /// A request, of which `body` may not have been readable.
    pub(crate) fn new(head: &Parts, body: Option<&Bytes>, received_at: Timestamp) -> Self {
        let target = head
            .uri
            .path_and_query()
            .map_or("", |target| target.as_str());
        Self {
            received_at,
            faults: Vec::new(),
            method: head.method.clone(),
            target: target.into(),
            headers: copy(&head.headers),
            body: body
                .filter(|body| !body.is_empty() && body.len() <= MAX_BODY)
                .map(|body| body.as_ref().into()),
            body_length: body.map_or(0, Bytes::len),
            service: None,
        }
    }

    /// Notes what the service answered.
    pub(crate) fn carried_out(&mut self, status: StatusCode, at: Timestamp) {
        self.service = Some((status, at));
    }

    pub(super) fn size(&self) -> usize {
        let body = self.body.as_ref().map_or(0, |body| body.len());
        OVERHEAD + self.target.len() + self.headers.len() + body
    }
}

/// It may hold secrets.
impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").finish_non_exhaustive()
    }
}

fn copy(headers: &HeaderMap) -> Box<[u8]> {
    let length = |(name, value): (&HeaderName, &http::HeaderValue)| {
        name.as_str().len() + value.len().max(REDACTED.len()) + 3
    };
    let mut text = Vec::with_capacity(headers.iter().map(length).sum());
    for (name, value) in headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        if [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name) {
            text.extend_from_slice(REDACTED.as_bytes());
        } else {
            // No header value contains a line end.
            text.extend_from_slice(value.as_bytes());
        }
        text.push(b'\n');
    }
    text.into_boxed_slice()
}
