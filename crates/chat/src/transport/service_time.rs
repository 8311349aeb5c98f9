//! What time it is at the service, as its answers say.

use std::sync::atomic::{AtomicI64, Ordering};

use http::HeaderMap;
use http::header::DATE;
use time::OffsetDateTime;

/// Reads the `Date` of an answer.
pub(crate) fn read(headers: &HeaderMap) -> Option<OffsetDateTime> {
    let date = headers.get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(date).ok().map(Into::into)
}

/// The newest time the service has told, in seconds since 1970.
#[derive(Debug)]
pub(super) struct ServiceTime(AtomicI64);

impl Default for ServiceTime {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl ServiceTime {
    pub(super) fn note(&self, date: Option<OffsetDateTime>) {
        if let Some(date) = date {
            // Nothing else is published through this number.
            self.0.fetch_max(date.unix_timestamp(), Ordering::Relaxed);
        }
    }

    pub(super) fn newest(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp(self.0.load(Ordering::Relaxed)).ok()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_newest_time_is_kept_whatever_comes_after() {
        let time = ServiceTime::default();
        assert_eq!(time.newest(), None);
        for date in [
            Some(datetime!(2026-01-02 00:00 UTC)),
            None,
            Some(datetime!(2026-01-01 00:00 UTC)),
        ] {
            time.note(date);
            assert_eq!(time.newest(), Some(datetime!(2026-01-02 00:00 UTC)));
        }
    }
}
