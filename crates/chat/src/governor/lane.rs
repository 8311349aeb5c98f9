//! One limit, for one subject.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::limits::Rule;

/// The number of a waiter. One that came earlier has a smaller number.
pub(super) type Ticket = u64;

/// Lets through so many requests in any time as long as a window.
///
/// A request has its slot from before it leaves until a window after its end. So no more than the count
/// can arrive within a window, however long each is in flight.
#[derive(Debug)]
pub(super) struct Lane {
    window: Duration,
    count: u32,
    free: u32,
    /// When the slots of requests that have ended are free again, earliest first.
    cooling: VecDeque<Instant>,
    /// Who waits for a slot of this lane.
    pub(super) waiting: BTreeSet<Ticket>,
    /// When the next slot is free for those who wait, as far as that is known.
    pub(super) due: Option<Instant>,
    /// The waiter that was told to look when the next slot is free.
    pub(super) first: Option<Ticket>,
}

impl Lane {
    pub(super) fn new(rule: &Rule) -> Self {
        Self {
            window: rule.window,
            count: rule.count,
            free: rule.count,
            cooling: VecDeque::new(),
            waiting: BTreeSet::new(),
            due: None,
            first: None,
        }
    }

    pub(super) fn has_room(&mut self, now: Instant) -> bool {
        while self.cooling.front().is_some_and(|at| *at <= now) {
            self.cooling.pop_front();
            self.free += 1;
        }
        self.free > 0
    }

    /// Takes a slot; there must be room.
    pub(super) fn take(&mut self) {
        self.free -= 1;
    }

    /// A slot was not used.
    pub(super) fn give_back(&mut self) {
        self.free += 1;
    }

    /// The request that had a slot has ended.
    pub(super) fn leave(&mut self, now: Instant) {
        self.cooling.push_back(now + self.window);
    }

    /// Whether it counts nothing and can be removed.
    pub(super) fn is_idle(&mut self, now: Instant) -> bool {
        self.has_room(now) && self.free == self.count && self.waiting.is_empty()
    }

    /// When the next slot is free; nothing if that depends on requests that have not ended.
    pub(super) fn next_free(&self, now: Instant) -> Option<Instant> {
        if self.free > 0 {
            return Some(now);
        }
        self.cooling.front().copied()
    }

    /// When a slot is free for this waiter, at the earliest: if every request that comes before
    /// its own ends as soon as it can.
    pub(super) fn earliest(&self, ticket: Ticket, now: Instant) -> Instant {
        let ahead = match self.waiting.last() {
            // The newest waiter, which is asked about most often, need not count.
            Some(last) if *last <= ticket => {
                self.waiting.len() - usize::from(self.waiting.contains(&ticket))
            }
            _ => self.waiting.range(..ticket).count(),
        };
        let count = self.count as usize;
        let slot = ahead % count;
        let first_use = match slot.checked_sub(self.free as usize) {
            None => now,
            Some(taken) => match self.cooling.get(taken) {
                Some(at) => *at,
                None => now + self.window,
            },
        };
        let times_used = u32::try_from(ahead / count).unwrap_or(u32::MAX);
        first_use + self.window.saturating_mul(times_used)
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::{RateGroup, RateScope};
    use super::*;

    #[test]
    fn a_waiter_has_its_slot_when_those_before_it_have_used_the_slots_in_turn() {
        let start = Instant::now();
        let seconds = Duration::from_secs;
        let mut lane = Lane::new(&Rule {
            group: RateGroup::WriteMessages,
            scope: RateScope::Thread,
            count: 3,
            window: seconds(10),
        });
        lane.take();
        lane.leave(start);
        lane.take();
        lane.leave(start + seconds(3));
        // One slot is free, one will be after ten seconds, one after thirteen.
        let now = start + seconds(4);
        lane.waiting.extend([1, 2, 4, 5, 6, 7]);
        let earliest = [
            (0, 4),
            (1, 4),
            (2, 10),
            (3, 13),
            (4, 13),
            (5, 14),
            (6, 20),
            (7, 23),
            (8, 24),
        ];
        for (ticket, at) in earliest {
            let found = lane.earliest(ticket, now) - start;
            assert_eq!(found, seconds(at), "{ticket}");
        }
        // With all slots in use, a window from now at the earliest.
        lane.take();
        assert_eq!(lane.earliest(4, now) - start, seconds(14));
    }
}
