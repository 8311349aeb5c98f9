//! Points in time as the service counts them: milliseconds since 1970.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset};

/// The last millisecond of the year 9999, the end of what RFC 3339 can write.
const MAX_MILLIS: i64 = 253_402_300_799_999;

/// How the service writes `startTime` into the links it makes: the invariant culture of .NET.
const LINK_FORMAT: &[BorrowedFormatItem<'_>] = format_description!(
    "[month padding:none]/[day padding:none]/[year] \
     [hour repr:12 padding:none]:[minute]:[second] [period case:upper] +00:00"
);
/// Seven digits of a second, as .NET writes its ticks.
const TICKS_FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]+00:00");
const MILLIS_FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+00:00");

/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// It serializes as the service writes chat times: RFC 3339, whole seconds, `Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub(crate) const EPOCH: Self = Self(0);
    /// The end of the year 9999.
    pub(crate) const MAX: Self = Self(MAX_MILLIS);

    /// The time `millis` after 1970, held inside the years 1970 to 9999.
    pub(crate) const fn from_millis(millis: i64) -> Self {
        Self(if millis < 0 {
            0
        } else if millis > MAX_MILLIS {
            MAX_MILLIS
        } else {
            millis
        })
    }

    /// Milliseconds since 1970.
    pub(crate) fn millis(self) -> i64 {
        self.0
    }

    /// Seconds since 1970, cut.
    pub(crate) fn seconds(self) -> i64 {
        self.0 / 1000
    }

    /// This time moved forward.
    pub(crate) fn plus(self, duration: std::time::Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// How long it is until `later`.
    pub(crate) fn until(self, later: Self) -> std::time::Duration {
        let millis = later.0.saturating_sub(self.0);
        std::time::Duration::from_millis(u64::try_from(millis).unwrap_or_default())
    }

    /// Reads an RFC 3339 date and time; times before 1970 count as 1970.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339).ok().map(Self::from)
    }

    /// Reads what [`Self::in_link`] writes.
    pub(crate) fn parse_link(text: &str) -> Option<Self> {
        let at = PrimitiveDateTime::parse(text, LINK_FORMAT).ok()?;
        Some(Self::from(at.assume_utc()))
    }

    /// As in the links of the service: `1/1/1970 12:00:00 AM +00:00`.
    pub(crate) fn in_link(self) -> String {
        self.date_time().format(LINK_FORMAT).unwrap_or_default()
    }

    /// As the identity service writes an expiry: seven digits of a second and `+00:00`.
    pub(crate) fn with_ticks(self) -> String {
        self.date_time().format(TICKS_FORMAT).unwrap_or_default()
    }

    /// As in the continuation of a list of threads: three digits of a second and `+00:00`.
    pub(crate) fn with_millis(self) -> String {
        self.date_time().format(MILLIS_FORMAT).unwrap_or_default()
    }

    fn date_time(self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(self.0)
    }
}

impl From<OffsetDateTime> for Timestamp {
    fn from(at: OffsetDateTime) -> Self {
        let millis = at
            .to_offset(UtcOffset::UTC)
            .unix_timestamp_nanos()
            .div_euclid(1_000_000);
        Self::from_millis(i64::try_from(millis).unwrap_or(MAX_MILLIS))
    }
}

impl From<Timestamp> for OffsetDateTime {
    fn from(at: Timestamp) -> Self {
        at.date_time()
    }
}

/// RFC 3339, whole seconds, `Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = Self(self.0 - self.0.rem_euclid(1000));
        f.write_str(
            &seconds
                .date_time()
                .format(&Rfc3339)
                .map_err(|_| fmt::Error)?,
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("expected an RFC 3339 date and time"))
    }
}

/// Milliseconds since 1970 as a number, for what is kept: nothing is cut.
pub(crate) mod millis {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        at.0.serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(from).map(Timestamp::from_millis)
    }
}

/// As [`millis`], of a time that may be missing.
pub(crate) mod optional_millis {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        at.map(|at| at.0).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::deserialize(from)?.map(Timestamp::from_millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chat_times_are_whole_seconds_and_z() {
        assert_eq!(
            Timestamp::from_millis(1_638_847_871_698).to_string(),
            "2021-12-07T03:31:11Z"
        );
        assert_eq!(Timestamp::EPOCH.to_string(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn an_expiry_has_seven_digits_and_an_offset() {
        let at = Timestamp::from_millis(1_638_847_871_698);
        assert_eq!(at.with_ticks(), "2021-12-07T03:31:11.6980000+00:00");
    }

    #[test]
    fn link_times_are_written_as_recorded_and_read_back() {
        assert_eq!(Timestamp::EPOCH.in_link(), "1/1/1970 12:00:00 AM +00:00");
        let noon = Timestamp::from_millis(1_638_878_401_000);
        assert_eq!(noon.in_link(), "12/7/2021 12:00:01 PM +00:00");
        for at in [
            Timestamp::EPOCH,
            noon,
            Timestamp::from_millis(1_638_847_871_000),
        ] {
            assert_eq!(Timestamp::parse_link(&at.in_link()), Some(at));
        }
        assert_eq!(Timestamp::parse_link("yesterday"), None);
        assert_eq!(Timestamp::parse_link("1/1/1970 12:00:00 AM +01:00"), None);
    }

    #[test]
    fn fractions_and_offsets_are_read_and_nonsense_is_not() {
        let at = Timestamp::parse("2020-09-08T03:02:14.387Z").unwrap();
        assert_eq!(
            Timestamp::parse("2020-09-08T01:02:14.387456-02:00"),
            Some(at)
        );
        assert_eq!(Timestamp::parse("2020-09-08"), None);
        assert_eq!(Timestamp::parse(""), None);
    }

    #[test]
    fn times_outside_of_the_range_are_held_at_its_ends() {
        assert_eq!(
            Timestamp::parse("0001-01-01T00:00:00Z"),
            Some(Timestamp::EPOCH)
        );
        let end = Timestamp::EPOCH.plus(std::time::Duration::MAX);
        assert_eq!(end.to_string(), "9999-12-31T23:59:59Z");
    }
}
