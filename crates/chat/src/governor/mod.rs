//! Keeping under the service's rate limits, so that nothing is ever refused for being too much.

mod lane;
mod limits;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use limits::{RateGroup, RateLimits, RateScope};

use crate::clock::{Clock, system_clock};
use crate::models::ChatThreadId;
use lane::Lane;
use limits::Rule;

/// Keeps clients under rate limits: a request waits until it is its turn.
///
/// A clone is the same governor. Clients that share one are counted together where the service
/// counts by thread or resource; where it counts by user, each client is taken for another user.
/// Whoever waits longest is served first, and threads do not wait for one another.
///
/// Time spent waiting here counts neither as part of an attempt's timeout nor, before the first
/// attempt, of the deadline for all; it is told as [`RetryInfo::queued`](crate::RetryInfo::queued).
///
/// ```
/// # fn main() -> Result<(), chat::Error> {
/// # let credential = chat::CommunicationTokenCredential::new("e30.eyJleHAiOjE5OTk5OTk5OTl9.c2ln")?;
/// use chat::{ChatClient, RateGovernor, RateLimits};
///
/// let governor = RateGovernor::new(RateLimits::documented());
/// let client = ChatClient::builder("https://contoso.communication.azure.com", credential)
///     .rate_governor(&governor)
///     .build()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RateGovernor {
    shared: Arc<Shared>,
}

struct Shared {
    rules: Vec<Rule>,
    clock: Arc<dyn Clock>,
    lanes: Mutex<Lanes>,
}

struct Lanes {
    by_subject: HashMap<Subject, Arc<Lane>>,
    /// At how many lanes idle ones are thrown away.
    sweep_at: usize,
}

/// What one lane counts: a rule, and the user and thread it is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Subject {
    rule: usize,
    user: Option<u64>,
    thread: Option<ChatThreadId>,
}

const LEAST_SWEEP: usize = 1024;

impl RateGovernor {
    /// A governor for these limits.
    #[must_use]
    pub fn new(limits: RateLimits) -> Self {
        Self::with_clock(limits, system_clock())
    }

    fn with_clock(limits: RateLimits, clock: Arc<dyn Clock>) -> Self {
        Self {
            shared: Arc::new(Shared {
                rules: limits.rules,
                clock,
                lanes: Mutex::new(Lanes {
                    by_subject: HashMap::new(),
                    sweep_at: LEAST_SWEEP,
                }),
            }),
        }
    }

    /// Waits until a request of the operation may be made, by this user and in this thread.
    pub(crate) async fn admit(
        &self,
        operation: &str,
        user: u64,
        thread: Option<&ChatThreadId>,
    ) -> Permit {
        let mut permit = Permit {
            lanes: Vec::new(),
            clock: Arc::clone(&self.shared.clock),
        };
        let Some(group) = RateGroup::of(operation) else {
            return permit;
        };
        for (index, rule) in self.shared.rules.iter().enumerate() {
            if rule.group != group {
                continue;
            }
            let (by_user, by_thread) = match rule.scope {
                RateScope::Resource => (false, false),
                RateScope::User => (true, false),
                RateScope::Thread => (false, true),
                RateScope::UserAndThread => (true, true),
            };
            let subject = Subject {
                rule: index,
                user: by_user.then_some(user),
                thread: thread.filter(|_| by_thread).cloned(),
            };
            let lane = self.lane(subject, rule);
            lane.enter(&*self.shared.clock).await;
            permit.lanes.push(lane);
        }
        permit
    }

    fn lane(&self, subject: Subject, rule: &Rule) -> Arc<Lane> {
        let mut lanes = self.lanes();
        if lanes.by_subject.len() >= lanes.sweep_at {
            let now = self.shared.clock.instant();
            // A lane somebody holds is in use, or about to be.
            lanes
                .by_subject
                .retain(|_, lane| Arc::strong_count(lane) > 1 || !lane.is_idle(now));
            lanes.sweep_at = (2 * lanes.by_subject.len()).max(LEAST_SWEEP);
        }
        let lane = lanes
            .by_subject
            .entry(subject)
            .or_insert_with(|| Arc::new(Lane::new(rule.count, rule.window)));
        Arc::clone(lane)
    }

    /// Nothing that could panic runs while the lock is held.
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        let lanes = self.shared.lanes.lock();
        lanes.unwrap_or_else(PoisonError::into_inner)
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
            .field("rules", &self.shared.rules.len())
            .finish_non_exhaustive()
    }
}

/// The right to make one request. It is dropped when the request has ended.
pub(crate) struct Permit {
    lanes: Vec<Arc<Lane>>,
    clock: Arc<dyn Clock>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = self.clock.instant();
        for lane in &self.lanes {
            lane.leave(now);
        }
    }
}

#[cfg(test)]
mod tests;
