//! What a soak does, and what is done to it.

use std::time::Duration;

use super::Failure;

/// How the service misbehaves.
#[derive(Clone, Copy, Debug)]
pub struct Misbehaviour {
    /// Which share of requests is hit by a fault: more than 0, up to 1.
    pub rate: f64,
    /// The seed of the faults.
    pub seed: u64,
    /// How long after contact was lost the service carries out what it carries out late, and how
    /// far its lists lag.
    pub late: Duration,
}

/// A share of requests, as an argument gives it.
///
/// # Errors
/// What is no number, and what is not more than 0 and up to 1.
pub fn parse_rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text
        .parse()
        .map_err(|_| format!("{text:?} is not a number"))?;
    match rate > 0.0 && rate <= 1.0 {
        true => Ok(rate),
        false => Err(format!(
            "a fault rate is more than 0 and at most 1, not {rate}"
        )),
    }
}

/// What is done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many messages are sent in all.
    pub sends: usize,
    /// How many threads are created in all, at least one by each task.
    pub threads: usize,
    /// How many tasks do it, each in threads of its own.
    pub tasks: usize,
    /// How many users write to each thread at the same time.
    pub writers: usize,
    /// How the service misbehaves meanwhile.
    pub faults: Misbehaviour,
    /// How long after contact was lost the client reckons with late execution.
    pub settle: Duration,
    /// How long nothing may come to an end before the soak gives up, beside the time that a call may
    /// take.
    pub patience: Duration,
}

impl Plan {
    /// Whether the service keeps within what the client reckons with.
    #[must_use]
    pub fn is_within_bounds(&self) -> bool {
        self.faults.late < self.settle
    }

    /// How long a call may take: long enough to find out what became of a message, more than once.
    pub(super) fn call_timeout(&self) -> Duration {
        Duration::from_secs(10) + 2 * self.settle
    }

    /// Refuses a plan by which nothing would be tried.
    pub(super) fn check(&self) -> Result<(), Failure> {
        for (what, count) in [
            ("sends", self.sends),
            ("tasks", self.tasks),
            ("writers", self.writers),
        ] {
            if count == 0 {
                return Err(format!("with 0 {what}, nothing would be tried").into());
            }
        }
        parse_rate(&self.faults.rate.to_string())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan {
        sends: 1,
        threads: 0,
        tasks: 1,
        writers: 1,
        faults: Misbehaviour {
            rate: 0.3,
            seed: 1,
            late: Duration::from_millis(1),
        },
        settle: Duration::from_millis(2),
        patience: Duration::from_secs(1),
    };

    #[test]
    fn a_plan_by_which_nothing_would_be_tried_is_refused() {
        assert!(PLAN.check().is_ok());
        for (plan, reason) in [
            (Plan { sends: 0, ..PLAN }, "0 sends"),
            (Plan { tasks: 0, ..PLAN }, "0 tasks"),
            (Plan { writers: 0, ..PLAN }, "0 writers"),
        ] {
            let error = plan.check().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_fault_rate_is_more_than_0_and_at_most_1() {
        for rate in ["0.001", "0.3", "1", "1e-6"] {
            assert!(parse_rate(rate).is_ok(), "{rate}");
        }
        for rate in ["0", "-0", "-0.1", "1.01", "7", "inf", "NaN", "", "a third"] {
            assert!(parse_rate(rate).is_err(), "{rate}");
        }
        let faults = Misbehaviour {
            rate: f64::NAN,
            ..PLAN.faults
        };
        assert!(Plan { faults, ..PLAN }.check().is_err());
    }
}
