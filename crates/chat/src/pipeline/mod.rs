//! The one way every request takes to the service.

mod attempt;
mod error_body;
mod failure;
mod operations;
mod options;
mod retry_after;

use std::sync::Arc;
use std::time::Duration;

use chat_rest::{Operation, ResponseValue};
use futures_core::future::BoxFuture;
use tracing::Instrument;
use uuid::Uuid;

#[cfg(feature = "identity")]
pub(crate) use attempt::Sign;
pub(crate) use attempt::{Authorization, Authorize, RestClient};
pub(crate) use options::{Options, option_setters};

use crate::endpoint::Endpoint;
use crate::error::{AnswerHead, Error, ErrorKind};
use attempt::Attempt;
use failure::Failure;

/// What a generated client's function gives.
pub(crate) type RestResult<T> = Result<ResponseValue<T>, chat_rest::Error>;

/// One request to the service, made from what `S` holds. It does not own `S`, so that it can be
/// made again.
pub(crate) type Request<C, S, T> = for<'a> fn(&'a C, &'a S) -> BoxFuture<'a, RestResult<T>>;

/// Sends requests to one endpoint on behalf of one caller. A clone shares everything.
#[derive(Clone, Debug)]
pub(crate) struct Pipeline {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    http: reqwest::Client,
    endpoint: Endpoint,
    authorize: Box<dyn Authorize>,
    timeout: Duration,
    max_response_bytes: usize,
}

impl Pipeline {
    pub(crate) fn new(
        endpoint: &str,
        options: Options,
        authorize: impl FnOnce(&Endpoint) -> Box<dyn Authorize>,
    ) -> Result<Self, Error> {
        let endpoint = Endpoint::parse(endpoint, options.allow_insecure_http)?;
        let authorize = authorize(&endpoint);
        let (timeout, max_response_bytes) = (options.timeout, options.max_response_bytes);
        let http = options.http_client()?;
        Ok(Self {
            shared: Arc::new(Shared {
                http,
                endpoint,
                authorize,
                timeout,
                max_response_bytes,
            }),
        })
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.shared.endpoint
    }

    /// Carries out an operation: `request` makes one request for it from `state`.
    pub(crate) async fn call<C, S, T>(
        &self,
        operation: &'static Operation,
        state: S,
        request: Request<C, S, T>,
    ) -> Result<Answer<T>, Error>
    where
        C: RestClient,
        S: Send + Sync,
        T: Send,
    {
        let context = Context {
            operation,
            client_request_id: Uuid::new_v4(),
        };
        let span = tracing::debug_span!(
            "call",
            operation = operation.id,
            client_request_id = %context.client_request_id,
        );
        self.attempt(context, &state, request)
            .instrument(span)
            .await
            .map_err(|error| context.complete(error))
    }

    async fn attempt<C, S, T>(
        &self,
        context: Context,
        state: &S,
        request: Request<C, S, T>,
    ) -> Result<Answer<T>, Error>
    where
        C: RestClient,
        S: Send + Sync,
        T: Send,
    {
        let shared = &*self.shared;
        let authorization = shared.authorize.authorization().await?;
        let attempt = Arc::new(Attempt::new(
            authorization,
            context.client_request_id,
            shared.max_response_bytes,
        ));
        let client = C::new(
            shared.endpoint.as_str(),
            shared.http.clone(),
            Arc::clone(&attempt) as _,
        );
        let exchange = async {
            match request(&client, state).await {
                Ok(answer) => Ok(answer.into_inner()),
                Err(error) => Err(Failure::of(error).await),
            }
        };
        let outcome = tokio::time::timeout(shared.timeout, exchange)
            .await
            .unwrap_or(Err(Failure::TimedOut));
        let head = attempt.head().cloned();
        let status = head.as_ref().map(|head| head.status);
        match outcome {
            Ok(value) => {
                tracing::debug!(status, "done");
                Ok(Answer {
                    value,
                    head,
                    context,
                })
            }
            Err(failure) => {
                let ms_cv = head.as_ref().and_then(|head| head.ms_cv.as_deref());
                tracing::debug!(status, ms_cv, failure = failure.name(), "failed");
                Err(failure.into_error(operations::repeat(context.operation), head))
            }
        }
    }
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

/// What an operation gave, and what came with it.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    value: T,
    head: Option<AnswerHead>,
    context: Context,
}

impl<T> Answer<T> {
    pub(crate) fn into_value(self) -> T {
        self.value
    }

    /// Goes on with the value. Where it lacks what it must have, the error says so and holds what
    /// else was seen of the answer.
    pub(crate) fn and_then<U>(
        self,
        read: impl FnOnce(T) -> Result<U, &'static str>,
    ) -> Result<U, Error> {
        read(self.value).map_err(|context| {
            let error = Error::new(ErrorKind::InvalidResponse).with_head(self.head);
            self.context.complete(error.with_context(context))
        })
    }
}
