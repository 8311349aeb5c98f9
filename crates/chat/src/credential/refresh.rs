//! Getting a new token: one refresh in flight, however many callers wait.

use std::error::Error as StdError;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use futures_core::future::BoxFuture;
use futures_util::FutureExt;
use futures_util::future::Shared;
use http::HeaderValue;
use tokio::task::AbortHandle;

use super::{AccessToken, proactive};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};

/// A token with less than this left is replaced (as the service's other clients do).
const REFRESH_BEFORE_EXPIRY: Duration = Duration::from_secs(2 * 60);

/// Why there is no new token, shared by all who waited for it.
#[derive(Clone, Debug)]
pub(super) struct RefreshFailure(Arc<dyn StdError + Send + Sync>);

impl RefreshFailure {
    pub(super) fn new(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Arc::from(error.into()))
    }
}

impl fmt::Display for RefreshFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl StdError for RefreshFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

#[derive(Debug, thiserror::Error)]
enum RefresherFault {
    #[error("the refresher returned a token that has expired already")]
    Expired,
    #[error("the refresher panicked")]
    Panicked,
}

pub(super) type Refreshed = Result<AccessToken, RefreshFailure>;
pub(super) type Refresh = Arc<dyn Fn() -> BoxFuture<'static, Refreshed> + Send + Sync>;
pub(super) type InFlight = Shared<BoxFuture<'static, Refreshed>>;

pub(super) struct Refresher {
    refresh: Refresh,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// The task that refreshes ahead of time, once it is wanted and has been started.
    ahead: OnceLock<Option<AbortHandle>>,
    wants_ahead: AtomicBool,
}

#[derive(Default)]
struct State {
    token: Option<AccessToken>,
    in_flight: Option<InFlight>,
}

/// What a caller has to do for a token.
enum Next {
    Have(AccessToken),
    Wait {
        in_flight: InFlight,
        /// Whether somebody else has begun the refresh.
        joined: bool,
        /// The token at hand, if it is still valid.
        still_valid: Option<AccessToken>,
    },
}

impl Refresher {
    pub(super) fn new(
        refresh: Refresh,
        initial_token: Option<AccessToken>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let state = Mutex::new(State {
            token: initial_token,
            in_flight: None,
        });
        Self {
            refresh,
            clock,
            state,
            ahead: OnceLock::new(),
            wants_ahead: AtomicBool::new(false),
        }
    }

    /// Refreshes ahead of time, from the first use on: until then there may be no runtime.
    pub(super) fn refresh_ahead(&self) {
        self.wants_ahead.store(true, Ordering::Relaxed);
    }

    pub(super) async fn token(self: &Arc<Self>) -> Result<AccessToken, Error> {
        let token = self.token_on_demand().await;
        if token.is_ok() && self.wants_ahead.load(Ordering::Relaxed) {
            self.ahead
                .get_or_init(|| proactive::start(self, Arc::clone(&self.clock)));
        }
        token
    }

    async fn token_on_demand(&self) -> Result<AccessToken, Error> {
        loop {
            let (in_flight, at_hand) = match self.next() {
                Next::Have(token) => return Ok(token),
                Next::Wait {
                    in_flight,
                    joined,
                    still_valid,
                } => {
                    // Whoever began the refresh may have given up since: this poll keeps it going.
                    if joined
                        && let Some(token) = &still_valid
                        && in_flight.clone().now_or_never().is_none()
                    {
                        return Ok(token.clone());
                    }
                    (in_flight, still_valid)
                }
            };
            let refreshed = in_flight.clone().await;
            self.finish(&in_flight, &refreshed);
            // Time has gone by meanwhile: within the refresh, and perhaps since it ended.
            let now = self.clock.now();
            match refreshed {
                Ok(token) if token.expires_on() > now => return Ok(token),
                Ok(_) => {}
                Err(failure) => {
                    let still_valid = at_hand.filter(|token| token.expires_on() > now);
                    return still_valid.ok_or_else(|| {
                        Error::new(ErrorKind::Credential)
                            .with_context("the access token could not be refreshed")
                            .with_source(failure)
                    });
                }
            }
        }
    }

    /// Gives up the token at hand if it is the one that was refused.
    pub(super) fn drop_refused(&self, header: &HeaderValue) {
        let mut state = self.lock();
        if state
            .token
            .as_ref()
            .is_some_and(|token| token.header_value() == header)
        {
            state.token = None;
        }
    }

    /// The token at hand, valid or not.
    pub(super) fn current(&self) -> Option<AccessToken> {
        self.lock().token.clone()
    }

    fn next(&self) -> Next {
        let now = self.clock.now();
        let mut state = self.lock();
        if let Some(token) = &state.token
            && token.expires_on() > now + REFRESH_BEFORE_EXPIRY
        {
            return Next::Have(token.clone());
        }
        let still_valid = state.token.clone().filter(|token| token.expires_on() > now);
        let joined = state.in_flight.is_some();
        let in_flight = self.joined(&mut state);
        Next::Wait {
            in_flight,
            joined,
            still_valid,
        }
    }

    /// The refresh that is in flight, and if there is none a new one.
    pub(super) fn begin(&self) -> InFlight {
        self.joined(&mut self.lock())
    }

    fn joined(&self, state: &mut State) -> InFlight {
        state.in_flight.get_or_insert_with(|| self.start()).clone()
    }

    /// Makes the refresh; none of the refresher's code runs before it is polled.
    fn start(&self) -> InFlight {
        let refresh = Arc::clone(&self.refresh);
        let clock = Arc::clone(&self.clock);
        let checked = async move {
            let token = refresh().await?;
            if token.expires_on() <= clock.now() {
                return Err(RefreshFailure::new(RefresherFault::Expired));
            }
            Ok(token)
        };
        // A panic would otherwise be everybody's, and the refresh would stay in flight for ever.
        AssertUnwindSafe(checked)
            .catch_unwind()
            .map(|result| {
                result.unwrap_or_else(|_| Err(RefreshFailure::new(RefresherFault::Panicked)))
            })
            .boxed()
            .shared()
    }

    /// Takes in what a refresh gave, once: the first who has waited for it does it for all.
    pub(super) fn finish(&self, in_flight: &InFlight, refreshed: &Refreshed) {
        let mut state = self.lock();
        if state
            .in_flight
            .as_ref()
            .is_some_and(|current| current.ptr_eq(in_flight))
        {
            state.in_flight = None;
            if let Ok(token) = refreshed {
                state.token = Some(token.clone());
            }
        }
    }

    /// Nothing that could panic runs while the lock is held.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Refresher {
    fn drop(&mut self) {
        if let Some(Some(task)) = self.ahead.get() {
            task.abort();
        }
    }
}
