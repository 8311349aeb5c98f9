//! How many repeats a client may make: a share of what goes well.

use std::sync::atomic::{AtomicU32, Ordering};

/// What a repeat costs, and a success brings in: five successes pay for one repeat.
const REPEAT: u32 = 5;
const SUCCESS: u32 = 1;

/// What may be saved up: enough that a client of few requests never notices.
const MOST: u32 = 100 * REPEAT;

/// Shared by all calls of a client.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(MOST))
    }
}

impl Budget {
    pub(super) fn deposit(&self) {
        self.update(|saved| Some(saved.saturating_add(SUCCESS).min(MOST)));
    }

    /// Whether there is enough for a repeat; takes it if so.
    pub(super) fn withdraw(&self) -> bool {
        self.update(|saved| saved.checked_sub(REPEAT))
    }

    fn update(&self, change: impl Fn(u32) -> Option<u32>) -> bool {
        // Nothing else is published through this number.
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_successes_pay_for_one_repeat() {
        let budget = Budget::default();
        assert_eq!((0..1000).filter(|_| budget.withdraw()).count(), 100);
        for _ in 0..4 {
            budget.deposit();
        }
        assert!(!budget.withdraw());
        budget.deposit();
        assert!(budget.withdraw());
        assert!(!budget.withdraw());
    }

    #[test]
    fn no_more_is_saved_than_it_begins_with() {
        let budget = Budget::default();
        for _ in 0..10_000 {
            budget.deposit();
        }
        assert_eq!((0..1000).filter(|_| budget.withdraw()).count(), 100);
    }
}
