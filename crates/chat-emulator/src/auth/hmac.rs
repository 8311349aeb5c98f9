//! The signature by which the owner of the access key is known, on the raw request target.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method};
use sha2::{Digest, Sha256};

use crate::wire::error::ApiError;

/// How far the date of a request may be from the machine's clock.
const MAX_SKEW: Duration = Duration::from_secs(15 * 60);
const SCHEME: &str = "HMAC-SHA256";
const CONTENT_HASH: &str = "x-ms-content-sha256";
const DATES: [&str; 2] = ["x-ms-date", "date"];

/// A request as it was signed.
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a Method,
    /// Path and query exactly as they arrived.
    pub(crate) target: &'a str,
    pub(crate) headers: &'a HeaderMap,
    /// The host that the request was sent to. A proxy or HTTP/2 may have left no such header.
    pub(crate) host: Option<&'a str>,
    /// Nothing where it has not been read: then its hash is believed.
    pub(crate) body: Option<&'a [u8]>,
}

/// Accepts a request that was signed with `key` not long before or after `now`.
pub(crate) fn verify(request: &Signed<'_>, key: &[u8], now: SystemTime) -> Result<(), ApiError> {
    let (names, signature) = authorization(request.headers)?;
    let names: Vec<&str> = names.split(';').collect();
    let date = DATES
        .into_iter()
        .find(|date| names.contains(date))
        .ok_or_else(|| refused("The signature must cover x-ms-date."))?;
    for required in ["host", CONTENT_HASH] {
        if !names.contains(&required) {
            return Err(refused(format!("The signature must cover {required}.")));
        }
    }
    let sent = httpdate::parse_http_date(header(request.headers, date)?)
        .map_err(|_| refused(format!("The value of {date} is not a date.")))?;
    let skew = now
        .duration_since(sent)
        .unwrap_or_else(|error| error.duration());
    if skew > MAX_SKEW {
        return Err(refused(format!(
            "The value of {date} is too far from the service's clock."
        )));
    }
    let hash = header(request.headers, CONTENT_HASH)?;
    if let Some(body) = request.body
        && hash != STANDARD.encode(Sha256::digest(body))
    {
        return Err(refused(format!(
            "The value of {CONTENT_HASH} is not the hash of the body."
        )));
    }
    let mut values = Vec::with_capacity(names.len());
    for name in names {
        values.push(match request.host {
            Some(host) if name == "host" => host,
            _ => header(request.headers, name)?,
        });
    }
    let text = format!(
        "{}\n{}\n{}",
        request.method,
        request.target,
        values.join(";")
    );
    let signature = STANDARD
        .decode(signature)
        .map_err(|_| refused("The signature is not valid base64."))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|_| refused("The access key cannot be used."))?;
    mac.update(text.as_bytes());
    mac.verify_slice(&signature).map_err(|_| {
        refused(
            "The signature does not match. It covers the method, the path and query exactly as \
                 sent, and the signed headers.",
        )
    })
}

/// The names of the signed headers and the signature.
fn authorization(headers: &HeaderMap) -> Result<(&str, &str), ApiError> {
    let value = header(headers, AUTHORIZATION.as_str())
        .map_err(|_| refused("The request is not signed with the access key."))?;
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Err(refused(
            "Identity requests are signed with the access key; the emulator takes no other credential.",
        ));
    }
    let (mut names, mut signature) = (None, None);
    for part in rest.trim().split('&') {
        match part.split_once('=') {
            Some(("SignedHeaders", value)) => names = Some(value),
            Some(("Signature", value)) => signature = Some(value),
            _ => {}
        }
    }
    names
        .zip(signature)
        .ok_or_else(|| refused("The authorization lacks SignedHeaders or Signature."))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, ApiError> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| refused(format!("The header {name} is missing or unreadable.")))
}

fn refused(message: impl Into<String>) -> ApiError {
    ApiError::denied(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request whose signature is known from elsewhere, so that this code is not its own judge.
    struct Vector {
        method: Method,
        target: &'static str,
        headers: HeaderMap,
        body: &'static [u8],
        now: SystemTime,
    }

    const KEY: &[u8] = b"secret";

    fn vector(
        target: &'static str,
        date: &'static str,
        host: &'static str,
        body: &'static str,
        hash: &'static str,
        signature: &'static str,
    ) -> Vector {
        let authorization = format!(
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
        );
        let mut headers = HeaderMap::new();
        headers.insert("x-ms-date", date.parse().unwrap());
        headers.insert("host", host.parse().unwrap());
        headers.insert("x-ms-content-sha256", hash.parse().unwrap());
        headers.insert("authorization", authorization.parse().unwrap());
        let now = httpdate::parse_http_date(date).unwrap();
        Vector {
            method: Method::POST,
            target,
            headers,
            body: body.as_bytes(),
            now,
        }
    }

    fn empty_body() -> Vector {
        vector(
            "/identities?api-version=2023-10-01",
            "Mon, 01 Jan 2024 00:00:00 GMT",
            "contoso.communication.azure.com",
            "",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "TkJx9bJV/vJegtlEsy8ilMFyPey/3jWMn7QGoC0Oh30=",
        )
    }

    fn encoded_target() -> Vector {
        vector(
            "/identities/8%3Aacs%3Aaaa_bbb/:issueAccessToken?api-version=2023-10-01",
            "Sun, 22 Nov 2026 19:35:53 GMT",
            "127.0.0.1:41253",
            r#"{"scopes": ["chat"]}"#,
            "sZHRO4JkAmw3HcI1PyxrC5twHvkHIWjyMLVIkauXKRA=",
            "y77ytLqfwYiaJVPtzov6JP+y6+EmmKkcrfX03Or7p+I=",
        )
    }

    fn check(vector: &Vector, key: &[u8]) -> Result<(), ApiError> {
        let Vector {
            method,
            target,
            headers,
            body,
            now,
        } = vector;
        verify(
            &Signed {
                method,
                target,
                headers,
                host: headers.get("host").and_then(|host| host.to_str().ok()),
                body: Some(body),
            },
            key,
            *now,
        )
    }

    fn message(result: Result<(), ApiError>) -> String {
        let error = result.unwrap_err();
        assert_eq!(error.status, http::StatusCode::UNAUTHORIZED);
        error.reason().to_owned()
    }

    #[test]
    fn known_signatures_are_accepted() {
        assert_eq!(check(&empty_body(), KEY), Ok(()));
        assert_eq!(check(&encoded_target(), KEY), Ok(()));
    }

    #[test]
    fn the_target_is_signed_as_sent_and_not_as_decoded() {
        let decoded = Vector {
            target: "/identities/8:acs:aaa_bbb/:issueAccessToken?api-version=2023-10-01",
            ..encoded_target()
        };
        assert!(message(check(&decoded, KEY)).contains("does not match"));
    }

    #[test]
    fn another_key_method_or_host_is_refused() {
        assert!(message(check(&empty_body(), b"other")).contains("does not match"));
        let method = Vector {
            method: Method::DELETE,
            ..empty_body()
        };
        assert!(message(check(&method, KEY)).contains("does not match"));
        let mut host = empty_body();
        host.headers.insert("host", "example.com".parse().unwrap());
        assert!(message(check(&host, KEY)).contains("does not match"));
    }

    #[test]
    fn a_body_other_than_the_hashed_one_is_refused() {
        let body = Vector {
            body: b"{}",
            ..empty_body()
        };
        assert!(message(check(&body, KEY)).contains("not the hash of the body"));
    }

    #[test]
    fn a_date_more_than_a_quarter_of_an_hour_away_is_refused_on_either_side() {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        let at = empty_body().now;
        for now in [at + minutes(14), at - minutes(14)] {
            assert_eq!(
                check(
                    &Vector {
                        now,
                        ..empty_body()
                    },
                    KEY
                ),
                Ok(())
            );
        }
        for now in [at + minutes(16), at - minutes(16)] {
            assert!(
                message(check(
                    &Vector {
                        now,
                        ..empty_body()
                    },
                    KEY
                ))
                .contains("too far")
            );
        }
    }

    #[test]
    fn a_signature_that_leaves_a_header_out_is_refused() {
        for (names, missing) in [
            ("host;x-ms-content-sha256", "x-ms-date"),
            ("x-ms-date;x-ms-content-sha256", "host"),
            ("x-ms-date;host", "x-ms-content-sha256"),
        ] {
            let mut vector = empty_body();
            let value = format!("HMAC-SHA256 SignedHeaders={names}&Signature=AAAA");
            vector
                .headers
                .insert("authorization", value.parse().unwrap());
            assert!(message(check(&vector, KEY)).contains(missing));
        }
    }

    #[test]
    fn garbled_and_missing_authorizations_are_refused() {
        for value in [
            "",
            "HMAC-SHA256",
            "HMAC-SHA256 Signature=x",
            "Bearer x",
            "Basic eA==",
        ] {
            let mut vector = empty_body();
            vector
                .headers
                .insert("authorization", value.parse().unwrap());
            assert!(check(&vector, KEY).is_err(), "{value}");
        }
        let mut vector = empty_body();
        vector.headers.remove("authorization");
        assert!(message(check(&vector, KEY)).contains("not signed"));
    }
}
