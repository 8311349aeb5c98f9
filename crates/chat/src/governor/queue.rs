//! Who waits for what, and whose turn it is.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::User;
use super::lane::{Lane, Ticket};
use super::limits::Rule;
use crate::models::ChatThreadId;

/// What one lane counts: a rule, and the user and thread it is for.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Subject {
    pub(super) rule: usize,
    pub(super) user: Option<User>,
    pub(super) thread: Option<ChatThreadId>,
}

/// The lanes, and those who wait for them.
///
/// A request takes its slots in all of its lanes at once, when all have room; until then it holds
/// none. It waits at one lane that has no room. Where several could go, the oldest goes first: a
/// request is overtaken in a lane only while another of its lanes has no room.
#[derive(Debug)]
pub(super) struct Queue {
    rules: Arc<[Rule]>,
    lanes: HashMap<Arc<Subject>, Lane>,
    waiters: HashMap<Ticket, Waiter>,
    /// The lanes with waiters, by when their next slot is free.
    due: BTreeSet<(Instant, Arc<Subject>)>,
    next_ticket: Ticket,
    /// How many lanes there are when idle ones are removed next.
    sweep_at: usize,
}

#[derive(Debug)]
struct Waiter {
    lanes: Vec<Arc<Subject>>,
    /// The lane it waits at.
    at: Arc<Subject>,
    /// Told when it may go, and when it is the first of its lane.
    notify: Arc<Notify>,
}

/// There is no room for a request.
#[derive(Debug)]
pub(super) struct Full {
    /// The first of its lanes that has none.
    lane: Arc<Subject>,
    /// When all could have room, at the earliest.
    pub(super) earliest: Instant,
}

/// How long a waiter may have to wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outlook {
    /// When the lane it waits at may have room for it.
    pub(super) look_again: Instant,
    /// When all of its lanes may have room for it, if no waiter before it gives up.
    pub(super) earliest: Instant,
}

impl Queue {
    pub(super) const LEAST_SWEEP: usize = 1024;

    pub(super) fn new(rules: Arc<[Rule]>) -> Self {
        Self {
            rules,
            lanes: HashMap::new(),
            waiters: HashMap::new(),
            due: BTreeSet::new(),
            next_ticket: 0,
            sweep_at: Self::LEAST_SWEEP,
        }
    }

    /// Takes a slot in each of the lanes, if all have room.
    pub(super) fn take(&mut self, lanes: &[Arc<Subject>], now: Instant) -> Result<(), Full> {
        self.sweep(now);
        self.admit_due(now);
        if let Some(lane) = self.full_lane(lanes, now) {
            let earliest = self.earliest(lanes, self.next_ticket, now);
            return Err(Full { lane, earliest });
        }
        for key in lanes {
            self.lane(key).take();
        }
        Ok(())
    }

    /// Puts a request among those who wait, at the lane that is full. It is notified when it has to
    /// look.
    pub(super) fn wait(
        &mut self,
        lanes: &[Arc<Subject>],
        full: Full,
        now: Instant,
    ) -> (Ticket, Arc<Notify>) {
        let at = full.lane;
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let notify = Arc::new(Notify::new());
        let waiter = Waiter {
            lanes: lanes.to_vec(),
            at: Arc::clone(&at),
            notify: Arc::clone(&notify),
        };
        self.waiters.insert(ticket, waiter);
        self.lane(&at).waiting.insert(ticket);
        self.schedule(&at, now);
        (ticket, notify)
    }

    /// How things stand for a waiter; nothing if it has its slots.
    pub(super) fn look(&mut self, ticket: Ticket, now: Instant) -> Option<Outlook> {
        self.admit_due(now);
        let waiter = self.waiters.get(&ticket)?;
        let (at, lanes) = (Arc::clone(&waiter.at), waiter.lanes.clone());
        Some(Outlook {
            look_again: self.lane(&at).earliest(ticket, now),
            earliest: self.earliest(&lanes, ticket, now),
        })
    }

    /// A waiter has given up. If it had its slots already, they are free at once.
    pub(super) fn cancel(&mut self, ticket: Ticket, lanes: &[Arc<Subject>], now: Instant) {
        if let Some(waiter) = self.waiters.remove(&ticket) {
            self.lane(&waiter.at).waiting.remove(&ticket);
            self.schedule(&waiter.at, now);
            return;
        }
        for key in lanes {
            self.lane(key).give_back();
            self.schedule(key, now);
        }
        self.admit_due(now);
    }

    /// A request has ended.
    pub(super) fn leave(&mut self, lanes: &[Arc<Subject>], now: Instant) {
        for key in lanes {
            self.lane(key).leave(now);
            self.schedule(key, now);
        }
    }

    /// Gives slots that have become free to those who wait for them, oldest first.
    fn admit_due(&mut self, now: Instant) {
        let mut ready = BTreeSet::new();
        while let Some((at, _)) = self.due.first()
            && *at <= now
            && let Some((_, key)) = self.due.pop_first()
        {
            let lane = self.lane(&key);
            lane.due = None;
            if let Some(first) = lane.waiting.first() {
                ready.insert((*first, key));
            }
        }
        while let Some((ticket, key)) = ready.pop_first() {
            if self.lane(&key).has_room(now) {
                self.admit(ticket, now);
                if let Some(next) = self.lane(&key).waiting.first() {
                    ready.insert((*next, key));
                    continue;
                }
            }
            self.schedule(&key, now);
        }
    }

    /// Gives a waiter its slots, or lets it wait at another lane which has no room.
    fn admit(&mut self, ticket: Ticket, now: Instant) {
        let Some(mut waiter) = self.waiters.remove(&ticket) else {
            return;
        };
        self.lane(&waiter.at).waiting.remove(&ticket);
        if let Some(full) = self.full_lane(&waiter.lanes, now) {
            self.lane(&full).waiting.insert(ticket);
            waiter.at = Arc::clone(&full);
            self.waiters.insert(ticket, waiter);
            self.schedule(&full, now);
            return;
        }
        for key in &waiter.lanes {
            self.lane(key).take();
        }
        waiter.notify.notify_one();
    }

    /// Notes when the next slot of a lane is free for those who wait for it, and tells the first
    /// of them, who has to look then.
    fn schedule(&mut self, key: &Arc<Subject>, now: Instant) {
        let lane = self.lane(key);
        let first = lane.waiting.first().copied();
        let due = first.and_then(|_| lane.next_free(now));
        let was_first = std::mem::replace(&mut lane.first, first);
        let was_due = std::mem::replace(&mut lane.due, due);
        if was_due != due {
            if let Some(at) = was_due {
                self.due.remove(&(at, Arc::clone(key)));
            }
            if let Some(at) = due {
                self.due.insert((at, Arc::clone(key)));
            }
        }
        if first != was_first
            && let Some(waiter) = first.and_then(|first| self.waiters.get(&first))
        {
            waiter.notify.notify_one();
        }
    }

    fn full_lane(&mut self, lanes: &[Arc<Subject>], now: Instant) -> Option<Arc<Subject>> {
        let full = lanes.iter().find(|key| !self.lane(key).has_room(now));
        full.cloned()
    }

    fn earliest(&mut self, lanes: &[Arc<Subject>], ticket: Ticket, now: Instant) -> Instant {
        let times = lanes.iter().map(|key| self.lane(key).earliest(ticket, now));
        times.max().unwrap_or(now)
    }

    fn lane(&mut self, key: &Arc<Subject>) -> &mut Lane {
        let rule = &self.rules[key.rule];
        let lane = self.lanes.entry(Arc::clone(key));
        lane.or_insert_with(|| Lane::new(rule))
    }

    fn sweep(&mut self, now: Instant) {
        if self.lanes.len() >= self.sweep_at {
            self.lanes.retain(|_, lane| !lane.is_idle(now));
            self.sweep_at = (2 * self.lanes.len()).max(Self::LEAST_SWEEP);
        }
    }

    #[cfg(test)]
    pub(super) fn waiters(&self) -> usize {
        self.waiters.len()
    }

    #[cfg(test)]
    pub(super) fn lanes(&self) -> usize {
        self.lanes.len()
    }
}
