//! Misbehaviour on command: which faults there are, and which of them a request meets.

pub(crate) mod answer;
pub(crate) mod document;
mod fault;
pub(crate) mod json;
pub(crate) mod kind;
pub(crate) mod list;
mod mix;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use serde::Serialize;

use crate::api::operation::Operation;

pub use fault::{Fault, InvalidFault};
pub use kind::ErrorBody;
pub use mix::FaultMix;

use kind::FaultKind;

/// More than any test has; what is injected without end is a mistake in a loop.
const MAX_RULES: usize = 10_000;

/// Names an injected fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct FaultId(pub(crate) u64);

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What befalls a request.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) delay: Duration,
    pub(crate) lag: Option<Duration>,
    pub(crate) skew_seconds: i64,
    pub(crate) fault: Option<Hit>,
    /// Everything of the above, for the journal.
    pub(crate) applied: Vec<(FaultId, &'static str)>,
}

/// What befalls an event of Event Grid.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Misfortune {
    pub(crate) lost: bool,
    pub(crate) duplicated: bool,
    pub(crate) reordered: bool,
    pub(crate) late: Duration,
}

/// The one fault, besides conditions, that befalls a request.
#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) kind: FaultKind,
    /// Unlike that of any other hit.
    pub(crate) serial: u64,
}

/// The faults that have been injected.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Whether there are any. All that a request costs when there are none.
    armed: AtomicBool,
    rules: Mutex<Rules>,
}

#[derive(Debug, Default)]
struct Rules {
    all: Vec<Rule>,
    last_id: u64,
    hits: u64,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: FaultId,
    mix: FaultMix,
    rng: Rng,
    /// Of each choice of the mix.
    counts: Vec<Count>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    left: Option<u64>,
    hits: u64,
}

impl Faults {
    /// Adds a rule. Rules are asked in the order in which they came.
    pub(crate) fn inject(&self, mix: FaultMix) -> Result<FaultId, InvalidFault> {
        mix.check()?;
        let mut rules = self.rules();
        if rules.all.len() >= MAX_RULES {
            return Err(InvalidFault(format!(
                "there are {MAX_RULES} faults already; remove some"
            )));
        }
        rules.last_id += 1;
        let id = FaultId(rules.last_id);
        let counts = mix.choices.iter().map(|(_, fault)| Count {
            left: fault.times,
            hits: 0,
        });
        let rule = Rule {
            id,
            counts: counts.collect(),
            rng: Rng::with_seed(mix.chance.map_or(0, |chance| chance.seed)),
            mix,
        };
        rules.all.push(rule);
        self.arm(&rules);
        Ok(id)
    }

    /// Removes a rule, and says whether it was there.
    pub(crate) fn remove(&self, id: FaultId) -> bool {
        let mut rules = self.rules();
        let before = rules.all.len();
        rules.all.retain(|rule| rule.id != id);
        self.arm(&rules);
        rules.all.len() < before
    }

    /// Removes all rules.
    pub(crate) fn clear(&self) {
        let mut rules = self.rules();
        rules.all.clear();
        self.arm(&rules);
    }

    /// Looks at all rules.
    pub(crate) fn with_rules<T>(&self, look: impl FnOnce(&[Rule]) -> T) -> T {
        look(&self.rules().all)
    }

    pub(crate) fn armed(&self) -> bool {
        self.armed.load(Ordering::Acquire)
    }

    /// Decides what befalls the next request: every condition that strikes, and the first fault.
    pub(crate) fn plan(&self, operation: Option<Operation>) -> Plan {
        let mut rules = self.rules();
        let rules = &mut *rules;
        let mut plan = Plan::default();
        for rule in &mut rules.all {
            let faults_too = plan.fault.is_none();
            let strikes = |fault: &Fault| {
                (faults_too || fault.kind.is_condition()) && fault.can_befall(operation)
            };
            if let Some(index) = rule.draw(strikes) {
                rules.hits += 1;
                let fault = &rule.mix.choices[index].1;
                plan.add(rule.id, fault, rules.hits);
            }
        }
        rules.all.retain(|rule| !rule.is_spent());
        self.arm(rules);
        plan
    }

    /// Decides what befalls the next event of Event Grid: every fault of events that strikes.
    pub(crate) fn plan_event(&self) -> Misfortune {
        let mut misfortune = Misfortune::default();
        if !self.armed() {
            return misfortune;
        }
        let mut rules = self.rules();
        let rules = &mut *rules;
        for rule in &mut rules.all {
            if let Some(index) = rule.draw(|fault| fault.kind.befalls_events()) {
                rules.hits += 1;
                misfortune.add(&rule.mix.choices[index].1.kind);
            }
        }
        rules.all.retain(|rule| !rule.is_spent());
        self.arm(rules);
        misfortune
    }

    /// Says whether there are any, while they are held: another change comes before or after both.
    fn arm(&self, rules: &Rules) {
        self.armed.store(!rules.all.is_empty(), Ordering::Release);
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        // Every change is a single step, so a panic leaves nothing half done.
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rule {
    /// The choice that strikes, if any, of those that `can`. Without one that can, nothing is drawn.
    fn draw(&mut self, can: impl Fn(&Fault) -> bool) -> Option<usize> {
        let candidates: Vec<(usize, u32)> = self
            .mix
            .choices
            .iter()
            .zip(&self.counts)
            .enumerate()
            .filter(|(_, ((_, fault), count))| count.left != Some(0) && can(fault))
            .map(|(index, ((weight, _), _))| (index, *weight))
            .collect();
        let first = candidates.first()?.0;
        let mut chosen = first;
        if let Some(chance) = self.mix.chance {
            // Both are drawn always, so that one hit more or less does not shift all that follows.
            let (hit, pick) = (self.rng.f64(), self.rng.f64());
            if hit >= chance.probability {
                return None;
            }
            let total: f64 = candidates
                .iter()
                .map(|(_, weight)| f64::from(*weight))
                .sum();
            let mut left = pick * total;
            for (index, weight) in candidates {
                chosen = index;
                left -= f64::from(weight);
                if left < 0.0 {
                    break;
                }
            }
        }
        let count = &mut self.counts[chosen];
        count.hits += 1;
        count.left = count.left.map(|left| left - 1);
        Some(chosen)
    }

    fn is_spent(&self) -> bool {
        self.counts.iter().all(|count| count.left == Some(0))
    }
}

impl Misfortune {
    fn add(&mut self, kind: &FaultKind) {
        match kind {
            FaultKind::LostEvent {} => self.lost = true,
            FaultKind::DuplicatedEvent {} => self.duplicated = true,
            FaultKind::ReorderedEvent {} => self.reordered = true,
            FaultKind::LateEvent { seconds } => self.late += seconds.0,
            _ => {}
        }
    }
}

impl Plan {
    fn add(&mut self, id: FaultId, fault: &Fault, serial: u64) {
        self.applied.push((id, fault.kind.name()));
        self.delay += fault.delay;
        match &fault.kind {
            FaultKind::Delay {} => {}
            FaultKind::ListLag { seconds } => self.lag = self.lag.max(Some(seconds.0)),
            FaultKind::ClockSkew { seconds } => self.skew_seconds += seconds,
            kind => {
                self.fault = Some(Hit {
                    kind: kind.clone(),
                    serial,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_that_is_injected_while_others_are_cleared_strikes_or_is_gone() {
        let faults = Faults::default();
        let disturb = || {
            for _ in 0..50_000 {
                faults.inject(Fault::status(503).into()).unwrap();
                faults.clear();
            }
        };
        // Whoever holds the rules sees that requests ask for them exactly when there are some.
        let wrong = || faults.with_rules(|rules| faults.armed() == rules.is_empty());
        let wrong = std::thread::scope(|scope| {
            let others = [scope.spawn(disturb), scope.spawn(disturb)];
            let under_way = || others.iter().any(|other| !other.is_finished());
            std::iter::from_fn(|| under_way().then(wrong)).any(|wrong| wrong)
        });
        assert!(!wrong);
    }
}
