//! A call: an operation, carried out in as many attempts as it takes.

use std::sync::Arc;
use std::time::Duration;

use chat_rest::{Operation, ResponseValue};
use futures_core::future::BoxFuture;
use time::OffsetDateTime;
use tokio::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

use super::attempt::{Attempt, RestClient};
use super::authorize::Authorization;
use super::failure::Failure;
use super::retry::{Retry, RetryOptions};
use super::{Pipeline, Shared};
use crate::clock::Clock;
use crate::endpoint::Endpoint;
use crate::error::{AnswerHead, Error, ErrorKind};
use crate::governor::{NoRoom, Permit, RateGroup, User};
use crate::models::{ChatThreadId, RetryInfo};

/// What a generated client's function gives.
type RestResult<T> = Result<ResponseValue<T>, chat_rest::Error>;

/// One request to the service, made from what `S` holds. It does not own `S`, so that it can be
/// made again.
pub(crate) type Request<C, S, T> = for<'a> fn(&'a C, &'a S) -> BoxFuture<'a, RestResult<T>>;

/// A call that can be made: through which pipeline, and with what set for it alone.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pipeline: Pipeline,
    thread: Option<ChatThreadId>,
    retry: Option<RetryOptions>,
    timeout: Option<Duration>,
}

/// Which call of which operation something is about.
#[derive(Clone, Copy, Debug)]
struct Context {
    operation: &'static Operation,
    client_request_id: Uuid,
}

impl Context {
    fn complete(self, error: Error) -> Error {
        error
            .with_operation(self.operation.id)
            .with_client_request_id(self.client_request_id.to_string())
    }
}

impl Call {
    pub(super) fn new(pipeline: Pipeline, thread: Option<ChatThreadId>) -> Self {
        Self {
            pipeline,
            thread,
            retry: None,
            timeout: None,
        }
    }

    pub(crate) fn set_retry(&mut self, options: RetryOptions) {
        self.retry = Some(options);
    }

    pub(crate) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        self.pipeline.endpoint()
    }

    /// A time that the service's clock had reached at `instant`, as its answers say.
    pub(crate) fn service_time_at(&self, instant: Instant) -> Option<OffsetDateTime> {
        self.pipeline.shared.service_time.at(instant)
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.pipeline.shared.clock
    }

    /// How often this call may be made again.
    pub(crate) fn max_retries(&self) -> u32 {
        let options = self.retry.as_ref();
        options.unwrap_or(&self.pipeline.shared.retry).max_retries
    }

    /// The raw id of the user on whose behalf the call is made, if that can be told.
    pub(crate) fn caller(&self) -> Option<String> {
        self.pipeline.shared.authorize.caller()
    }

    /// Carries out an operation: `request` makes one request for it from `state`.
    pub(crate) async fn run<C, S, T>(
        &self,
        operation: &'static Operation,
        state: &S,
        request: Request<C, S, T>,
    ) -> Result<Answer<T>, Error>
    where
        C: RestClient,
        S: Send + Sync,
        T: Send,
    {
        let shared = &*self.pipeline.shared;
        let context = Context {
            operation,
            client_request_id: Uuid::new_v4(),
        };
        let mut options = self.retry.as_ref().unwrap_or(&shared.retry).clone();
        if operation.no_wait {
            options = options.max_retries(0);
        }
        let retry = Retry {
            options: &options,
            budget: &shared.budget,
            clock: &*shared.clock,
            repeat: operation.repeat,
        };
        let timeout = self.timeout.unwrap_or(shared.timeout);
        let span = tracing::debug_span!(
            "call",
            operation = operation.id,
            client_request_id = %context.client_request_id,
        );
        let call = async {
            let start = shared.clock.instant();
            let deadline = retry.deadline(start);
            let first = self.admit(operation, deadline).await;
            let queued = shared.clock.instant().saturating_duration_since(start);
            let queued = RetryInfo {
                queued,
                ..RetryInfo::default()
            };
            let mut first = match first {
                Ok(permit) => Some(permit),
                Err(error) => return (Err(error), queued),
            };
            let attempts = retry.run(|left| {
                let permit = first.take();
                async move {
                    // Repeats wait for their turn like everything else.
                    let _permit = match permit {
                        Some(permit) => permit,
                        None => self.admit(operation, deadline).await?,
                    };
                    let timeout = timeout.min(left);
                    shared.attempt(context, timeout, state, request).await
                }
            });
            let (outcome, retry_info) = attempts.await;
            (
                outcome,
                RetryInfo {
                    queued: queued.queued,
                    ..retry_info
                },
            )
        };
        let (outcome, retry_info) = call.instrument(span).await;
        match outcome {
            Ok((value, head)) => Ok(Answer {
                value,
                head,
                context,
                retry_info,
            }),
            Err(error) => Err(context.complete(error).with_retry_info(retry_info)),
        }
    }

    /// Waits until there is room for a request; not at all where there is no governor.
    async fn admit(
        &self,
        operation: &'static Operation,
        deadline: Instant,
    ) -> Result<Option<Permit>, Error> {
        let shared = &*self.pipeline.shared;
        let Some(governor) = &shared.governor else {
            return Ok(None);
        };
        let caller = self.caller();
        let user = caller.map_or(User::OfClient(shared.number), User::RawId);
        let (group, thread) = (RateGroup::named(operation.rate_group), self.thread.as_ref());
        let permit = if operation.no_wait {
            governor.try_acquire(group, &user, thread)
        } else {
            governor.acquire(group, &user, thread, deadline).await
        };
        permit.map(Some).map_err(|NoRoom { wait }| {
            Error::new(ErrorKind::TooManyRequests)
                .with_context(format!("not sent: the governor has no room for {wait:.1?}"))
        })
    }

    /// Carries out an operation after which something is gone. If an attempt may have been carried
    /// out, and the next finds it gone, the operation is done.
    pub(crate) async fn run_until_gone<C, S>(
        &self,
        operation: &'static Operation,
        state: &S,
        request: Request<C, S, ()>,
        is_gone: impl FnOnce(&Error) -> bool,
    ) -> Result<(), Error>
    where
        C: RestClient,
        S: Send + Sync,
    {
        match self.run(operation, state, request).await {
            Err(error) if error.retry_info().in_doubt && is_gone(&error) => Ok(()),
            outcome => outcome.map(Answer::into_value),
        }
    }
}

type Outcome<T> = Result<(T, Option<AnswerHead>), Error>;

impl Shared {
    /// One attempt; two if the token is refused and there is another.
    async fn attempt<C, S, T>(
        &self,
        context: Context,
        timeout: Duration,
        state: &S,
        request: Request<C, S, T>,
    ) -> Outcome<T>
    where
        C: RestClient,
        S: Send + Sync,
        T: Send,
    {
        let authorization = self.authorization(timeout).await?;
        let again = authorization.clone();
        match self
            .exchange(context, timeout, authorization, state, request)
            .await
        {
            Err(error) if error.is_unauthorized() && self.authorize.refused(&again) => {
                tracing::info!("the token was refused; asking for another");
                let authorization = self.authorization(timeout).await?;
                self.exchange(context, timeout, authorization, state, request)
                    .await
            }
            outcome => outcome,
        }
    }

    async fn authorization(&self, timeout: Duration) -> Result<Authorization, Error> {
        tokio::time::timeout(timeout, self.authorize.authorization())
            .await
            .unwrap_or_else(|_| {
                Err(Error::new(ErrorKind::Credential)
                    .with_context("the refresher gave no token in time"))
            })
    }

    async fn exchange<C, S, T>(
        &self,
        context: Context,
        timeout: Duration,
        authorization: Authorization,
        state: &S,
        request: Request<C, S, T>,
    ) -> Outcome<T>
    where
        C: RestClient,
        S: Send + Sync,
        T: Send,
    {
        let attempt = Arc::new(Attempt::new(
            authorization,
            context.client_request_id,
            self.max_response_bytes,
        ));
        let client = C::new(
            self.endpoint.as_str(),
            self.http.clone(),
            Arc::clone(&attempt) as _,
        );
        let exchange = async {
            match request(&client, state).await {
                Ok(answer) => Ok(answer.into_inner()),
                Err(error) => Err(Failure::of(error).await),
            }
        };
        let outcome = tokio::time::timeout(timeout, exchange)
            .await
            .unwrap_or(Err(Failure::TimedOut));
        let head = attempt.head().cloned();
        let succeeded = head.as_ref().filter(|head| head.is_success());
        if let Some(date) = succeeded.and_then(|head| head.date) {
            self.service_time.note(date, &*self.clock);
        }
        let status = head.as_ref().map(|head| head.status);
        match outcome {
            Ok(value) => {
                tracing::debug!(status, "done");
                Ok((value, head))
            }
            Err(failure) => {
                let ms_cv = head.as_ref().and_then(|head| head.ms_cv.as_deref());
                tracing::debug!(status, ms_cv, failure = failure.name(), "failed");
                Err(failure.into_error(context.operation.repeat, head))
            }
        }
    }
}

/// What an operation gave, and what came with it.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    value: T,
    head: Option<AnswerHead>,
    context: Context,
    retry_info: RetryInfo,
}

impl<T> Answer<T> {
    pub(crate) fn into_value(self) -> T {
        self.value
    }

    pub(crate) fn retry_info(&self) -> RetryInfo {
        self.retry_info
    }

    /// Goes on with the value. Where it lacks what it must have, the error says so and holds what
    /// else was seen of the answer.
    pub(crate) fn and_then<U>(
        self,
        read: impl FnOnce(T) -> Result<U, &'static str>,
    ) -> Result<U, Error> {
        read(self.value).map_err(|context| {
            let error = Error::new(ErrorKind::InvalidResponse)
                .with_head(self.head)
                .with_retry_info(self.retry_info);
            self.context.complete(error.with_context(context))
        })
    }
}
