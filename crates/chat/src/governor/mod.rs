//! Keeping requests under the service's rate limits: [`RateGovernor`], and the limits it keeps.

mod lane;
mod limits;
mod queue;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::select;
use tokio::sync::Notify;
use tokio::time::Instant;

pub use limits::{RateGroup, RateLimits, RateScope};

use crate::clock::{Clock, system_clock};
use crate::models::ChatThreadId;
use lane::Ticket;
use limits::Rule;
use queue::{Queue, Subject};

/// Keeps clients under rate limits: a request that would exceed one waits until there is room.
///
/// A clone is the same governor. Clients that share one are counted together as the service counts
/// them: by thread, by resource, and by user. The user is the one the access token names, so that
/// two clients of one user share its limits. Where the token does not name a user, or there is no
/// token yet, the client is counted as a user of its own; so is an identity client, which acts for
/// no user.
///
/// Requests go in the order in which they came. One that waits for a limit does not hold up requests
/// to which that limit does not apply. A request whose future is dropped while it waits does not
/// count.
///
/// A wait is part of the call's time. If it would end after the call's deadline, the call fails at
/// once. Typing notifications never wait. Where there is no room, one is not sent, and
/// fails with [`TooManyRequests`](crate::ErrorKind::TooManyRequests): a late one would be wrong.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { identity, alice, .. }: Scene) -> Done {
/// # let token = identity.issue_token(&alice, [chat::models::TokenScope::Chat]).await?;
/// # let (endpoint, credential) = (identity.endpoint(), chat::CommunicationTokenCredential::new(token)?);
/// use std::time::Duration;
/// use chat::governor::{RateGroup, RateLimits, RateScope};
/// use chat::{ChatClient, RateGovernor};
///
/// let limits = RateLimits::documented();
/// let minute = Duration::from_secs(60);
/// let limits = limits.limit(RateGroup::CreateThread, RateScope::User, 1, minute);
/// let governor = RateGovernor::new(limits);
/// let client = ChatClient::builder(endpoint, credential).rate_governor(&governor).build()?;
/// client.create_chat_thread("One").await?;
///
/// // The next would have to wait for longer than this call may take: it is not sent.
/// let two = client.create_chat_thread("Two").timeout(Duration::from_secs(1));
/// assert!(two.await.unwrap_err().is_throttled());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone)]
pub struct RateGovernor {
    shared: Arc<Shared>,
}

struct Shared {
    rules: Arc<[Rule]>,
    clock: Arc<dyn Clock>,
    queue: Mutex<Queue>,
}

/// Whose requests are counted together where a limit is by user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum User {
    /// The user with this raw id.
    RawId(String),
    /// The unknown user of the client with this number.
    OfClient(u64),
}

/// A request would have to wait for too long. Nothing was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRoom {
    /// How long it would have to wait from now on, at least.
    pub(crate) wait: Duration,
}

impl RateGovernor {
    /// A governor for these limits.
    #[must_use]
    pub fn new(limits: RateLimits) -> Self {
        Self::with_clock(limits, system_clock())
    }

    fn with_clock(limits: RateLimits, clock: Arc<dyn Clock>) -> Self {
        let rules: Arc<[Rule]> = limits.rules.into();
        Self {
            shared: Arc::new(Shared {
                queue: Mutex::new(Queue::new(Arc::clone(&rules))),
                rules,
                clock,
            }),
        }
    }

    /// Waits until there is room for a request of the group, by this user and in this thread. It
    /// fails as soon as it is known that there will be none before the deadline.
    pub(crate) async fn acquire(
        &self,
        group: Option<RateGroup>,
        user: &User,
        thread: Option<&ChatThreadId>,
        deadline: Instant,
    ) -> Result<Permit, NoRoom> {
        let mut permit = self.permit(group, user, thread);
        let Some(notify) = permit.enter(Some(deadline))? else {
            return Ok(permit);
        };
        while let Some(wait) = permit.wait(deadline)? {
            let notified = std::pin::pin!(notify.notified());
            select(notified, self.shared.clock.sleep(wait)).await;
        }
        Ok(permit)
    }

    /// As [`acquire`](Self::acquire), but without waiting.
    pub(crate) fn try_acquire(
        &self,
        group: Option<RateGroup>,
        user: &User,
        thread: Option<&ChatThreadId>,
    ) -> Result<Permit, NoRoom> {
        let mut permit = self.permit(group, user, thread);
        permit.enter(None)?;
        Ok(permit)
    }

    fn permit(
        &self,
        group: Option<RateGroup>,
        user: &User,
        thread: Option<&ChatThreadId>,
    ) -> Permit {
        let rules = self.shared.rules.iter().enumerate();
        let lanes = rules
            .filter(|(_, rule)| Some(rule.group) == group)
            .filter(|(_, rule)| thread.is_some() || !rule.scope.by_thread())
            .map(|(index, rule)| {
                Arc::new(Subject {
                    rule: index,
                    user: rule.scope.by_user().then(|| user.clone()),
                    thread: thread.filter(|_| rule.scope.by_thread()).cloned(),
                })
            });
        Permit {
            shared: Arc::clone(&self.shared),
            lanes: lanes.collect(),
            state: State::Nothing,
        }
    }
}

impl Shared {
    /// Nothing that could panic runs while the lock is held. The clock is read under it, so that
    /// time never goes back for the queue.
    fn queue(&self) -> (MutexGuard<'_, Queue>, Instant) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        (queue, self.clock.instant())
    }
}

impl From<&RateGovernor> for RateGovernor {
    fn from(governor: &RateGovernor) -> Self {
        governor.clone()
    }
}

impl fmt::Debug for RateGovernor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateGovernor")
            .field("rules", &self.shared.rules)
            .finish_non_exhaustive()
    }
}

/// The right to make one request. It is dropped when the request has ended.
pub(crate) struct Permit {
    shared: Arc<Shared>,
    lanes: Vec<Arc<Subject>>,
    state: State,
}

/// What a permit has.
enum State {
    Nothing,
    /// A place among those who wait, or slots of which it does not know yet.
    Place(Ticket),
    Slots,
}

impl Permit {
    /// Takes the slots, or a place among those who wait until a deadline.
    fn enter(&mut self, deadline: Option<Instant>) -> Result<Option<Arc<Notify>>, NoRoom> {
        if self.lanes.is_empty() {
            return Ok(None);
        }
        let (mut queue, now) = self.shared.queue();
        let Err(full) = queue.take(&self.lanes, now) else {
            self.state = State::Slots;
            return Ok(None);
        };
        if deadline.is_none_or(|deadline| full.earliest > deadline) {
            return Err(NoRoom::until(full.earliest, now));
        }
        let (ticket, notify) = queue.wait(&self.lanes, full, now);
        self.state = State::Place(ticket);
        Ok(Some(notify))
    }

    /// How long to wait before looking again; nothing if it has its slots.
    fn wait(&mut self, deadline: Instant) -> Result<Option<Duration>, NoRoom> {
        let State::Place(ticket) = self.state else {
            return Ok(None);
        };
        let (mut queue, now) = self.shared.queue();
        match queue.look(ticket, now) {
            None => {
                self.state = State::Slots;
                Ok(None)
            }
            Some(outlook) if outlook.earliest > deadline => {
                Err(NoRoom::until(outlook.earliest, now))
            }
            Some(outlook) => Ok(Some(outlook.look_again.saturating_duration_since(now))),
        }
    }
}

impl NoRoom {
    fn until(earliest: Instant, now: Instant) -> Self {
        Self {
            wait: earliest.saturating_duration_since(now),
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (mut queue, now) = self.shared.queue();
        match self.state {
            State::Nothing => {}
            State::Place(ticket) => queue.cancel(ticket, &self.lanes, now),
            State::Slots => queue.leave(&self.lanes, now),
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
