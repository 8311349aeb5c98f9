//! What came of a soak, and whether that is well.

use std::fmt;
use std::time::Duration;

use super::Plan;

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many messages the client said were sent.
    pub sent: usize,
    /// How many requests were hit by a fault.
    pub faults: u64,
    /// Messages that should be there and are not.
    pub lost: usize,
    /// Copies of messages beyond the first.
    pub doubled: usize,
    /// Of these, those whose id the client gave with the result of the send.
    pub named: usize,
    /// Of these, those that the client said could turn up, when it gave the result or failed: it had
    /// sent the message again, or did not know what had become of a request.
    pub possible: usize,
    /// Of these, all others: the client knew nothing of them.
    pub unreported: usize,
    /// Messages whose id, as the client gave it, is not that of a copy that is there.
    pub misnamed: usize,
    /// Messages that lie before one that was sent earlier by the same writer to the same thread.
    pub out_of_order: usize,
    /// Threads that the client said were created.
    pub threads: usize,
    /// Threads that should be there and are not.
    pub lost_threads: usize,
    /// Copies of threads beyond the first.
    pub doubled_threads: usize,
    /// How often a message was sent again because it had not turned up.
    pub resends: u64,
    /// How many attempts all calls took, with the searches for messages.
    pub attempts: u64,
    /// How often the caller had to begin again with the same key or token.
    pub begun_again: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// Resident memory of the client's process after a tenth of the work and at its end, in KiB;
    /// nothing where it can't be told, or the service is in the same process.
    pub memory: Option<(u64, u64)>,
}

impl Report {
    /// What is wrong with it; nothing if all is as the client promises by this plan, and something was
    /// tried.
    #[must_use]
    pub fn failures(&self, plan: &Plan) -> Vec<String> {
        let mut failures = Vec::new();
        if self.sent != plan.sends {
            failures.push(format!("{} of {} messages sent", self.sent, plan.sends));
        }
        for (what, count) in [
            ("messages sent", self.sent as u64),
            ("threads created", self.threads as u64),
            ("faults that struck", self.faults),
        ] {
            if count == 0 {
                failures.push(format!("0 {what}: nothing was tried"));
            }
        }
        for (what, count) in [
            ("messages lost", self.lost),
            ("copies unreported", self.unreported),
            ("messages with the id of none", self.misnamed),
            ("threads lost", self.lost_threads),
            ("threads doubled", self.doubled_threads),
        ] {
            if count > 0 {
                failures.push(format!("{count} {what}"));
            }
        }
        if plan.is_within_bounds() {
            for (what, count) in [
                ("messages doubled", self.doubled),
                ("messages out of order", self.out_of_order),
            ] {
                if count > 0 {
                    let bounds = "though the service kept within what the client reckons with";
                    failures.push(format!("{count} {what}, {bounds}"));
                }
            }
        }
        failures
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "messages: {} sent, {} lost", self.sent, self.lost)?;
        writeln!(
            f,
            "copies: {} ({} named by the client, {} said to be possible, {} unreported)",
            self.doubled, self.named, self.possible, self.unreported
        )?;
        writeln!(
            f,
            "{} out of order, {} with the id of none",
            self.out_of_order, self.misnamed
        )?;
        writeln!(
            f,
            "threads: {} created, {} lost, {} doubled",
            self.threads, self.lost_threads, self.doubled_threads
        )?;
        writeln!(
            f,
            "{} faults, {} attempts, {} resends, {} begun again, {:.1} s",
            self.faults,
            self.attempts,
            self.resends,
            self.begun_again,
            self.elapsed.as_secs_f64()
        )?;
        match self.memory {
            Some((early, late)) => write!(
                f,
                "memory: {early} KiB after a tenth, {late} KiB at the end"
            ),
            None => write!(f, "memory: not measured"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::Misbehaviour;

    fn plan(late: u64) -> Plan {
        Plan {
            sends: 9,
            threads: 1,
            tasks: 1,
            writers: 1,
            faults: Misbehaviour {
                rate: 0.3,
                seed: 1,
                late: Duration::from_millis(late),
            },
            settle: Duration::from_millis(100),
            patience: Duration::from_secs(1),
        }
    }

    fn well() -> Report {
        Report {
            sent: 9,
            threads: 1,
            faults: 1,
            ..Report::default()
        }
    }

    #[test]
    fn what_was_not_tried_or_went_wrong_is_a_failure_whatever_the_bounds() {
        type Spoil = fn(&mut Report);
        let cases: [(&str, Spoil); 8] = [
            ("messages sent", |report| report.sent = 0),
            ("8 of 9 messages", |report| report.sent = 8),
            ("0 threads created", |report| report.threads = 0),
            ("0 faults", |report| report.faults = 0),
            ("2 messages lost", |report| report.lost = 2),
            ("2 copies unreported", |report| report.unreported = 2),
            ("2 messages with the id", |report| report.misnamed = 2),
            ("2 threads doubled", |report| report.doubled_threads = 2),
        ];
        for plan in [plan(50), plan(200)] {
            assert_eq!(well().failures(&plan), [""; 0]);
            for (reason, spoil) in cases {
                let mut report = well();
                spoil(&mut report);
                let failures = report.failures(&plan).join("\n");
                assert!(failures.contains(reason), "{reason}: {failures}");
            }
        }
    }

    #[test]
    fn copies_and_order_are_failures_within_the_bounds_only() {
        let report = Report {
            doubled: 3,
            possible: 3,
            out_of_order: 1,
            ..well()
        };
        let failures = report.failures(&plan(50));
        assert_eq!(failures.len(), 2, "{failures:?}");
        assert!(failures[0].starts_with("3 messages doubled"));
        assert!(failures[1].starts_with("1 messages out of order"));
        assert_eq!(report.failures(&plan(200)), [""; 0]);
    }
}
