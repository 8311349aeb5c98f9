//! Points in time, as the service writes them.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Visitor},
};
use time::{Date, Month, OffsetDateTime, Time, UtcOffset, format_description::well_known::Rfc3339};

/// A point in time, RFC 3339 on the wire.
///
/// It is read with any offset and any fraction of a second; it is shown and written in UTC, as
/// `2026-01-31T12:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
        if let Some(time) = usual(text) {
            return Ok(Self(time));
        }
        let parsed = OffsetDateTime::parse(text, &Rfc3339);
        parsed.map(Self::from).map_err(ParseDateTimeError)
    }
}

/// Reads `2026-01-31T12:00:00Z`, as the service writes nearly all times: a page of a list has
/// hundreds, and what takes every form takes four times as long. Nothing for any other text.
fn usual(text: &str) -> Option<OffsetDateTime> {
    let [y3, y2, y1, y0, b'-', m1, m0, b'-', d1, d0, b'T', rest @ ..] = text.as_bytes() else {
        return None;
    };
    let [h1, h0, b':', min1, min0, b':', s1, s0, b'Z'] = rest else {
        return None;
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| byte - b'0');
    let two = |tens, ones| Some(digit(tens)? * 10 + digit(ones)?);
    let year = i32::from(two(y3, y2)?) * 100 + i32::from(two(y1, y0)?);
    let month = Month::try_from(two(m1, m0)?).ok()?;
    let date = Date::from_calendar_date(year, month, two(d1, d0)?).ok()?;
    let time = Time::from_hms(two(h1, h0)?, two(min1, min0)?, two(s1, s0)?).ok()?;
    Some(date.with_time(time).assume_utc())
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = DateTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date and time by RFC 3339")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<DateTime, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
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
    fn the_usual_form_is_read_as_by_the_reader_of_all_forms() {
        for text in [
            "0000-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59Z",
            "9999-12-31T23:59:59Z",
        ] {
            let time = OffsetDateTime::parse(text, &Rfc3339).unwrap();
            assert_eq!(usual(text), Some(time), "{text}");
        }
        for text in [
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:0:Z",
            "2024-01-01t00:00:00Z",
            "2024-01-01T00:00:00z",
            "2016-12-31T23:59:60Z",
            "2024-01-01T00:00:00.5Z",
            "+024-01-01T00:00:00Z",
        ] {
            assert_eq!(usual(text), None, "{text}");
        }
        // A leap second, and small letters: rare, and times all the same.
        for text in ["2016-12-31T23:59:60Z", "2024-01-01t00:00:00z"] {
            assert!(text.parse::<DateTime>().is_ok(), "{text}");
        }
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
