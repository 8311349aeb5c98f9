//! The control API: what the emulator does on command, over HTTP and on a port of its own.

mod answer;
mod clock;
mod faults;
mod journal;
mod page;
mod snapshots;
mod threads;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::{Method, Request, Response};
use hyper::body::Incoming;

use crate::http::front::{AnswerBody, Front, Reset, whole};
use crate::http::server::{self, Handler};
use crate::http::socket::Aborter;
use crate::wire::error::ApiError;
use crate::wire::query::Query;

use answer::{Answer, Refusal};
use snapshots::Snapshots;

/// Commands to one emulator.
#[derive(Debug)]
pub(crate) struct Control {
    front: Arc<Front>,
    snapshots: Snapshots,
}

impl Control {
    pub(crate) fn new(front: Arc<Front>) -> Self {
        Self {
            front,
            snapshots: Snapshots::default(),
        }
    }

    fn handle(&self, head: &Parts, body: &[u8]) -> Result<Answer, Refusal> {
        refuse_other_origins(head)?;
        let path = head.uri.path();
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let front = &*self.front;
        match (&head.method, segments.as_slice()) {
            (&Method::GET, ["faults"]) => Ok(faults::list(front)),
            (&Method::POST, ["faults"]) => faults::inject(front, body),
            (&Method::DELETE, ["faults"]) => Ok(faults::clear(front)),
            (&Method::DELETE, ["faults", id]) => faults::remove(front, id),
            (&Method::GET, ["clock"]) => Ok(clock::show(front)),
            (&Method::POST, ["clock"]) => clock::set(front, body),
            (&Method::GET, ["journal"]) => journal::list(front, &query(head)?),
            (&Method::DELETE, ["journal"]) => Ok(journal::clear(front)),
            (&Method::GET, ["snapshots"]) => Ok(self.snapshots.list()),
            (&Method::POST, ["snapshots"]) => self.snapshots.take(front),
            (&Method::POST, ["snapshots", id, "restore"]) => self.snapshots.restore(front, id),
            (&Method::DELETE, ["snapshots", id]) => self.snapshots.remove(id),
            (&Method::GET, ["threads"]) => Ok(threads::list(front)),
            (&Method::GET, ["threads", id]) => threads::show(front, id),
            (&Method::POST, ["threads", id, "messages"]) => threads::send(front, id, body),
            (&Method::POST, ["reset"]) => {
                front.reset();
                Ok(Answer::empty())
            }
            _ => Err(Refusal::not_found(format!(
                "there is no {} {path} in the control API",
                head.method
            ))),
        }
    }
}

impl Handler for Control {
    async fn respond(
        self: Arc<Self>,
        request: Request<Incoming>,
        _: Aborter,
    ) -> Result<Response<AnswerBody>, Reset> {
        let (head, body) = request.into_parts();
        if head.method == Method::GET
            && let Some(file) = page::file(head.uri.path())
        {
            return Ok(file.map(whole));
        }
        let answer = match server::read(body).await {
            Ok(body) => self.handle(&head, &body),
            Err(error) => Err(Refusal::from(error)),
        };
        let written = self.front.service.written().await;
        let answer = match written {
            Ok(()) => answer,
            Err(error) => Err(Refusal::from(ApiError::not_written(error))),
        };
        let answer: Response<Bytes> = match answer {
            Ok(answer) => answer.into_response(),
            Err(refusal) => refusal.into_response(),
        };
        tracing::debug!(
            method = %head.method,
            path = head.uri.path(),
            status = answer.status().as_u16(),
            "commanded",
        );
        Ok(answer.map(whole))
    }
}

/// A page of another origin must not command the emulator from its reader's browser.
fn refuse_other_origins(head: &Parts) -> Result<(), Refusal> {
    let Some(origin) = head.headers.get(ORIGIN) else {
        return Ok(());
    };
    let host = head.headers.get(HOST).map(|host| host.as_bytes());
    match origin.as_bytes().strip_prefix(b"http://") {
        Some(origin) if Some(origin) == host => Ok(()),
        _ => Err(Refusal::forbidden(
            "pages of other origins may not use the control API",
        )),
    }
}

fn query(head: &Parts) -> Result<Query, Refusal> {
    Query::parse(head.uri.query().unwrap_or_default()).map_err(Refusal::from)
}
