//! What builders send their requests through.

use std::ops::Deref;
use std::sync::Arc;
#[cfg(feature = "blocking")]
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

use super::authorization::Authorization;
use super::connections::Transport;
use super::deadline::Deadline;
use super::retry::{Budget, RetryOptions};
use super::service_time::ServiceTime;
use crate::clock::Clock;
#[cfg(feature = "realtime")]
use crate::credential::CommunicationTokenCredential;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::governor::User;

/// Sends requests to one endpoint on behalf of one caller. A clone shares everything.
#[derive(Clone, Debug)]
pub(crate) struct Pipeline(Arc<Caller>);

/// On whose behalf requests are sent, and through what.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(super) transport: Transport,
    pub(super) service: Arc<Service>,
    pub(super) authorization: Authorization,
    /// What tells this caller from others where its user is not known.
    number: u64,
}

/// What all callers of an endpoint share beside connections and settings.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) endpoint: Endpoint,
    http: reqwest::Client,
    /// For blocking calls, whose connections belong to another runtime.
    #[cfg(feature = "blocking")]
    blocking_http: OnceLock<reqwest::Client>,
    pub(super) budget: Budget,
    pub(super) time: ServiceTime,
}

static NEXT_NUMBER: AtomicU64 = AtomicU64::new(0);

impl Pipeline {
    pub(crate) fn new(
        endpoint: &str,
        transport: Transport,
        authorization: Authorization,
    ) -> Result<Self, Error> {
        let endpoint = Endpoint::parse(endpoint, transport.settings().allow_insecure_http)?;
        let service = Arc::new(Service {
            http: transport.http(&endpoint)?.clone(),
            #[cfg(feature = "blocking")]
            blocking_http: OnceLock::new(),
            endpoint,
            budget: Budget::default(),
            time: ServiceTime::default(),
        });
        Ok(Self::of(transport, service, authorization))
    }

    fn of(transport: Transport, service: Arc<Service>, authorization: Authorization) -> Self {
        Self(Arc::new(Caller {
            transport,
            service,
            authorization,
            number: NEXT_NUMBER.fetch_add(1, Ordering::Relaxed),
        }))
    }

    /// The same for another caller: connections, settings and what is known of the service are
    /// shared.
    pub(crate) fn with_authorization(&self, authorization: Authorization) -> Self {
        let (transport, service) = (self.0.transport.clone(), Arc::clone(&self.0.service));
        Self::of(transport, service, authorization)
    }

    /// The HTTP client for a request that is made now. A request must not get a connection of
    /// another runtime, which makes no progress while that runtime's thread waits for the request:
    /// blocking calls have connections of their own.
    pub(super) fn http(&self) -> reqwest::Client {
        #[cfg(feature = "blocking")]
        if self.transport.runtime().is_current() {
            let (service, transport) = (&self.service, &self.transport);
            if let Some(http) = service.blocking_http.get() {
                return http.clone();
            }
            // It was made once with the same settings, so it can be made again.
            if let Ok(http) = transport.new_http(&service.endpoint) {
                return service.blocking_http.get_or_init(|| http).clone();
            }
        }
        self.service.http.clone()
    }

    /// A call that has nothing set for it alone.
    pub(crate) fn call(&self) -> Call {
        Call {
            pipeline: self.clone(),
            options: None,
        }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.service.endpoint
    }

    pub(super) fn user(&self) -> User {
        let user = self.authorization.user();
        user.map_or(User::OfClient(self.number), User::RawId)
    }
}

impl Deref for Pipeline {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// What a builder sends its requests through, and what is set for them alone.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(super) pipeline: Pipeline,
    /// In a box, since few calls have any.
    options: Option<Box<CallOptions>>,
}

/// What callers can set for one call alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallOptions {
    pub(crate) retry: Option<RetryOptions>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) keep_body: bool,
}

impl Call {
    /// What is set for this call alone, to be set.
    pub(crate) fn options_mut(&mut self) -> &mut CallOptions {
        self.options.get_or_insert_default()
    }

    fn options(&self) -> Option<&CallOptions> {
        self.options.as_deref()
    }

    /// How long the call may take, if that is set for it alone.
    pub(crate) fn own_timeout(&self) -> Option<Duration> {
        self.options()?.timeout
    }

    /// How long one of its requests may take.
    pub(super) fn attempt_timeout(&self) -> Duration {
        let own = self.options().and_then(|options| options.attempt_timeout);
        own.unwrap_or(self.pipeline.transport.settings().attempt_timeout)
    }

    /// Whether the body of the response is to be kept as it was received.
    pub(super) fn keeps_body(&self) -> bool {
        self.options().is_some_and(|options| options.keep_body)
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        self.pipeline.endpoint()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &**self.pipeline.transport.clock()
    }

    /// The raw id of the user, if the token says it.
    pub(crate) fn user_id(&self) -> Option<String> {
        self.pipeline.authorization.user()
    }

    /// A time that the service's clock had reached at `instant`, as its responses say.
    pub(crate) fn service_time_at(&self, instant: Instant) -> Option<OffsetDateTime> {
        self.pipeline.service.time.at(instant)
    }

    /// What blocking calls run on.
    #[cfg(feature = "blocking")]
    pub(crate) fn runtime(&self) -> &crate::blocking::Runtime {
        self.pipeline.transport.runtime()
    }

    /// The credential, if it is one of a token.
    #[cfg(feature = "realtime")]
    pub(crate) fn credential(&self) -> Option<&CommunicationTokenCredential> {
        self.pipeline.authorization.credential()
    }

    /// The clock, to be kept.
    #[cfg(feature = "realtime")]
    pub(crate) fn shared_clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.pipeline.transport.clock())
    }

    /// An HTTP client of its own, whose connections can become sockets.
    #[cfg(feature = "realtime")]
    pub(crate) fn new_http1(&self, is_direct: bool) -> Result<reqwest::Client, Error> {
        self.pipeline.transport.new_http1(is_direct)
    }

    /// How often a request of this call may be repeated.
    pub(crate) fn max_retries(&self) -> u32 {
        self.retry_options().max_retries
    }

    pub(super) fn retry_options(&self) -> &RetryOptions {
        let settings = self.pipeline.transport.settings();
        let own = self.options().and_then(|options| options.retry.as_ref());
        own.unwrap_or(&settings.retry)
    }

    /// When a call that begins now has to be over.
    pub(crate) fn deadline(&self) -> Deadline {
        let settings = self.pipeline.transport.settings();
        Deadline::after(self.own_timeout().unwrap_or(settings.timeout), self.clock())
    }
}
