//! Which thread is looked at next, and when. Waits for nothing.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// How many looks begin in a second because their time has come, at most.
const LOOKS_A_SECOND: u32 = 10;

/// How long between two such looks.
const SPACING: Duration = Duration::from_millis(1000 / LOOKS_A_SECOND as u64);

/// When each thread, by its index, is due.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// By the timer.
    timed: BTreeSet<(Instant, usize)>,
    /// The same, by thread.
    due: Vec<Option<Instant>>,
    /// Those that are to be looked at without regard to their time, in turn.
    urgent: VecDeque<usize>,
    is_urgent: Vec<bool>,
    /// How many looks each thread asks for in a second, and all of them.
    rates: Vec<f64>,
    demand: f64,
    /// When the next look by the timer may begin.
    next: Option<Instant>,
}

impl Schedule {
    fn reserve(&mut self, index: usize) {
        if self.due.len() <= index {
            self.due.resize(index + 1, None);
            self.is_urgent.resize(index + 1, false);
            self.rates.resize(index + 1, 0.0);
        }
    }

    /// The thread is looked at as soon as there is room.
    pub(super) fn at_once(&mut self, index: usize) {
        self.take_off(index);
        if !std::mem::replace(&mut self.is_urgent[index], true) {
            self.urgent.push_back(index);
        }
    }

    /// The thread is looked at after this wait, or a longer one if all threads together ask for more
    /// looks than are made. At the latest at `by`.
    pub(super) fn after(
        &mut self,
        index: usize,
        wait: Duration,
        by: Option<Instant>,
        now: Instant,
    ) {
        self.take_off(index);
        let rate = 1.0 / wait.as_secs_f64().max(0.001);
        self.demand += rate - std::mem::replace(&mut self.rates[index], rate);
        let load = (self.demand / f64::from(LOOKS_A_SECOND)).max(1.0);
        let wait = Duration::try_from_secs_f64(wait.as_secs_f64() * load).unwrap_or(Duration::MAX);
        // A wait of years is cut to one that can be added.
        let at = now
            .checked_add(wait)
            .unwrap_or(now + Duration::from_secs(1 << 30));
        let at = by.map_or(at, |by| at.min(by));
        self.due[index] = Some(at);
        self.timed.insert((at, index));
    }

    /// The thread is not looked at any more.
    pub(super) fn drop_thread(&mut self, index: usize) {
        self.take_off(index);
        self.demand -= std::mem::take(&mut self.rates[index]);
    }

    fn take_off(&mut self, index: usize) {
        self.reserve(index);
        if let Some(at) = self.due[index].take() {
            self.timed.remove(&(at, index));
        }
    }

    /// The thread that is to be looked at now, which is then not scheduled.
    pub(super) fn next(&mut self, now: Instant) -> Option<usize> {
        if let Some(index) = self.urgent.pop_front() {
            self.is_urgent[index] = false;
            return Some(index);
        }
        let (at, index) = *self.timed.first()?;
        if at > now || self.next.is_some_and(|next| next > now) {
            return None;
        }
        self.take_off(index);
        self.next = Some(self.next.map_or(now, |next| next.max(now)) + SPACING);
        Some(index)
    }

    /// When there is something to do by the timer.
    pub(super) fn wakes_at(&self) -> Option<Instant> {
        let (at, _) = *self.timed.first()?;
        Some(self.next.map_or(at, |next| next.max(at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn run(schedule: &mut Schedule, waits: &[Duration], length: Duration) -> Vec<usize> {
        let (start, mut looks) = (Instant::now(), vec![0; waits.len()]);
        let mut now = start;
        for (index, wait) in waits.iter().enumerate() {
            schedule.after(index, *wait, None, now);
        }
        while now < start + length {
            while let Some(index) = schedule.next(now) {
                looks[index] += 1;
                schedule.after(index, waits[index], None, now);
            }
            now = schedule.wakes_at().unwrap().max(now);
        }
        looks
    }

    #[test]
    fn each_thread_has_its_turn_when_its_time_has_come() {
        let looks = run(
            &mut Schedule::default(),
            &[SECOND, 5 * SECOND],
            100 * SECOND,
        );
        assert!((98..=101).contains(&looks[0]), "{looks:?}");
        assert!((19..=21).contains(&looks[1]), "{looks:?}");
    }

    #[test]
    fn too_many_threads_are_looked_at_less_often_each_in_its_measure() {
        let mut waits = vec![60 * SECOND; 3_000];
        waits[7] = SECOND;
        let looks = run(&mut Schedule::default(), &waits, 1_000 * SECOND);
        let total: usize = looks.iter().sum();
        assert!(total <= 10_001, "{total}");
        assert!(looks.iter().all(|looks| *looks >= 2), "none is left out");
        assert!(looks[7] > 20 * looks[8], "{} {}", looks[7], looks[8]);
    }

    #[test]
    fn who_is_rung_comes_first_and_once() {
        let mut schedule = Schedule::default();
        let now = Instant::now();
        schedule.after(0, Duration::ZERO, None, now);
        schedule.after(1, SECOND, None, now);
        schedule.at_once(1);
        schedule.at_once(1);
        let later = now + 5 * SECOND;
        assert_eq!(schedule.next(later), Some(1));
        assert_eq!(schedule.next(later), Some(0));
        assert_eq!(schedule.next(later + SECOND), None);
    }

    #[test]
    fn a_wait_is_cut_short_where_something_is_due_in_any_case() {
        let mut schedule = Schedule::default();
        let now = Instant::now();
        schedule.after(0, Duration::MAX, Some(now + SECOND), now);
        assert_eq!(schedule.wakes_at(), Some(now + SECOND));
        schedule.after(0, Duration::MAX, None, now);
        assert!(schedule.wakes_at().is_some_and(|at| at > now + SECOND));
        schedule.drop_thread(0);
        assert_eq!(schedule.wakes_at(), None);
    }
}
