//! What a watch of all threads waits for, and being rung.

use std::future::pending;
use std::pin::pin;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use tokio::time::Instant;

use super::super::handle::Rings;
use super::follower::{MAX_LOOKS, UserFollower, Woken};

impl UserFollower {
    /// Until something comes, something is due, somebody rings, or something is told that no list
    /// shows.
    pub(super) async fn wait(&mut self) -> Woken {
        let has_room = self.looks.len() < MAX_LOOKS;
        let timer = self.schedule.wakes_at().filter(|_| has_room);
        let wakes_at = [timer, self.roster.wakes_at()].into_iter().flatten().min();
        let now = self.source.clock().instant();
        let sleep = match wakes_at {
            Some(at) => self.source.clock().sleep(at.saturating_duration_since(now)),
            None => Box::pin(pending()),
        };
        let looks = &mut self.looks;
        let done = async {
            match looks.next().await {
                Some(done) => done,
                None => pending().await,
            }
        };
        let lists_receipts = self.settings.interests.receipts;
        let told = self.doorbell.hear(&self.handle, lists_receipts);
        let (done, told, rung) = (pin!(done), pin!(told), pin!(self.handle.rung()));
        match select(done, select(told, select(sleep, rung))).await {
            Either::Left((done, _)) => Woken::Done(done),
            Either::Right((Either::Left((told, _)), _)) => Woken::Told(Box::new(told)),
            Either::Right((Either::Right((Either::Left(_), _)), _)) => {
                Woken::Rung(Rings::default())
            }
            Either::Right((Either::Right((Either::Right((rings, _)), _)), _)) => Woken::Rung(rings),
        }
    }

    pub(super) fn ring(&mut self, rings: Rings) {
        let now = self.source.clock().instant();
        if rings.all {
            self.roster.ring(now);
            let followed: Vec<_> = self.slots.followed().collect();
            followed.into_iter().for_each(|index| self.rung(index, now));
        }
        for thread in rings.threads {
            match self
                .slots
                .find(&thread)
                .filter(|index| self.slots.get(*index).is_some())
            {
                Some(index) => self.rung(index, now),
                None => self.strangers.add(thread),
            }
        }
    }

    /// Looks at once, and where everything is heard of some more times: the list may not show yet what
    /// was heard of.
    fn rung(&mut self, index: usize, now: Instant) {
        if self.doorbell.is_connected()
            && let Some(slot) = self.slots.get(index)
        {
            slot.rung_at = Some(now);
            slot.pace.quicken();
        }
        self.ring_slot(index);
    }

    /// Looks at once; after the look that is made now, if there is one. Failures are waited out.
    pub(super) fn ring_slot(&mut self, index: usize) {
        let is_failing = self.failing.contains_key(&index);
        let is_waiting = self.ready.contains(&index) || self.deep.contains(&index);
        if let Some(slot) = self.slots.get(index) {
            match slot.look.is_none() || is_waiting {
                true => slot.is_rung = true,
                false if is_failing => {}
                false => self.schedule.at_once(index),
            }
        }
    }
}
