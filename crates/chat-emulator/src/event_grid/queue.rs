//! Events that wait for their delivery: which are due, and what becomes of those whose attempt has ended. It knows
//! neither tasks nor sockets.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::http::faults::Misfortune;
use crate::store::timestamp::Timestamp;

use super::dead_letters::{DeadLetters, Reason};
use super::event::Event;
use super::pending::Pending;
use super::retry::Outcome;
use super::subscription::Settings;

/// More events than these, or more bytes of them, are dead letters at once.
const MOST_EVENTS: usize = 50_000;
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// How long an event that is to come after the next one waits for a next one.
const HELD: Duration = Duration::from_secs(10);

/// What has become of events so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) published: u64,
    pub(super) delivered: u64,
    pub(super) failed_attempts: u64,
    /// By a fault, or as too much happened at once.
    pub(super) lost: u64,
}

/// The events of one subscription.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: BTreeMap<(Timestamp, u64), Pending>,
    /// Those that come after the next one, and when at the latest.
    held: BTreeMap<u64, Timestamp>,
    under_way: usize,
    bytes: usize,
    last_number: u64,
    /// Events up to this one are forgotten when they come back from an attempt.
    forgotten: u64,
    pub(super) counts: Counts,
    pub(super) dead_letters: DeadLetters,
}

impl Queue {
    /// Adds what has happened at `now`, unless there is no room for it or a fault befalls it.
    pub(super) fn publish(&mut self, event: Event, now: Timestamp, misfortune: Misfortune) {
        self.counts.published += 1;
        if misfortune.lost {
            self.counts.lost += 1;
            return;
        }
        let event = Arc::new(event);
        let copies = if misfortune.duplicated { 2 } else { 1 };
        for _ in 0..copies {
            self.last_number += 1;
            let pending = Pending::new(Arc::clone(&event), self.last_number, now);
            let size = event.size();
            if self.len() >= MOST_EVENTS || self.bytes + size > MOST_BYTES {
                self.dead_letters.add(pending, Reason::QueueFull);
                continue;
            }
            self.bytes += size;
            let mut due = now.plus(misfortune.late);
            if misfortune.reordered {
                due = due.plus(HELD);
                self.held.insert(self.last_number, due);
            }
            self.waiting.insert((due, self.last_number), pending);
        }
    }

    /// Forgets everything, also of events whose attempt is under way.
    pub(super) fn forget(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.bytes -= waiting
            .values()
            .map(|gone| gone.event.size())
            .sum::<usize>();
        self.held.clear();
        self.forgotten = self.last_number;
        self.counts = Counts::default();
        self.dead_letters = DeadLetters::default();
    }

    /// How many events are not delivered yet.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.under_way
    }

    /// When the next attempt is due.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.waiting.keys().next().map(|(due, _)| *due)
    }

    /// Takes the events of the next delivery out of those that are due at `now`.
    pub(super) fn take(&mut self, now: Timestamp, settings: &Settings) -> Vec<Pending> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < settings.most_events
            && let Some(first) = self.waiting.first_entry()
            && first.key().0 <= now
        {
            let size = first.get().event.size();
            if !batch.is_empty() && bytes + size > settings.most_bytes {
                break;
            }
            let pending = first.remove();
            self.held.remove(&pending.number);
            let lifetime = Duration::from_secs(u64::from(settings.minutes) * 60);
            if pending.attempts > 0 && pending.published.until(now) > lifetime {
                self.bytes -= size;
                self.dead_letters.add(pending, Reason::TimeToLiveExceeded);
                continue;
            }
            bytes += size;
            batch.push(pending);
        }
        self.under_way += batch.len();
        batch
    }

    /// Notes how the attempt to deliver a batch has ended at `now`: as a whole, well or not.
    pub(super) fn settle(
        &mut self,
        batch: Vec<Pending>,
        outcome: Outcome,
        now: Timestamp,
        settings: &Settings,
    ) {
        self.under_way -= batch.len();
        let forgotten = |pending: &Pending| pending.number <= self.forgotten;
        let (gone, batch): (Vec<_>, Vec<_>) = batch.into_iter().partition(forgotten);
        self.bytes -= gone.iter().map(|gone| gone.event.size()).sum::<usize>();
        if batch.is_empty() {
            return;
        }
        if !outcome.is_success() {
            self.counts.failed_attempts += 1;
        }
        for mut pending in batch {
            self.release_before(pending.number, now);
            pending.attempts += 1;
            pending.last_attempt = Some((now, outcome));
            let size = pending.event.size();
            if outcome.is_success() {
                self.counts.delivered += 1;
                self.bytes -= size;
                continue;
            }
            let given_up = match outcome.is_final() {
                true => Some(Reason::Undeliverable),
                false => (pending.attempts >= settings.most_attempts)
                    .then_some(Reason::MaxDeliveryAttemptsExceeded),
            };
            match given_up {
                Some(reason) => {
                    self.bytes -= size;
                    self.dead_letters.add(pending, reason);
                }
                None => {
                    let due = now.plus(outcome.pause(pending.attempts));
                    self.waiting.insert((due, pending.number), pending);
                }
            }
        }
    }

    /// Lets those go that were to come after the event of this number.
    fn release_before(&mut self, number: u64, now: Timestamp) {
        let released: Vec<_> = self
            .held
            .range(..number)
            .map(|(n, due)| (*due, *n))
            .collect();
        for key in released {
            self.held.remove(&key.1);
            if let Some(pending) = self.waiting.remove(&key) {
                self.waiting.insert((now, key.1), pending);
            }
        }
    }
}

#[cfg(test)]
mod tests;
