//! Several faults under one probability and one seed.

use crate::http::faults::fault::{Chance, Fault, InvalidFault, check_probability};

/// Faults of which one, chosen by weight, befalls a request with a given probability.
///
/// Each request draws twice: whether it is hit, and by which of those faults that can befall its
/// operation. So the same seed gives the same sequence of hits and choices for the same sequence of
/// operations, in the order in which requests arrive.
///
/// ```
/// use std::time::Duration;
///
/// use chat_emulator::{Emulator, Fault, FaultMix};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::builder().start_blocking()?;
/// let mix = FaultMix::new(0.3, 42)
///     .add(5, Fault::status(429).retry_after(Duration::ZERO))
///     .add(3, Fault::reset_after_execution())
///     .add(1, Fault::empty_page());
/// let id = emulator.inject(mix)?;
/// assert!(emulator.remove_fault(id));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a mix does nothing until it is injected"]
pub struct FaultMix {
    pub(super) chance: Option<Chance>,
    pub(super) choices: Vec<(u32, Fault)>,
}

impl FaultMix {
    /// A mix that hits a request with a probability from 0 to 1.
    pub fn new(probability: f64, seed: u64) -> Self {
        Self {
            chance: Some(Chance { probability, seed }),
            choices: Vec::new(),
        }
    }

    /// Adds a fault, which is chosen as often as `weight` says in proportion to the others. Its own
    /// [`times`](Fault::times) and operations hold; it has no probability of its own.
    pub fn add(mut self, weight: u32, fault: Fault) -> Self {
        self.choices.push((weight, fault));
        self
    }

    pub(super) fn check(&self) -> Result<(), InvalidFault> {
        let mistake = |text: &str| Err(InvalidFault(text.to_owned()));
        if let Some(chance) = self.chance {
            check_probability(chance.probability)?;
        }
        if self.choices.is_empty() {
            return mistake("a mix needs a fault");
        }
        for (weight, fault) in &self.choices {
            if *weight == 0 {
                return mistake("a weight is at least 1");
            }
            if fault.chance.is_some() {
                return mistake("a fault in a mix has the probability of the mix");
            }
            fault.check()?;
        }
        Ok(())
    }
}

impl From<Fault> for FaultMix {
    fn from(mut fault: Fault) -> Self {
        Self {
            chance: fault.chance.take(),
            choices: vec![(1, fault)],
        }
    }
}
