//! How long the service asks to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// Reads `retry-after-ms`, `x-ms-retry-after-ms` and `Retry-After`, in this order. A date counts
/// from the answer's own `Date`, so that the clock of this machine does not matter where the
/// service says what time it is.
pub(crate) fn read(headers: &HeaderMap) -> Option<Duration> {
    let millis = |name| number(headers, name).map(Duration::from_millis);
    millis("retry-after-ms")
        .or_else(|| millis("x-ms-retry-after-ms"))
        .or_else(|| number(headers, RETRY_AFTER.as_str()).map(Duration::from_secs))
        .or_else(|| {
            let until = date(headers, RETRY_AFTER.as_str())?;
            let now = date(headers, DATE.as_str()).unwrap_or_else(SystemTime::now);
            Some(until.duration_since(now).unwrap_or_default())
        })
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    // `parse` would take a sign.
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn date(headers: &HeaderMap, name: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        read(&map)
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(after(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(
            after(&[("x-ms-retry-after-ms", "70")]),
            Some(Duration::from_millis(70))
        );
        assert_eq!(
            after(&[("retry-after", "7"), ("retry-after-ms", "7100")]),
            Some(Duration::from_millis(7100))
        );
        assert_eq!(
            after(&[
                ("date", "Mon, 01 Jan 2024 00:00:00 GMT"),
                ("retry-after", "Mon, 01 Jan 2024 00:01:30 GMT"),
            ]),
            Some(Duration::from_secs(90))
        );
    }

    #[test]
    fn a_date_that_has_passed_is_no_wait() {
        assert_eq!(
            after(&[("retry-after", "Mon, 01 Jan 2024 00:00:00 GMT")]),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn anything_else_is_nothing() {
        for value in [
            "",
            "-1",
            "+1",
            "1.5",
            "soon",
            "99999999999999999999999",
            "Mon, 99 Jan 2024",
        ] {
            assert_eq!(after(&[("retry-after", value)]), None, "{value}");
        }
        assert_eq!(after(&[]), None);
    }
}
