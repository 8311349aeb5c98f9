//! The one way every request takes to the service.

mod attempt;
mod authorize;
mod bounds;
mod call;
mod error_body;
mod failure;
mod options;
mod retry;
mod retry_after;
mod service_time;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[cfg(feature = "identity")]
pub(crate) use authorize::Sign;
pub(crate) use authorize::{Authorization, Authorize};
pub(crate) use call::{Answer, Call, Request};
pub(crate) use options::{Options, option_setters};
pub use retry::RetryOptions;

use crate::clock::{Clock, system_clock};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::governor::RateGovernor;
use crate::models::ChatThreadId;
use retry::Budget;
use service_time::ServiceTime;

/// What reads the service's answers, for those who feed it.
#[cfg(any(fuzzing, test))]
pub(crate) mod inputs {
    pub(crate) use super::error_body::read as error_body;
    pub(crate) use super::retry_after::read as retry_after;
    pub(crate) use super::service_time::read as date;
}

/// A number for each pipeline of this process.
static NEXT_NUMBER: AtomicU64 = AtomicU64::new(0);

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
    retry: RetryOptions,
    budget: Budget,
    governor: Option<RateGovernor>,
    /// What tells this client from others, where its user is not known.
    number: u64,
    service_time: ServiceTime,
    clock: Arc<dyn Clock>,
}

impl Pipeline {
    pub(crate) fn new(
        endpoint: &str,
        options: Options,
        authorize: Box<dyn Authorize>,
    ) -> Result<Self, Error> {
        let endpoint = Endpoint::parse(endpoint, options.allow_insecure_http)?;
        Ok(Self {
            shared: Arc::new(Shared {
                endpoint,
                authorize,
                timeout: options.timeout,
                max_response_bytes: options.max_response_bytes,
                retry: options.retry.clone(),
                budget: Budget::default(),
                governor: options.governor.clone(),
                number: NEXT_NUMBER.fetch_add(1, Ordering::Relaxed),
                service_time: ServiceTime::default(),
                clock: system_clock(),
                http: options.http_client()?,
            }),
        })
    }

    /// A call that has nothing set for it alone.
    pub(crate) fn call(&self) -> Call {
        Call::new(self.clone(), None)
    }

    /// A call about one thread.
    pub(crate) fn call_about(&self, thread: &ChatThreadId) -> Call {
        Call::new(self.clone(), Some(thread.clone()))
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.shared.endpoint
    }
}
