//! Getting a new token: one refresh at a time, in a task of its own, however many callers wait.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_core::future::BoxFuture;
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use http::HeaderValue;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::Instant;

use super::access_token::AccessToken;
use super::failure::{RefreshFailure, RefreshFault, no_token};
use super::task::Task;
use crate::clock::Clock;
use crate::error::Error;

/// A token with less than this left is replaced (as the service's other clients do).
const REFRESH_BEFORE_EXPIRY: Duration = Duration::from_secs(2 * 60);

/// How long a refresh may take, unless it is set.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long after the end of a refresh that failed, or that gave a token which does not last, the
/// next may begin.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

pub(super) type Refreshed = Result<AccessToken, RefreshFailure>;
pub(super) type Refresh = Arc<dyn Fn() -> BoxFuture<'static, Refreshed> + Send + Sync>;

pub(super) struct Refresher {
    refresh: Refresh,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    token: Option<AccessToken>,
    timeout: Duration,
    running: Option<Running>,
    ended: Option<Ended>,
}

/// A refresh that runs. Dropping it ends its task.
struct Running {
    started: Instant,
    timeout: Duration,
    outcome: watch::Receiver<Option<Refreshed>>,
    _task: Task,
}

/// The end of the last refresh, and why it failed if it did.
struct Ended {
    at: Instant,
    failure: Option<RefreshFailure>,
}

/// What a caller waits for.
struct Waiting {
    outcome: watch::Receiver<Option<Refreshed>>,
    time_left: Duration,
    /// Whether the refresh was started for this caller, so that it runs on the caller's runtime.
    is_own: bool,
}

impl Refresher {
    pub(super) fn new(
        refresh: Refresh,
        initial_token: Option<AccessToken>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let state = Mutex::new(State {
            token: initial_token,
            timeout: TIMEOUT,
            running: None,
            ended: None,
        });
        Self {
            refresh,
            clock,
            state,
        }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Limits the refreshes that begin from now on.
    pub(super) fn set_timeout(&self, timeout: Duration) {
        self.lock().timeout = timeout;
    }

    /// The token at hand, valid or not.
    pub(super) fn current(&self) -> Option<AccessToken> {
        self.lock().token.clone()
    }

    /// Gives up the token at hand if it is the one that was refused.
    pub(super) fn drop_refused(&self, header: &HeaderValue) {
        let mut state = self.lock();
        let _refused = state.token.take_if(|token| token.header_value() == header);
    }

    /// A valid token: the one at hand, or else the one that a refresh gives.
    pub(super) async fn token(self: &Arc<Self>) -> Result<AccessToken, Error> {
        loop {
            if let Some(token) = self.valid_token() {
                return Ok(token);
            }
            match self.refresh().await {
                Ok(token) if token.expires_on() > self.clock.now() => return Ok(token),
                // It has expired before this caller was woken.
                Ok(_) => {}
                Err(failure) => return Err(no_token(failure, self.expired_on())),
            }
        }
    }

    /// When the token at hand expired, if it has.
    fn expired_on(&self) -> Option<OffsetDateTime> {
        let expires_on = self.current()?.expires_on();
        (expires_on <= self.clock.now()).then_some(expires_on)
    }

    /// The token at hand if it is valid. If it is about to expire, a refresh is started in the
    /// background.
    pub(super) fn valid_token(self: &Arc<Self>) -> Option<AccessToken> {
        let now = self.clock.now();
        let mut state = self.lock();
        let token = state.token.clone()?;
        if token.expires_on() <= now {
            return None;
        }
        let lasts = token.expires_on() > now + REFRESH_BEFORE_EXPIRY;
        if !lasts && !state.has_just_ended(self.clock.instant()) {
            // Without a runtime to start it on, the token is still used.
            let _ = self.join(&mut state);
        }
        Some(token)
    }

    /// What the refresh that runs gives, or a new one. If the last one has just failed, its
    /// failure.
    pub(super) async fn refresh(self: &Arc<Self>) -> Refreshed {
        loop {
            let mut waiting = self.join(&mut self.lock())?;
            let outcome = waiting.outcome.wait_for(Option::is_some);
            let outcome = pin!(outcome.map(|outcome| outcome.ok()?.clone()));
            // The task has the same time limit, but its runtime may not be driven.
            match select(outcome, self.clock.sleep(waiting.time_left)).await {
                Either::Left((Some(refreshed), _)) => return refreshed,
                Either::Left((None, _)) if waiting.is_own => {
                    return Err(RefreshFault::RuntimeEnded.into());
                }
                // It ended with the runtime of another caller, so that a new one is due.
                Either::Left((None, _)) => {}
                Either::Right(_) => return Err(RefreshFault::TimedOut.into()),
            }
        }
    }

    /// Joins the refresh that runs, or starts one.
    fn join(self: &Arc<Self>, state: &mut State) -> Result<Waiting, RefreshFailure> {
        let now = self.clock.instant();
        state.give_up_lost(now);
        if let Some(running) = &state.running {
            return Ok(running.wait(now, false));
        }
        if let Some(Ended {
            failure: Some(failure),
            ..
        }) = &state.ended
            && state.has_just_ended(now)
        {
            return Err(Arc::clone(failure));
        }
        let running = self.start(state.timeout).ok_or(RefreshFault::NoRuntime)?;
        Ok(state.running.insert(running).wait(now, true))
    }

    fn start(self: &Arc<Self>, timeout: Duration) -> Option<Running> {
        let (sender, outcome) = watch::channel(None);
        let (refresh, clock) = (Arc::clone(&self.refresh), Arc::clone(&self.clock));
        // The task holds no strong reference, so that dropping the credential ends it.
        let refresher = Arc::downgrade(self);
        let task = Task::spawn(async move {
            let refreshed = run(refresh, &*clock, timeout).await;
            if let Some(refresher) = refresher.upgrade() {
                refresher.finish(&sender, refreshed);
            }
        })?;
        Some(Running {
            started: self.clock.instant(),
            timeout,
            outcome,
            _task: task,
        })
    }

    /// Stores what a refresh gave, unless it has been given up, and tells those who wait.
    fn finish(&self, sender: &watch::Sender<Option<Refreshed>>, refreshed: Refreshed) {
        let mut state = self.lock();
        let outcome = sender.subscribe();
        let current = state
            .running
            .take_if(|running| running.outcome.same_channel(&outcome));
        if current.is_some() {
            state.ended = Some(Ended {
                at: self.clock.instant(),
                failure: refreshed.as_ref().err().cloned(),
            });
            if let Ok(token) = &refreshed {
                state.token = Some(token.clone());
            }
        }
        drop(state);
        sender.send_replace(Some(refreshed));
    }

    /// Nothing that could panic runs while the lock is held.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_just_ended(&self, now: Instant) -> bool {
        self.ended
            .as_ref()
            .is_some_and(|ended| now.saturating_duration_since(ended.at) < PAUSE)
    }

    /// Gives up a refresh whose runtime has ended, or does not drive it.
    fn give_up_lost(&mut self, now: Instant) {
        let is_lost = |running: &mut Running| running.outcome.has_changed().is_err();
        drop(self.running.take_if(is_lost));
        let is_late = |running: &mut Running| running.time_left(now).is_zero();
        if let Some(late) = self.running.take_if(is_late) {
            self.ended = Some(Ended {
                // At most now, since no time is left.
                at: late.started + late.timeout,
                failure: Some(RefreshFault::TimedOut.into()),
            });
        }
    }
}

impl Running {
    fn time_left(&self, now: Instant) -> Duration {
        self.timeout
            .saturating_sub(now.saturating_duration_since(self.started))
    }

    fn wait(&self, now: Instant, is_own: bool) -> Waiting {
        Waiting {
            outcome: self.outcome.clone(),
            time_left: self.time_left(now),
            is_own,
        }
    }
}

/// Calls the refresher once.
async fn run(refresh: Refresh, clock: &dyn Clock, timeout: Duration) -> Refreshed {
    // A panic may come from the refresher itself and from what it returns.
    let refreshed = pin!(AssertUnwindSafe(async { refresh().await }).catch_unwind());
    match select(refreshed, clock.sleep(timeout)).await {
        Either::Left((Ok(refreshed), _)) => refreshed.and_then(|token| valid(token, clock.now())),
        Either::Left((Err(_), _)) => Err(RefreshFault::Panicked.into()),
        Either::Right(_) => Err(RefreshFault::TimedOut.into()),
    }
}

fn valid(token: AccessToken, now: OffsetDateTime) -> Refreshed {
    if token.expires_on() > now {
        Ok(token)
    } else {
        Err(RefreshFault::Expired(token.expires_on()).into())
    }
}
