//! What time it is at the service, as its answers say.

use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use http::header::DATE;
use time::{Duration, OffsetDateTime};
use tokio::time::Instant;

use crate::clock::Clock;

/// How far two dates may be apart, after the time between them, and still tell the same time.
const TOLERANCE: Duration = Duration::minutes(5);

/// Reads the `Date` of an answer.
pub(crate) fn read(headers: &HeaderMap) -> Option<OffsetDateTime> {
    let date = headers.get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(date).ok().map(Into::into)
}

/// How long after one date another tells nothing new.
const FRESH: std::time::Duration = std::time::Duration::from_secs(1);

/// A date, and when it came.
#[derive(Clone, Copy, Debug)]
struct Reading {
    date: OffsetDateTime,
    came: Instant,
}

impl Reading {
    /// The time at `instant`, which may lie before the date came.
    fn at(self, instant: Instant) -> OffsetDateTime {
        let since = |earlier: Instant, later: Instant| {
            let elapsed = later.saturating_duration_since(earlier);
            elapsed.try_into().unwrap_or(Duration::MAX)
        };
        self.date
            .saturating_add(since(self.came, instant))
            .saturating_sub(since(instant, self.came))
    }

    fn agrees(self, other: Self) -> bool {
        (self.at(other.came) - other.date).abs() <= TOLERANCE
    }

    /// Whichever of the two gives the earlier time.
    fn earlier(self, other: Self) -> Self {
        match self.at(other.came) <= other.date {
            true => self,
            false => other,
        }
    }
}

#[derive(Debug, Default)]
struct Known {
    trusted: Option<Reading>,
    /// The last date that was far off, if none came since that was not.
    doubted: Option<Reading>,
    /// When the last date came.
    last_came: Option<Instant>,
}

/// The time of the service: the date of a successful answer, and the time that has passed since.
///
/// What is read from it is to be no later than the service's true time. So of dates that agree the
/// earlier one counts, and a date that is far off counts only when the next one agrees with it. The
/// first date of all is held against the clock of this machine.
#[derive(Debug, Default)]
pub(super) struct ServiceTime(Mutex<Known>);

impl ServiceTime {
    /// Whether another date is wanted: the last one is more than a second old, or doubted.
    pub(super) fn is_stale(&self, clock: &dyn Clock) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |came| clock.instant().saturating_duration_since(came);
        known.doubted.is_some() || known.last_came.is_none_or(|came| age(came) >= FRESH)
    }

    /// Takes note of the date of a successful answer that has just come.
    pub(super) fn note(&self, date: OffsetDateTime, clock: &dyn Clock) {
        let came = clock.instant();
        let reading = Reading { date, came };
        let known = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.last_came = Some(came);
        (known.trusted, known.doubted) = match (known.trusted, known.doubted) {
            (None, _) => {
                let date = clock.now();
                (Some(reading.earlier(Reading { date, came })), Some(reading))
            }
            (Some(trusted), _) if trusted.agrees(reading) => (Some(trusted.earlier(reading)), None),
            (_, Some(doubted)) if doubted.agrees(reading) => (Some(doubted.earlier(reading)), None),
            (trusted, _) => (trusted, Some(reading)),
        };
    }

    /// The time of the service at `instant`; nothing before it has told its time.
    pub(super) fn at(&self, instant: Instant) -> Option<OffsetDateTime> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Some(known.trusted?.at(instant))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use time::macros::datetime;

    use super::*;
    use crate::clock::testing::ManualClock;

    const START: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);

    struct Scene {
        clock: Arc<ManualClock>,
        time: ServiceTime,
    }

    impl Scene {
        /// A machine whose clock is so far ahead of the true time, [`START`].
        fn with_local_clock_ahead_by(ahead: Duration) -> Self {
            Self {
                clock: ManualClock::at(START + ahead),
                time: ServiceTime::default(),
            }
        }

        /// The service answers with a clock that is so far ahead.
        fn answer(&self, ahead: Duration) {
            self.time.note(self.truth() + ahead, &*self.clock);
        }

        fn truth(&self) -> OffsetDateTime {
            START + self.clock.moved()
        }

        fn pass(&self, time: Duration) {
            self.clock.advance(time.unsigned_abs());
        }

        /// How far what is known is ahead of the true time.
        fn ahead(&self) -> Option<Duration> {
            Some(self.time.at(self.clock.instant())? - self.truth())
        }
    }

    #[test]
    fn the_time_goes_on_while_no_answers_come() {
        let scene = Scene::with_local_clock_ahead_by(Duration::ZERO);
        assert_eq!(scene.ahead(), None);
        let before = scene.clock.instant();
        scene.pass(Duration::HOUR);
        scene.answer(Duration::ZERO);
        scene.pass(Duration::DAY);
        assert_eq!(scene.ahead(), Some(Duration::ZERO));
        assert_eq!(
            scene.time.at(before),
            Some(START),
            "it reaches back as well"
        );
    }

    #[test]
    fn another_date_is_wanted_after_a_second_and_while_the_last_is_doubted() {
        let scene = Scene::with_local_clock_ahead_by(Duration::ZERO);
        let is_stale = || scene.time.is_stale(&*scene.clock);
        assert!(is_stale(), "none came");
        scene.answer(Duration::ZERO);
        scene.answer(Duration::ZERO);
        assert!(!is_stale());
        scene.pass(Duration::milliseconds(999));
        assert!(!is_stale());
        scene.pass(Duration::milliseconds(1));
        assert!(is_stale());
        scene.answer(Duration::HOUR);
        assert!(is_stale(), "doubted");
    }

    #[test]
    fn one_date_that_is_far_off_moves_nothing_and_two_that_agree_do() {
        for wrong in [Duration::HOUR, -Duration::HOUR, Duration::seconds(301)] {
            let scene = Scene::with_local_clock_ahead_by(Duration::ZERO);
            scene.answer(Duration::ZERO);
            scene.answer(wrong);
            assert_eq!(scene.ahead(), Some(Duration::ZERO), "{wrong}");
            scene.answer(Duration::ZERO);
            scene.answer(wrong);
            assert_eq!(scene.ahead(), Some(Duration::ZERO), "not in a row: {wrong}");
            scene.answer(-wrong);
            assert_eq!(
                scene.ahead(),
                Some(Duration::ZERO),
                "they disagree: {wrong}"
            );
            scene.pass(Duration::HOUR);
            scene.answer(-wrong);
            assert_eq!(scene.ahead(), Some(-wrong), "{wrong}");
        }
    }

    #[test]
    fn of_dates_that_agree_the_earliest_counts() {
        let scene = Scene::with_local_clock_ahead_by(Duration::ZERO);
        for (ahead, known) in [(0, 0), (300, 0), (-120, -120), (100, -120)] {
            scene.answer(Duration::seconds(ahead));
            assert_eq!(scene.ahead(), Some(Duration::seconds(known)), "{ahead}");
        }
    }

    #[test]
    fn the_first_date_is_believed_where_it_is_earlier_than_the_local_clock() {
        let scene = Scene::with_local_clock_ahead_by(Duration::DAY);
        scene.answer(Duration::ZERO);
        assert_eq!(scene.ahead(), Some(Duration::ZERO));
    }

    #[test]
    fn a_first_date_that_is_later_than_the_local_clock_is_believed_with_the_second() {
        let scene = Scene::with_local_clock_ahead_by(-Duration::DAY);
        scene.answer(Duration::ZERO);
        assert_eq!(scene.ahead(), Some(-Duration::DAY), "the early side");
        scene.answer(Duration::ZERO);
        assert_eq!(scene.ahead(), Some(Duration::ZERO));
    }
}
