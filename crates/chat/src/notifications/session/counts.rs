//! How often what has failed, and how long to wait for the next attempt.

use std::time::Duration;

use super::super::event::DisconnectReason;
use super::super::failure::{Failure, Verdict};

/// The first wait, which doubles with each failure.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait between attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(50);

/// The longest wait that the service may ask for.
const LONGEST_ASKED_WAIT: Duration = Duration::from_secs(10 * 60);

/// How much longer or shorter waits are, by chance.
const JITTER: f64 = 0.2;

/// The longest wait after a good connection: not all clients come back in one moment.
const AFTER_A_GOOD_ONE: Duration = Duration::from_millis(200);

/// How often in a row a token may be refused.
const MAX_TOKENS_REFUSED: u32 = 3;

/// How often in a row there may be no token.
const MAX_WITHOUT_TOKEN: u32 = 10;

/// How often in a row the service may refuse what it is asked for.
const MAX_REFUSED: u32 = 5;

/// After how many failures in a row a connection is not opened with what identified an earlier one.
const FORGET_AFTER: u32 = 3;

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    After(Duration),
    Never,
}

/// How often what has failed in a row.
#[derive(Debug, Default)]
pub(super) struct Counts {
    failures: u32,
    refused: u32,
    tokens_refused: u32,
    without_token: u32,
    duplicates: u32,
}

impl Counts {
    /// Counts a step that has failed.
    pub(super) fn fail(&mut self, failure: &Failure, chance: f64) -> Next {
        let wait = match failure.verdict {
            Verdict::Final => return Next::Never,
            Verdict::TokenRefused => {
                if self.refuse_token() {
                    return Next::Never;
                }
                // Another token may do at once.
                return Next::After(backoff(self.tokens_refused - 1, chance));
            }
            Verdict::NoToken => {
                self.without_token += 1;
                if self.without_token >= MAX_WITHOUT_TOKEN {
                    return Next::Never;
                }
                self.grow(chance)
            }
            Verdict::Refused => {
                self.refused += 1;
                if self.refused >= MAX_REFUSED {
                    return Next::Never;
                }
                self.grow(chance)
            }
            Verdict::Retry => {
                (self.refused, self.tokens_refused, self.without_token) = (0, 0, 0);
                self.grow(chance)
            }
        };
        let asked = failure.error.retry_after().unwrap_or_default();
        Next::After(wait.max(asked.min(LONGEST_ASKED_WAIT)))
    }

    /// Whether what identified earlier connections is of no use, after a failure.
    pub(super) fn forget_allocation(&self, verdict: Verdict) -> bool {
        verdict == Verdict::Refused || self.failures >= FORGET_AFTER
    }

    /// Counts a token that was refused, and gives whether there were too many.
    pub(super) fn refuse_token(&mut self) -> bool {
        self.tokens_refused += 1;
        self.tokens_refused > MAX_TOKENS_REFUSED
    }

    /// Counts the end of a connection, and gives whether it should not be opened as the same again.
    pub(super) fn end(&mut self, reason: DisconnectReason, is_good: bool) -> bool {
        self.duplicates = match reason {
            DisconnectReason::Duplicate if !is_good => self.duplicates + 1,
            _ => 0,
        };
        self.duplicates >= 2
    }

    /// How long to wait until another connection is opened in place of one that is lost.
    pub(super) fn lose(&mut self, is_good: bool, chance: f64) -> Duration {
        if is_good {
            *self = Self {
                duplicates: self.duplicates,
                ..Self::default()
            };
        }
        let wait = match self.failures {
            0 => AFTER_A_GOOD_ONE.mul_f64(chance),
            failures => backoff(failures, chance),
        };
        self.failures = self.failures.saturating_add(1);
        wait
    }

    /// Everything went well.
    pub(super) fn succeed(&mut self) {
        (self.refused, self.without_token) = (0, 0);
    }

    fn grow(&mut self, chance: f64) -> Duration {
        self.failures = self.failures.saturating_add(1);
        backoff(self.failures, chance)
    }
}

/// The wait after so many failures in a row: none for none.
fn backoff(failures: u32, chance: f64) -> Duration {
    let Some(doublings) = failures.checked_sub(1) else {
        return Duration::ZERO;
    };
    let wait = FIRST_WAIT.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX));
    wait.min(LONGEST_WAIT)
        .mul_f64(1.0 - JITTER + 2.0 * JITTER * chance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};

    fn failure(verdict: Verdict) -> Failure {
        Failure::new(Error::new(ErrorKind::ServiceUnavailable), verdict)
    }

    #[test]
    fn waits_double_up_to_50_seconds_a_fifth_more_or_less() {
        let waits = |chance| (0..9).map(move |failures| backoff(failures, chance).as_secs_f64());
        let middle: Vec<f64> = waits(0.5).collect();
        assert_eq!(middle, [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 50.0, 50.0]);
        assert_eq!(backoff(1, 0.0), Duration::from_millis(800));
        assert_eq!(backoff(1, 1.0), Duration::from_millis(1200));
        assert_eq!(backoff(u32::MAX, 1.0), Duration::from_secs(60));
    }

    #[test]
    fn another_token_is_tried_at_once_and_the_third_refusal_after_it_is_the_last() {
        let mut counts = Counts::default();
        let waits: Vec<_> = (0..4)
            .map(|_| counts.fail(&failure(Verdict::TokenRefused), 0.5))
            .collect();
        let seconds = |seconds| Next::After(Duration::from_secs(seconds));
        assert_eq!(waits, [seconds(0), seconds(1), seconds(2), Next::Never]);
    }

    #[test]
    fn what_is_refused_is_given_up_and_what_fails_is_not() {
        let mut counts = Counts::default();
        for _ in 0..4 {
            let wait = counts.fail(&failure(Verdict::Refused), 0.5);
            assert_ne!(wait, Next::Never);
        }
        assert_eq!(counts.fail(&failure(Verdict::Refused), 0.5), Next::Never);
        let mut counts = Counts::default();
        for _ in 0..1000 {
            assert_ne!(counts.fail(&failure(Verdict::Retry), 0.5), Next::Never);
        }
    }

    #[test]
    fn the_first_loss_is_followed_at_once_and_further_ones_of_short_connections_wait() {
        let mut counts = Counts::default();
        let waits = [false, false, false, true, false].map(|is_good| counts.lose(is_good, 0.5));
        let expected = [100, 1000, 2000, 100, 1000].map(Duration::from_millis);
        assert_eq!(waits, expected);
    }
}
