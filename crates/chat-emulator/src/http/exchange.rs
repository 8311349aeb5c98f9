//! One request and what becomes of it: carried out, noted in the journal, and altered by the faults that
//! befall it.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::header::DATE;
use serde_json::Value;

use crate::api::condition::Conditions;
use crate::api::operation::NotificationOperation;
use crate::api::request::Request;
use crate::api::{dispatch, headers};
use crate::store::Clock;

use super::body::{self, BrokenBody, Ending};
use super::faults::answer::{self, http_date};
use super::faults::kind::{ErrorBody, FaultKind, StatusFault};
use super::faults::list::ListRequest;
use super::faults::{Hit, Plan, json, list};
use super::journal::{Outcome, Record};
use super::socket::{Connection, Reset};
use super::state::AppState;

/// Answers a request, or says that its connection is to be reset.
pub(super) async fn answer(
    State(state): State<Arc<AppState>>,
    Extension(connection): Extension<Connection>,
    request: axum::extract::Request,
) -> Response {
    let (head, body) = request.into_parts();
    let origin = state
        .origins
        .of(&head, connection.peer, connection.encrypted);
    let mut request = Request::new(head, Ok(Bytes::new()), origin);
    if !body::may_be_large(&body) || dispatch::knows_caller(&state.service, &request) {
        request.body = body::read(body).await;
    }
    if request.operation() == Some(NotificationOperation::PollNotifications.into()) {
        state.notifications.wait(&request).await;
    }
    if state.faults.armed() || state.clock.skew_seconds() != 0 {
        return disturb(&state, request, &connection).await;
    }
    let mut record = Record::new(&request, state.clock.now());
    let response = state.answer(&request);
    record.carried_out(response.status(), record.received_at);
    record.answered(response.headers(), response.body());
    state
        .journal
        .add(record, Outcome::answered(response.status()));
    response.map(Body::from)
}

/// As [`answer`], of a request that something may befall.
async fn disturb(state: &Arc<AppState>, mut request: Request, connection: &Connection) -> Response {
    let mut record = Record::new(&request, state.clock.now());
    let Plan {
        delay,
        lag,
        skew_seconds,
        fault,
        applied,
    } = state.faults.plan(request.operation());
    record.faults = applied;
    let skew_seconds = state.clock.skew_seconds().saturating_add(skew_seconds);
    let conditions = Conditions {
        list_lag: lag,
        clock_skew_seconds: skew_seconds,
    };
    request.conditions = conditions;

    // Everything is carried out and noted before the delay: a client that does not wait for its end takes
    // this whole future with it.
    let reaction = react(state, request, record, fault, connection);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match reaction {
        Ok(mut response) => {
            if skew_seconds != 0
                && let Some(date) = http_date(conditions.wall_clock())
            {
                response.headers_mut().insert(DATE, date);
            }
            response
        }
        Err(Reset) => Reset.into_response(),
    }
}

/// Carries out what has to be, notes it, and gives the answer.
fn react(
    state: &Arc<AppState>,
    request: Request,
    mut record: Record,
    fault: Option<Hit>,
    connection: &Connection,
) -> Result<Response, Reset> {
    match fault.as_ref().map(|hit| &hit.kind) {
        Some(FaultKind::ResetBeforeExecution {}) => {
            state.journal.add(record, Outcome::Reset);
            return Err(Reset);
        }
        Some(FaultKind::ExecutedLate { after_seconds }) => {
            let number = state.journal.add(record, Outcome::Reset);
            state.execute_late(request, number, after_seconds.0);
            return Err(Reset);
        }
        Some(FaultKind::Status(fault)) if !fault.carried_out => {
            let response = injected_error(&request, fault);
            record.answered(response.headers(), response.body());
            state
                .journal
                .add(record, Outcome::answered(response.status()));
            return Ok(response.map(Body::from));
        }
        _ => {}
    }
    let response = state.answer(&request);
    record.carried_out(response.status(), record.received_at);
    alter(state, &request, response, record, fault, connection)
}

/// Does to the answer of the service what `fault` says, and notes what becomes of the request.
fn alter(
    state: &AppState,
    request: &Request,
    response: http::Response<Bytes>,
    mut record: Record,
    fault: Option<Hit>,
    connection: &Connection,
) -> Result<Response, Reset> {
    let outcome = Outcome::answered(response.status());
    let Some(hit) = fault else {
        record.answered(response.headers(), response.body());
        state.journal.add(record, outcome);
        return Ok(response.map(Body::from));
    };
    let (response, outcome) = match &hit.kind {
        FaultKind::ResetAfterExecution {} => (None, Outcome::Reset),
        FaultKind::ResetMidBody {} if response.body().is_empty() => (None, Outcome::Reset),
        FaultKind::ResetMidBody {} => {
            let ending = Ending::Reset(connection.aborter.clone());
            let half = response.body().slice(..response.body().len() / 2);
            record.answered(response.headers(), &half);
            let response =
                response.map(|body| Body::new(BrokenBody::new(half, body.len(), ending)));
            (Some(response), outcome.cut_off())
        }
        FaultKind::TruncatedJson {
            wrong_content_length,
        } => {
            let half = response.body().slice(..response.body().len() / 2);
            record.answered(response.headers(), &half);
            let announced = response.body().len();
            let response = response.map(|_| announce(half, announced, *wrong_content_length));
            (Some(response), outcome.cut_off_if(*wrong_content_length))
        }
        FaultKind::InvalidJson {
            wrong_content_length,
        } => {
            let invalid = invalid_json(response.body());
            record.answered(response.headers(), &invalid);
            let announced = invalid.len() + 1;
            let response = response.map(|_| announce(invalid, announced, *wrong_content_length));
            (Some(response), outcome.cut_off_if(*wrong_content_length))
        }
        FaultKind::Status(fault) => {
            let response = injected_error(request, fault);
            record.answered(response.headers(), response.body());
            let outcome = Outcome::answered(response.status());
            (Some(response.map(Body::from)), outcome)
        }
        _ => {
            let response = distorted(request, response, &hit);
            record.answered(response.headers(), response.body());
            (Some(response.map(Body::from)), outcome)
        }
    };
    state.journal.add(record, outcome);
    response.ok_or(Reset)
}

/// The answer with its JSON changed as the fault says. Errors stay as they are.
fn distorted(
    request: &Request,
    response: http::Response<Bytes>,
    hit: &Hit,
) -> http::Response<Bytes> {
    if !response.status().is_success() {
        return response;
    }
    response.map(|body| match serde_json::from_slice::<Value>(&body) {
        Ok(mut answer) => {
            json::distort(&mut answer, &hit.kind);
            if let Ok(origin) = &request.base() {
                let page = ListRequest {
                    origin,
                    target: request.target(),
                    serial: hit.serial,
                };
                list::distort(&mut answer, &hit.kind, page);
            }
            Bytes::from(answer.to_string())
        }
        Err(_) => body,
    })
}

fn injected_error(request: &Request, fault: &StatusFault) -> http::Response<Bytes> {
    let now = request.conditions.wall_clock();
    let mut response = answer::error(fault, request.envelope(), now);
    // Gateways, from which the others come, know nothing of these headers.
    if !matches!(fault.body, Some(ErrorBody::Html | ErrorBody::Empty)) {
        headers::add(&request.head.headers, request.api(), response.headers_mut());
    }
    response
}

/// The body with its own length, or with another one that is announced.
fn announce(body: Bytes, announced: usize, wrong: bool) -> Body {
    if wrong {
        Body::new(BrokenBody::new(body, announced, Ending::Close))
    } else {
        Body::from(body)
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
