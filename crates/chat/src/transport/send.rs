//! Carrying out an operation, in as many attempts as it takes.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chat_rest::{Interceptor, Repeat};
use tracing::Instrument;
use uuid::Uuid;

use super::attempt::{Attempt, RestClient, Seen};
use super::authorization::Proof;
use super::call::Call;
use super::deadline::Deadline;
use super::failure::Failure;
use super::request::{OperationRequest, PathId};
use super::retry::{Attempted, Retry, RetryOptions};
use super::telemetry;
use super::watched::Begun;
use crate::error::{Error, ErrorKind, RequestEffect};
use crate::governor::{NoRoom, Permit, RateGovernor, RateGroup};
use crate::response::{Response, ResponseHead, ResponseInfo};

/// Carries out one operation. The request is borrowed, so that the futures of those who wait for
/// this do not hold it once more.
pub(crate) async fn send<R: OperationRequest>(
    request: &mut R,
    deadline: Deadline,
) -> Result<Response<R::Output>, Error> {
    let started = request.call().clock().instant();
    let mut info = ResponseInfo {
        client_request_id: request_id(),
        ..ResponseInfo::default()
    };
    let span = telemetry::span(request, info.client_request_id);
    // The future of a request is large. Here it does not make those of all that wait for it so.
    let attempts = Box::pin(request.call().attempts(request, deadline, &mut info));
    let result = match attempts.instrument(span.clone()).await {
        Ok(wire) => {
            let output = request.output(wire);
            output.map_err(|error| error.with_head(info.head.take().map(Arc::unwrap_or_clone)))
        }
        Err(error) if info.retry_info.in_doubt => {
            let user = request.call().pipeline.authorization.user();
            let done = request.done_by_earlier_attempt(&error, user.as_deref());
            done.ok_or(error)
        }
        Err(error) => Err(error),
    };
    let result = result.map_err(|error| {
        let error = error
            .with_operation(R::OPERATION.id)
            .with_client_request_id(info.client_request_id)
            .with_retry_info(info.retry_info);
        request.complete_error(error)
    });
    let took = request
        .call()
        .clock()
        .instant()
        .saturating_duration_since(started);
    let outcome = result.as_ref().map(|_| info.head.as_deref());
    telemetry::record(&span, outcome, info.retry_info, took);
    Ok(Response::new(result?, info))
}

impl Call {
    async fn attempts<R: OperationRequest>(
        &self,
        request: &R,
        deadline: Deadline,
        info: &mut ResponseInfo,
    ) -> Result<R::Wire, Error> {
        request.path_ids().into_iter().try_for_each(PathId::check)?;
        request.check()?;
        let once = RetryOptions::none();
        let retry = Retry {
            options: match R::OPERATION.no_wait {
                true => &once,
                false => self.retry_options(),
            },
            budget: &self.pipeline.service.budget,
            clock: self.clock(),
            repeat: R::OPERATION.repeat,
            deadline,
        };
        let id = info.client_request_id;
        let (result, retry_info) = retry.run(|| self.attempt(request, deadline, id)).await;
        info.retry_info = retry_info;
        let Received { wire, head, body } = result?;
        info.head = head;
        info.body = body;
        Ok(wire)
    }

    /// One attempt: room under the governor, a token, a request.
    async fn attempt<R: OperationRequest>(
        &self,
        request: &R,
        deadline: Deadline,
        id: Uuid,
    ) -> Attempted<Received<R::Wire>> {
        let (permit, queued) = match &self.pipeline.transport.settings().governor {
            None => (Ok(None), Duration::ZERO),
            Some(governor) => {
                let started = self.clock().instant();
                let permit = Box::pin(self.admit(governor, request, deadline)).await;
                let ended = self.clock().instant();
                (permit.map(Some), ended.saturating_duration_since(started))
            }
        };
        let not_sent = |error| Attempted {
            result: Err(error),
            requested: false,
            queued,
            reauthorized: false,
        };
        // Held until the request has ended.
        let _permit = match permit {
            Ok(permit) => permit,
            Err(error) => return not_sent(error),
        };
        let proof = match self.proof(deadline).await {
            Ok(proof) => proof,
            Err(error) => return not_sent(error),
        };
        if deadline.left(self.clock()).is_zero() {
            let error = Error::new(ErrorKind::Timeout).with_effect(RequestEffect::NotCarriedOut);
            return not_sent(error.with_context("the timeout of the call; nothing was sent"));
        }
        let attempt = Arc::new(Attempt {
            proof,
            client_request_id: id,
            max_response_bytes: self.pipeline.transport.settings().max_response_bytes,
            keep_body: self.keeps_body(),
            wants_date: self.pipeline.service.time.is_stale(self.clock()),
            // It is the body that tells.
            begun: (R::OPERATION.repeat == Repeat::Unsafe && R::OPERATION.media_type.is_some())
                .then(Begun::default),
            seen: Seen::default(),
        });
        let outcome = self.exchange(request, &attempt, deadline).await;
        let head = attempt.seen.head();
        let succeeded = head.filter(|head| head.is_success());
        if let Some(date) = succeeded.and_then(|head| head.date) {
            self.pipeline.service.time.note(date, self.clock());
        }
        let (mut requested, mut reauthorized) = (true, false);
        let result = outcome.map_err(|failure| {
            let refused = head.filter(|head| head.status == 401);
            let authorization = &self.pipeline.authorization;
            reauthorized = refused.is_some_and(|head| authorization.refused(&attempt.proof, head));
            requested = !matches!(failure, Failure::Refused(_));
            let status = head.map(|head| head.status);
            let ms_cv = head.and_then(|head| head.ms_cv.as_deref());
            tracing::debug!(status, ms_cv, error.type = failure.name(), "the request failed");
            let expired = refused.and_then(|_| authorization.expired(self.clock()));
            let host = self.endpoint().host();
            let error =
                failure.into_error(R::OPERATION.repeat, head.map(|head| (**head).clone()), host);
            match expired {
                Some(expiry) => error.with_context(format!("the token expired at {expiry}")),
                None => error,
            }
        });
        Attempted {
            result: result.map(|wire| Received {
                wire,
                head: head.cloned(),
                body: attempt.seen.body(),
            }),
            requested,
            queued,
            reauthorized,
        }
    }

    /// Waits for room under the governor.
    async fn admit<R: OperationRequest>(
        &self,
        governor: &RateGovernor,
        request: &R,
        deadline: Deadline,
    ) -> Result<Permit, Error> {
        if self.pipeline.authorization.user().is_none() {
            // The first token tells who the user is.
            self.proof(deadline).await?;
        }
        let (user, thread) = (self.pipeline.user(), request.thread());
        let group = RateGroup::named(R::OPERATION.rate_group);
        let permit = match R::OPERATION.no_wait {
            false => governor.acquire(group, &user, thread, deadline.at()).await,
            true => governor.try_acquire(group, &user, thread),
        };
        permit.map_err(|NoRoom { wait }| {
            Error::new(ErrorKind::TooManyRequests).with_context(format!(
                "not sent: the rate governor has no room for {wait:.1?}"
            ))
        })
    }

    async fn proof(&self, deadline: Deadline) -> Result<Proof, Error> {
        if let Some(proof) = self.pipeline.authorization.ready() {
            return Ok(proof);
        }
        let left = deadline.left(self.clock());
        let proof = self.pipeline.authorization.proof();
        let proof = tokio::time::timeout(left, Box::pin(proof)).await;
        proof.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Credential)
                .with_context("the refresher gave no token before the timeout of the call"))
        })
    }

    /// Makes the request, and reads the response.
    async fn exchange<R: OperationRequest>(
        &self,
        request: &R,
        attempt: &Arc<Attempt>,
        deadline: Deadline,
    ) -> Result<R::Wire, Failure> {
        let service = &self.pipeline.service;
        let interceptor = Arc::clone(attempt) as Arc<dyn Interceptor>;
        let endpoint = service.endpoint.url().clone();
        let client = R::Client::new(endpoint, self.pipeline.http(), interceptor);
        // In its place: it is large, and would be moved into what waits for it.
        let exchange = pin!(async {
            match request.request(&client).await {
                // The status alone makes a success of it where no body is read.
                Ok(_) if attempt.seen.head().is_some_and(|head| head.is_web_page) => {
                    Err(Failure::WebPage)
                }
                Ok(response) => Ok(response.into_inner()),
                Err(error) => Err(Failure::of(error, &attempt.seen).await),
            }
        });
        let attempt_timeout = self.attempt_timeout();
        let left = deadline.left(self.clock());
        let outcome = tokio::time::timeout(attempt_timeout.min(left), exchange)
            .await
            .unwrap_or(Err(Failure::TimedOut(if attempt_timeout < left {
                "the timeout of one attempt"
            } else {
                "the timeout of the call"
            })));
        let begun = attempt.begun.as_ref().is_none_or(Begun::is_true);
        outcome.map_err(|failure| match begun {
            true => failure,
            false => failure.before_it_was_sent(),
        })
    }
}

/// A response of success, decoded, and what was seen of it before.
struct Received<T> {
    wire: T,
    head: Option<Arc<ResponseHead>>,
    body: Option<Bytes>,
}

/// An id that tells one request from others. It need not be hard to guess, so it is made without
/// asking the system for randomness.
fn request_id() -> Uuid {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes()).into_uuid()
}
