//! The access key of a resource, which signs requests: HMAC-SHA256 over what is sent.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::Request;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use crate::clock::Clock;

const DATE: HeaderName = HeaderName::from_static("x-ms-date");
const CONTENT_HASH: HeaderName = HeaderName::from_static("x-ms-content-sha256");

/// By how much a clock must differ, at least, to be taken for the reason of a refusal.
const TOLERANCE: Duration = Duration::minutes(1);

/// The access key of a resource. It signs requests, with the time of this machine until a refusal
/// shows that the service has another.
pub(crate) struct AccessKey {
    /// Keyed, and otherwise fresh: a clone of it signs one request. Its memory is zeroed when it is
    /// dropped.
    mac: Hmac<Sha256>,
    clock: Arc<dyn Clock>,
    /// By how many seconds the clock of the service is ahead.
    ahead: AtomicI64,
}

/// What is signed of a request, and all of it must be as it is sent.
struct Parts<'a> {
    method: &'a str,
    path_and_query: &'a str,
    host: &'a str,
    date: &'a str,
    body: &'a [u8],
}

struct Signature {
    content_hash: String,
    authorization: String,
}

impl AccessKey {
    /// Nothing for an empty key.
    pub(crate) fn new(key: &[u8], clock: Arc<dyn Clock>) -> Option<Self> {
        if key.is_empty() {
            return None;
        }
        Some(Self {
            mac: Hmac::new_from_slice(key).ok()?,
            clock,
            ahead: AtomicI64::new(0),
        })
    }

    /// Takes over the service's time after a refusal. Returns whether the clock was off, so that
    /// another signature may be accepted.
    pub(crate) fn set_clock(&self, service: OffsetDateTime) -> bool {
        let off = service - self.now();
        if off.abs() <= TOLERANCE {
            return false;
        }
        // Nothing else is published through this number.
        self.ahead.fetch_add(off.whole_seconds(), Ordering::Relaxed);
        true
    }

    fn now(&self) -> OffsetDateTime {
        let ahead = Duration::seconds(self.ahead.load(Ordering::Relaxed));
        self.clock.now().saturating_add(ahead)
    }

    /// Adds date, content hash and signature to a request that is otherwise complete.
    pub(crate) fn sign(&self, request: &mut Request) -> Result<(), &'static str> {
        let url = request.url();
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return Err("the request has no host"),
        };
        let path_and_query = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let body = match request.body().map(reqwest::Body::as_bytes) {
            Some(Some(body)) => body,
            Some(None) => return Err("a body that is streamed can't be signed"),
            None => &[],
        };
        let date = imf_date(self.now());
        let signature = self.signature(&Parts {
            method: request.method().as_str(),
            path_and_query: &path_and_query,
            host: &host,
            date: &date,
            body,
        });
        let value = |text: &str| {
            HeaderValue::from_str(text).map_err(|_| "the signature is no header value")
        };
        let mut authorization = value(&signature.authorization)?;
        authorization.set_sensitive(true);
        let (date, content_hash) = (value(&date)?, value(&signature.content_hash)?);
        let headers = request.headers_mut();
        headers.insert(DATE, date);
        headers.insert(CONTENT_HASH, content_hash);
        headers.insert(AUTHORIZATION, authorization);
        Ok(())
    }

    fn signature(&self, parts: &Parts<'_>) -> Signature {
        let content_hash = BASE64_STANDARD.encode(Sha256::digest(parts.body));
        let Parts {
            method,
            path_and_query,
            host,
            date,
            ..
        } = parts;
        let to_sign = format!("{method}\n{path_and_query}\n{date};{host};{content_hash}");
        let mut mac = self.mac.clone();
        mac.update(to_sign.as_bytes());
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        let authorization = format!(
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
        );
        Signature {
            content_hash,
            authorization,
        }
    }
}

fn imf_date(now: OffsetDateTime) -> String {
    httpdate::fmt_http_date(now.into())
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey")
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::clock::testing::ManualClock;

    const NOW: OffsetDateTime = datetime!(2026-11-22 19:35:53 UTC);

    fn key() -> AccessKey {
        AccessKey::new(b"secret", ManualClock::at(NOW)).unwrap()
    }

    /// The signature for a request as a known-good client made it.
    #[test]
    fn an_empty_body_gives_the_known_signature() {
        let signature = key().signature(&Parts {
            method: "POST",
            path_and_query: "/identities?api-version=2023-10-01",
            host: "contoso.communication.azure.com",
            date: "Mon, 01 Jan 2024 00:00:00 GMT",
            body: b"",
        });
        assert_eq!(
            signature.content_hash,
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
        assert_eq!(
            signature.authorization,
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256\
             &Signature=TkJx9bJV/vJegtlEsy8ilMFyPey/3jWMn7QGoC0Oh30="
        );
    }

    #[test]
    fn a_whole_request_gives_the_known_signature() {
        let url = "http://127.0.0.1:41253/identities/8%3Aacs%3Aaaa_bbb/:issueAccessToken?api-version=2023-10-01";
        let mut request = Request::new(reqwest::Method::POST, url.parse().unwrap());
        *request.body_mut() = Some(r#"{"scopes": ["chat"]}"#.into());
        key().sign(&mut request).unwrap();
        let header = |name: &str| request.headers()[name].to_str().unwrap();
        assert_eq!(header("x-ms-date"), "Sun, 22 Nov 2026 19:35:53 GMT");
        assert_eq!(
            header("x-ms-content-sha256"),
            "sZHRO4JkAmw3HcI1PyxrC5twHvkHIWjyMLVIkauXKRA="
        );
        assert!(
            header("authorization")
                .ends_with("&Signature=y77ytLqfwYiaJVPtzov6JP+y6+EmmKkcrfX03Or7p+I=")
        );
        assert!(request.headers()["authorization"].is_sensitive());
    }

    #[test]
    fn the_key_is_zeroed_on_drop() {
        fn zeroed<T: zeroize::ZeroizeOnDrop>() {}
        // What an HMAC is made of; it has no such mark of its own.
        zeroed::<Sha256>();
    }

    #[test]
    fn the_key_is_not_shown() {
        assert_eq!(format!("{:?}", key()), "AccessKey");
    }

    #[test]
    fn an_empty_key_is_refused() {
        assert!(AccessKey::new(b"", ManualClock::at(NOW)).is_none());
    }

    #[test]
    fn the_time_of_a_refusal_is_signed_from_then_on_if_it_is_far_from_ours() {
        for off in [Duration::hours(7), Duration::hours(-7)] {
            let key = key();
            assert!(key.set_clock(NOW + off));
            assert_eq!(key.now(), NOW + off);
            assert!(!key.set_clock(NOW + off + TOLERANCE));
            assert_eq!(key.now(), NOW + off);
        }
    }
}
