//! The signature of a request: HMAC-SHA256 over what is sent.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::Request;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::clock::Clock;

const DATE: HeaderName = HeaderName::from_static("x-ms-date");
const CONTENT_HASH: HeaderName = HeaderName::from_static("x-ms-content-sha256");

/// Signs with the access key of a resource.
#[derive(Clone)]
pub(super) struct Signer {
    /// Keyed, and otherwise fresh: a clone of it signs one request. Its memory is zeroed when it is
    /// dropped.
    mac: Hmac<Sha256>,
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

impl Signer {
    /// Nothing for an empty key.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        if key.is_empty() {
            return None;
        }
        Hmac::new_from_slice(key).ok().map(|mac| Self { mac })
    }

    /// Adds date, content hash and signature to a request that is otherwise complete.
    pub(super) fn sign(
        &self,
        request: &mut Request,
        clock: &dyn Clock,
    ) -> Result<(), &'static str> {
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
        let date = imf_date(clock.now());
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

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer")
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::clock::testing::ManualClock;

    fn signer() -> Signer {
        Signer::new(b"secret").unwrap()
    }

    /// The signature for a request as a known-good client made it.
    #[test]
    fn an_empty_body_gives_the_known_signature() {
        let signature = signer().signature(&Parts {
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
        let clock = ManualClock::at(datetime!(2026-11-22 19:35:53 UTC));
        signer().sign(&mut request, &*clock).unwrap();
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
    fn an_empty_key_is_refused() {
        assert!(Signer::new(b"").is_none());
    }
}
