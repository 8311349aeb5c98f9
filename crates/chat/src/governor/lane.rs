//! One limit, for one subject.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::select;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::clock::Clock;

/// Lets through so many requests in any time as long as a window.
///
/// A request has its slot from before it leaves until a window after its end. So however long each
/// takes on its way, no more than the count can arrive within a window.
#[derive(Debug)]
pub(super) struct Lane {
    window: Duration,
    count: u32,
    slots: Mutex<Slots>,
    /// Whoever waits longest has the turn.
    turn: tokio::sync::Mutex<()>,
    ended: Notify,
}

#[derive(Debug)]
struct Slots {
    free: u32,
    /// When slots whose requests have ended are free again.
    cooling: BinaryHeap<Reverse<Instant>>,
}

impl Lane {
    pub(super) fn new(count: u32, window: Duration) -> Self {
        Self {
            window,
            count,
            slots: Mutex::new(Slots {
                free: count,
                cooling: BinaryHeap::new(),
            }),
            turn: tokio::sync::Mutex::new(()),
            ended: Notify::new(),
        }
    }

    /// Waits for a slot; first come, first served.
    pub(super) async fn enter(&self, clock: &dyn Clock) {
        let _turn = self.turn.lock().await;
        loop {
            // Listened for before the slots are looked at, so that no end is missed in between.
            let ended = std::pin::pin!(self.ended.notified());
            let Err(next) = self.take(clock.instant()) else {
                return;
            };
            match next {
                Some(wait) => drop(select(ended, clock.sleep(wait)).await),
                None => ended.await,
            }
        }
    }

    /// Takes a slot, or says how long until one is free, if that is known.
    fn take(&self, now: Instant) -> Result<(), Option<Duration>> {
        let mut slots = self.slots();
        slots.cool(now);
        if slots.free > 0 {
            slots.free -= 1;
            return Ok(());
        }
        let next = slots.cooling.peek();
        Err(next.map(|Reverse(at)| at.saturating_duration_since(now)))
    }

    /// The request that had a slot has ended.
    pub(super) fn leave(&self, now: Instant) {
        self.slots().cooling.push(Reverse(now + self.window));
        self.ended.notify_one();
    }

    /// Whether nothing would be forgotten with it.
    pub(super) fn is_idle(&self, now: Instant) -> bool {
        let mut slots = self.slots();
        slots.cool(now);
        slots.free == self.count
    }

    /// Nothing that could panic runs while the lock is held.
    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slots {
    fn cool(&mut self, now: Instant) {
        while let Some(Reverse(at)) = self.cooling.peek() {
            if *at > now {
                break;
            }
            self.cooling.pop();
            self.free += 1;
        }
    }
}
