//! Polls, for clients to which websockets are closed: a request hangs until there is something for it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};

use crate::api::request::Request;
use crate::wire::error::ApiError;
use crate::wire::query::Query;

use super::connecting::{HEARTBEAT, no_session};
use super::connection::End;
use super::frame;
use super::hub::Hub;
use super::traffic::Served;

/// How long a poll hangs before it is answered with nothing.
const HANG: Duration = Duration::from_secs(20);
/// How long a client may leave the server without a poll.
const SILENCE: Duration = Duration::from_secs(HEARTBEAT);

impl Hub {
    /// Waits until there is something for a poll, or for long enough.
    pub(crate) async fn wait(&self, request: &Request) {
        let Some((id, query)) = session(request) else {
            return;
        };
        let Ok(Some(number)) = self.connection_of_session(id, query) else {
            return;
        };
        let Some(signals) = self.signals(number) else {
            return;
        };
        let ready = async {
            while !self.is_ready(number) {
                signals.wake.notified().await;
            }
        };
        // What there is by then is the answer.
        let _ = tokio::time::timeout(HANG, ready).await;
    }

    /// Answers a poll with what there is. The first one connects.
    pub(super) fn poll(
        self: &Arc<Self>,
        id: &str,
        query: &Query,
    ) -> Result<Response<Bytes>, ApiError> {
        let number = match self.connection_of_session(id, query)? {
            Some(number) => number,
            None => {
                let number = self.connect(id, query)?;
                self.spawn(watch(Served {
                    hub: Arc::clone(self),
                    number,
                }));
                number
            }
        };
        self.hear(number);
        let (packets, end) = self.take(number);
        match end {
            None => {}
            Some(End::Closed) => self.ended(number),
            Some(End::Cut) => {
                self.ended(number);
                return Err(no_session());
            }
        }
        Ok(text(frame::join(&packets)))
    }

    /// Takes what a client posts.
    pub(super) fn posted(
        &self,
        id: &str,
        query: &Query,
        body: &[u8],
    ) -> Result<Response<Bytes>, ApiError> {
        let number = self
            .connection_of_session(id, query)?
            .ok_or_else(no_session)?;
        let malformed = || ApiError::bad_request("The body has no packets.");
        let body = std::str::from_utf8(body).map_err(|_| malformed())?;
        for packet in frame::split(body).ok_or_else(malformed)? {
            self.receive(number, packet);
        }
        Ok(text(String::new()))
    }
}

/// Forgets a connection whose client polls no more.
async fn watch(served: Served) {
    let Served { hub, number } = &served;
    while let Some(heard) = hub.heard(*number) {
        let end = heard + SILENCE;
        if end <= tokio::time::Instant::now() {
            return;
        }
        tokio::time::sleep_until(end).await;
    }
}

/// The session that a poll names, and its parameters.
fn session(request: &Request) -> Option<(&str, &Query)> {
    let route = request.route.as_ref().ok()?;
    Some((route.parameters.first()?, request.query.as_ref().ok()?))
}

fn text(body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    let text = HeaderValue::from_static("text/plain; charset=UTF-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}
