//! The rate limits that the service documents, for those who ask for them.

mod rules;

use std::collections::HashMap;
use std::time::Duration;

use self::rules::{RULES, Rule, Scope};
use crate::api::operation::Operation;
use crate::store::ThreadId;
use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

/// What one rule counts together: the rule's place in the table, and the user and thread it is for.
type Subject = (usize, Option<RawId>, Option<ThreadId>);

/// Requests since the first one of a window.
#[derive(Debug)]
struct Window {
    start: Timestamp,
    requests: u32,
}

impl Window {
    /// How long it still lasts; nothing when it is over, or ahead of a clock that was set back.
    fn left(&self, rule: &Rule, now: Timestamp) -> Option<Duration> {
        let end = self.start.plus(Duration::from_secs(rule.seconds));
        let left = u64::try_from(end.millis() - now.millis()).ok()?;
        (left > 0 && self.start <= now).then(|| Duration::from_millis(left))
    }
}

/// Counts requests, and says which are too many.
///
/// A window begins with the first request after the last window's end. Refused requests count too, as
/// the documentation says of retries.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    windows: HashMap<Subject, Window>,
    /// At how many windows those that are over are thrown away.
    sweep_at: usize,
}

/// The request came too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyRequests {
    /// When the same request will pass, in whole seconds from now.
    pub(crate) retry_after: u64,
}

impl RateLimiter {
    const LEAST_SWEEP: usize = 1024;

    pub(crate) fn new() -> Self {
        Self {
            windows: HashMap::new(),
            sweep_at: Self::LEAST_SWEEP,
        }
    }

    /// Counts a request, and refuses it when it is one too many by any rule.
    pub(crate) fn admit(
        &mut self,
        operation: Operation,
        user: Option<&RawId>,
        thread: Option<&ThreadId>,
        now: Timestamp,
    ) -> Result<(), TooManyRequests> {
        self.sweep(now);
        let mut wait = Duration::ZERO;
        for (index, rule) in RULES.iter().enumerate() {
            if !rule.operations.contains(&operation) {
                continue;
            }
            let (user, thread) = match rule.scope {
                Scope::Resource => (None, None),
                Scope::User => (user, None),
                Scope::Thread => (None, thread),
                Scope::UserInThread => (user, thread),
            };
            let subject = (index, user.cloned(), thread.cloned());
            let fresh = Window {
                start: now,
                requests: 0,
            };
            let window = self.windows.entry(subject).or_insert(fresh);
            let left = window.left(rule, now).unwrap_or_else(|| {
                *window = Window {
                    start: now,
                    requests: 0,
                };
                Duration::from_secs(rule.seconds)
            });
            window.requests = window.requests.saturating_add(1);
            if window.requests > rule.requests {
                wait = wait.max(left);
            }
        }
        if wait.is_zero() {
            return Ok(());
        }
        let retry_after = wait.as_millis().div_ceil(1000);
        Err(TooManyRequests {
            retry_after: u64::try_from(retry_after).unwrap_or(u64::MAX),
        })
    }

    /// Throws away the windows that are over, now and then: there are never more than twice as many as
    /// are needed.
    fn sweep(&mut self, now: Timestamp) {
        if self.windows.len() < self.sweep_at {
            return;
        }
        self.windows.retain(|(index, ..), window| {
            RULES
                .get(*index)
                .is_some_and(|rule| window.left(rule, now).is_some())
        });
        self.sweep_at = (2 * self.windows.len()).max(Self::LEAST_SWEEP);
    }
}

#[cfg(test)]
mod tests;
