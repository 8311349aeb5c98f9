//! Points in time, as the service writes them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// A point in time, RFC 3339 on the wire.
///
/// It is read with any offset and any fraction of a second; it is shown and written in UTC, as
/// `2026-01-31T12:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DateTime(#[serde(with = "time::serde::rfc3339")] OffsetDateTime);

impl From<OffsetDateTime> for DateTime {
    fn from(time: OffsetDateTime) -> Self {
        // In the last hours of the last year there may be no such time in UTC; it then keeps its
        // offset.
        Self(time.checked_to_offset(UtcOffset::UTC).unwrap_or(time))
    }
}

impl From<DateTime> for OffsetDateTime {
    fn from(time: DateTime) -> Self {
        time.0
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.format(&Rfc3339).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

impl FromStr for DateTime {
    type Err = ParseDateTimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339);
        parsed.map(Self::from).map_err(ParseDateTimeError)
    }
}

/// A text that is not a point in time by RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDateTimeError(time::error::Parse);

impl fmt::Display for ParseDateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a date and time by RFC 3339")
    }
}

impl std::error::Error for ParseDateTimeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn it_is_read_as_the_service_writes_it() {
        for (text, wanted) in [
            (
                "\"2021-09-22T01:12:26Z\"",
                datetime!(2021-09-22 01:12:26 UTC),
            ),
            (
                "\"2021-09-22T01:12:26.1234567+00:00\"",
                datetime!(2021-09-22 01:12:26.1234567 UTC),
            ),
            (
                "\"2021-09-22T03:12:26+02:00\"",
                datetime!(2021-09-22 01:12:26 UTC),
            ),
        ] {
            let time: DateTime = serde_json::from_str(text).unwrap();

            assert_eq!(OffsetDateTime::from(time), wanted, "{text}");
        }
    }

    #[test]
    fn it_is_shown_and_written_in_utc() {
        let time = DateTime::from(datetime!(2021-09-22 03:12:26.5 +02:00));

        assert_eq!(time.to_string(), "2021-09-22T01:12:26.5Z");
        assert_eq!(
            serde_json::to_string(&time).unwrap(),
            "\"2021-09-22T01:12:26.5Z\""
        );
        assert_eq!("2021-09-22T03:12:26.5+02:00".parse(), Ok(time));
    }

    #[test]
    fn what_is_not_a_time_is_an_error() {
        let error = "yesterday".parse::<DateTime>().unwrap_err();

        assert_eq!(error.to_string(), "not a date and time by RFC 3339");
        assert!(serde_json::from_str::<DateTime>("\"yesterday\"").is_err());
    }

    #[test]
    fn a_year_that_rfc_3339_cannot_write_does_not_panic() {
        let time = DateTime::from(datetime!(-1-01-01 0:00 UTC));

        assert!(serde_json::to_string(&time).is_err());
        assert!(std::fmt::write(&mut String::new(), format_args!("{time}")).is_err());
    }

    #[test]
    fn a_time_that_is_none_in_utc_is_kept_and_no_panic() {
        let last = datetime!(9999-12-31 23:59 -1);

        assert_eq!(OffsetDateTime::from(DateTime::from(last)), last);
    }
}
