//! Which answers of a webhook end the delivery of an event, and when others are followed by another attempt.

use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// How long after each failed attempt the next one is due; after the last of these, always as long.
const SCHEDULE: [Duration; 10] = [
    Duration::from_secs(10),
    Duration::from_secs(30),
    MINUTE,
    MINUTE.saturating_mul(5),
    MINUTE.saturating_mul(10),
    MINUTE.saturating_mul(30),
    HOUR,
    HOUR.saturating_mul(3),
    HOUR.saturating_mul(6),
    HOUR.saturating_mul(12),
];

/// What has become of an attempt to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The webhook has answered with this status.
    Answered(u16),
    /// It has not answered in time.
    TimedOut,
    /// It could not be reached, or hung up.
    SocketError,
}

impl Outcome {
    /// Whether the events count as delivered: 200 to 204 alone.
    pub(super) fn is_success(self) -> bool {
        matches!(self, Self::Answered(200..=204))
    }

    /// Whether another attempt is known to be in vain.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Answered(400 | 401 | 403 | 413))
    }

    /// How long after it the next attempt is due, when this was attempt number `attempts`.
    pub(super) fn pause(self, attempts: u32) -> Duration {
        let step = (attempts.saturating_sub(1) as usize).min(SCHEDULE.len() - 1);
        let least = match self {
            Self::Answered(408) => MINUTE * 2,
            Self::Answered(503) => Duration::from_secs(30),
            _ => Duration::ZERO,
        };
        SCHEDULE[step].max(least)
    }

    /// As dead letters name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Answered(400) => "BadRequest",
            Self::Answered(401) => "Unauthorized",
            Self::Answered(403) => "Forbidden",
            Self::Answered(404) => "NotFound",
            Self::Answered(413) => "PayloadTooLarge",
            Self::Answered(408) | Self::TimedOut => "TimedOut",
            Self::Answered(429 | 500..) => "Busy",
            Self::Answered(_) => "Aborted",
            Self::SocketError => "SocketError",
        }
    }

    /// The status that the webhook answered with.
    pub(super) fn status(self) -> Option<u16> {
        match self {
            Self::Answered(status) => Some(status),
            Self::TimedOut | Self::SocketError => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_200_to_204_are_a_delivery_and_only_400_401_403_and_413_end_it() {
        for status in 100..600 {
            let outcome = Outcome::Answered(status);
            assert_eq!(outcome.is_success(), (200..=204).contains(&status));
            assert_eq!(outcome.is_final(), [400, 401, 403, 413].contains(&status));
        }
        for outcome in [Outcome::TimedOut, Outcome::SocketError] {
            assert!(!outcome.is_success() && !outcome.is_final());
        }
    }

    #[test]
    fn pauses_grow_as_documented() {
        let pauses = (1..=12).map(|attempts| Outcome::Answered(500).pause(attempts).as_secs());
        let expected = [
            10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 43_200, 43_200,
        ];
        assert!(pauses.eq(expected));
    }

    #[test]
    fn some_answers_have_a_longer_pause_at_least() {
        assert_eq!(Outcome::Answered(408).pause(1), Duration::from_secs(120));
        assert_eq!(Outcome::Answered(503).pause(1), Duration::from_secs(30));
        assert_eq!(Outcome::Answered(503).pause(3), Duration::from_secs(60));
        assert_eq!(Outcome::TimedOut.pause(1), Duration::from_secs(10));
    }
}
