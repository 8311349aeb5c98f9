//! What stands between the sockets and the service: the journal of all requests, and whatever befalls
//! them on command.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use http::header::DATE;
use http::request::Parts;
use http_body_util::{Either, Full};
use serde_json::Value;

use crate::api::condition::{ClockSkew, ListLag};
use crate::api::operation::{self, Api};
use crate::api::service::{self, Service};
use crate::command::Snapshot;
use crate::http::faults::answer::{self, http_date};
use crate::http::faults::kind::{ErrorBody, FaultKind, StatusFault};
use crate::http::faults::list::ListRequest;
use crate::http::faults::{Faults, Hit, Plan, json, list};
use crate::http::journal::{Journal, Outcome, Record};
use crate::store::{Clock, MovableClock};
use crate::wire::error::ApiError;

use super::body::{BrokenBody, Ending};
use super::late::LateExecutions;
use super::socket::Aborter;

/// The body of an answer: whole, or broken on command.
pub(crate) type AnswerBody = Either<Full<Bytes>, BrokenBody>;

/// There is no answer: the connection is to be reset.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset on command")]
pub(crate) struct Reset;

/// The service with its journal and its faults.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) service: Service,
    pub(crate) clock: Arc<MovableClock>,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(super) late: LateExecutions,
    /// What the service knew when it started: nothing, or what a seed says.
    pub(super) initial: Snapshot,
}

/// A request as it came.
pub(super) struct Request {
    pub(super) head: Parts,
    pub(super) body: Result<Bytes, ApiError>,
}

impl Front {
    pub(crate) fn new(service: Service, clock: Arc<MovableClock>, journal: Journal) -> Self {
        let initial = Snapshot {
            store: Arc::new(service.store().state()),
            clock_offset_millis: clock.offset_millis(),
        };
        Self {
            initial,
            service,
            clock,
            faults: Faults::default(),
            journal,
            late: LateExecutions::default(),
        }
    }

    /// Answers a request, or has its connection reset.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        head: Parts,
        body: Result<Bytes, ApiError>,
        connection: &Aborter,
    ) -> Result<Response<AnswerBody>, Reset> {
        if self.faults.armed() || self.clock.skew_seconds() != 0 {
            return self.disturb(Request { head, body }, connection).await;
        }
        let mut record = Record::new(&head, body.as_ref().ok(), self.clock.now());
        let response = self.service.handle(&head, body);
        record.carried_out(response.status(), record.received_at);
        self.journal
            .add(record, Outcome::answered(response.status()));
        Ok(response.map(|body| Either::Left(Full::new(body))))
    }

    /// As [`Self::answer`], of a request that something may befall.
    async fn disturb(
        self: &Arc<Self>,
        mut request: Request,
        connection: &Aborter,
    ) -> Result<Response<AnswerBody>, Reset> {
        let head = &request.head;
        let operation = operation::route(&head.method, head.uri.path())
            .map(|route| route.operation)
            .ok();
        let mut record = Record::new(head, request.body.as_ref().ok(), self.clock.now());
        let Plan {
            delay,
            lag,
            skew_seconds,
            fault,
            applied,
        } = self.faults.plan(operation);
        let skew = ClockSkew::new(self.clock.skew_seconds().saturating_add(skew_seconds));
        record.faults = applied;
        skew.put(&mut request.head.extensions);
        if let Some(lag) = lag {
            request.head.extensions.insert(ListLag(lag));
        }

        // Everything is carried out and noted before the delay: a client that does not wait for its end
        // takes this whole future with it.
        let reaction = self.react(request, record, fault, skew, connection);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if reaction.is_err() {
            connection.abort();
        }
        let mut response = reaction?;
        if !skew.is_none()
            && let Some(date) = http_date(skew.shifted_now())
        {
            response.headers_mut().insert(DATE, date);
        }
        Ok(response)
    }

    /// Carries out what has to be, notes it, and gives the answer.
    fn react(
        self: &Arc<Self>,
        request: Request,
        mut record: Record,
        fault: Option<Hit>,
        skew: ClockSkew,
        connection: &Aborter,
    ) -> Result<Response<AnswerBody>, Reset> {
        match fault.as_ref().map(|hit| &hit.kind) {
            Some(FaultKind::ResetBeforeExecution {}) => {
                self.journal.add(record, Outcome::Reset);
                return Err(Reset);
            }
            Some(FaultKind::ExecutedLate { after_seconds }) => {
                let number = self.journal.add(record, Outcome::Reset);
                self.execute_late(request, number, after_seconds.0);
                return Err(Reset);
            }
            Some(FaultKind::Status(fault)) if !fault.carried_out => {
                let response = injected_error(&request.head, fault, skew);
                self.journal
                    .add(record, Outcome::answered(response.status()));
                return Ok(response.map(whole));
            }
            _ => {}
        }
        let response = self.service.handle(&request.head, request.body);
        record.carried_out(response.status(), record.received_at);
        self.alter(&request.head, response, record, fault, skew, connection)
    }

    /// Does to the answer of the service what `fault` says, and notes what becomes of the request.
    fn alter(
        &self,
        head: &Parts,
        response: Response<Bytes>,
        record: Record,
        fault: Option<Hit>,
        skew: ClockSkew,
        connection: &Aborter,
    ) -> Result<Response<AnswerBody>, Reset> {
        let outcome = Outcome::answered(response.status());
        let Some(hit) = fault else {
            self.journal.add(record, outcome);
            return Ok(response.map(whole));
        };
        let (response, outcome) = match &hit.kind {
            FaultKind::ResetAfterExecution {} => (None, Outcome::Reset),
            FaultKind::ResetMidBody {} if response.body().is_empty() => (None, Outcome::Reset),
            FaultKind::ResetMidBody {} => {
                let ending = Ending::Reset(connection.clone());
                let response = response.map(|body| {
                    let half = body.slice(..body.len() / 2);
                    Either::Right(BrokenBody::new(half, body.len(), ending))
                });
                (Some(response), outcome.cut_off())
            }
            FaultKind::TruncatedJson {
                wrong_content_length,
            } => {
                let half = response.body().slice(..response.body().len() / 2);
                let announced = response.body().len();
                let response = response.map(|_| announce(half, announced, *wrong_content_length));
                (Some(response), outcome.cut_off_if(*wrong_content_length))
            }
            FaultKind::InvalidJson {
                wrong_content_length,
            } => {
                let invalid = invalid_json(response.body());
                let announced = invalid.len() + 1;
                let response =
                    response.map(|_| announce(invalid, announced, *wrong_content_length));
                (Some(response), outcome.cut_off_if(*wrong_content_length))
            }
            FaultKind::Status(fault) => {
                let response = injected_error(head, fault, skew);
                let outcome = Outcome::answered(response.status());
                (Some(response.map(whole)), outcome)
            }
            _ => (Some(distorted(head, response, &hit).map(whole)), outcome),
        };
        self.journal.add(record, outcome);
        response.ok_or(Reset)
    }
}

/// The answer with its JSON changed as the fault says. Errors stay as they are.
fn distorted(head: &Parts, response: Response<Bytes>, hit: &Hit) -> Response<Bytes> {
    if !response.status().is_success() {
        return response;
    }
    let (origin, target) = (service::origin(head), head.uri.path_and_query());
    response.map(|body| match serde_json::from_slice::<Value>(&body) {
        Ok(mut answer) => {
            json::distort(&mut answer, &hit.kind);
            if let Ok(origin) = &origin {
                let request = ListRequest {
                    origin,
                    target: target.map_or("/", |target| target.as_str()),
                    serial: hit.serial,
                };
                list::distort(&mut answer, &hit.kind, request);
            }
            Bytes::from(answer.to_string())
        }
        Err(_) => body,
    })
}

fn injected_error(head: &Parts, fault: &StatusFault, skew: ClockSkew) -> Response<Bytes> {
    let now = skew.shifted_now();
    let mut response = answer::error(fault, service::envelope(head), now);
    // Gateways, from which the others come, know nothing of these headers.
    if !matches!(fault.body, Some(ErrorBody::Html | ErrorBody::Empty)) {
        let api = Api::of(head.uri.path());
        service::add_headers(&head.headers, api, response.headers_mut());
    }
    response
}

/// An answer as it should be.
pub(crate) fn whole(body: Bytes) -> AnswerBody {
    Either::Left(Full::new(body))
}

/// The body with its own length, or with another one that is announced.
fn announce(body: Bytes, announced: usize, wrong: bool) -> AnswerBody {
    if wrong {
        Either::Right(BrokenBody::new(body, announced, Ending::Close))
    } else {
        whole(body)
    }
}

/// As long as the body, but with an end that JSON cannot have.
fn invalid_json(body: &Bytes) -> Bytes {
    let mut invalid = body.to_vec();
    if let Some(last) = invalid.last_mut() {
        *last = b';';
    }
    invalid.into()
}
