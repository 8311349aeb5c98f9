//! What a client reads of a token: when it expires, and whose it is.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Number;
use time::OffsetDateTime;

/// Base64url as JWTs have it, without padding. Some issuers add the padding.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[derive(Debug, thiserror::Error)]
pub(super) enum JwtError {
    #[error("it does not have three parts divided by dots")]
    Parts,
    #[error("its claims are not base64url")]
    Base64,
    #[error("its claims are not a JSON object with a number `exp`")]
    Claims,
    #[error("its expiry is not a time")]
    Expiry,
}

#[derive(Deserialize)]
struct Claims {
    exp: Number,
}

/// The time of the `exp` claim.
pub(super) fn expiry(jwt: &str) -> Result<OffsetDateTime, JwtError> {
    let Claims { exp } = claims(jwt)?;
    // RFC 7519 allows fractions of seconds.
    let seconds = exp
        .as_i64()
        .or_else(|| exp.as_f64().map(|seconds| seconds as i64))
        .ok_or(JwtError::Expiry)?;
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| JwtError::Expiry)
}

#[derive(Deserialize)]
struct UserClaims {
    skypeid: String,
}

/// The raw id of the user: the service writes it into its tokens as `skypeid`, without the `8:`
/// it begins with.
pub(super) fn user(jwt: &str) -> Option<String> {
    let UserClaims { skypeid } = claims(jwt).ok()?;
    Some(format!("8:{skypeid}"))
}

/// Sources of errors are left out: they could quote the claims.
fn claims<T: DeserializeOwned>(jwt: &str) -> Result<T, JwtError> {
    let mut parts = jwt.split('.');
    let (Some(_header), Some(claims), Some(_signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(JwtError::Parts);
    };
    let claims = BASE64URL.decode(claims).map_err(|_| JwtError::Base64)?;
    serde_json::from_slice(&claims).map_err(|_| JwtError::Claims)
}

#[cfg(test)]
pub(super) mod tests {
    use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    pub(in super::super) fn jwt(claims: &str) -> String {
        format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn claims_in_base64url_with_any_utf8_are_read() {
        // `>>>` and `???` encode to `-` and `_`, which the standard alphabet lacks.
        for name in ["Zoë 😀 日本", ">>>???~~~", "plain"] {
            let token = jwt(&format!(r#"{{"name":"{name}","exp":1999999999}}"#));
            assert_eq!(
                expiry(&token).unwrap().unix_timestamp(),
                1_999_999_999,
                "{name}"
            );
        }
    }

    #[test]
    fn padded_claims_and_fractions_of_seconds_are_read() {
        let padded = format!("e30.{}.c2ln", BASE64_URL_SAFE.encode(r#"{"exp":17.9}"#));
        assert_eq!(expiry(&padded).unwrap().unix_timestamp(), 17);
    }

    #[test]
    fn the_user_is_read_where_the_token_says_it() {
        let token = jwt(r#"{"skypeid":"acs:resource_user","exp":17}"#);
        assert_eq!(user(&token).as_deref(), Some("8:acs:resource_user"));
        assert_eq!(user(&jwt(r#"{"exp":17}"#)), None);
        assert_eq!(user("opaque"), None);
    }

    #[test]
    fn anything_else_is_an_error_and_never_a_panic() {
        let bad = [
            String::new(),
            "...".to_owned(),
            "a.b".to_owned(),
            "a.b.c.d".to_owned(),
            "e30.!!!.c2ln".to_owned(),
            jwt("not json"),
            jwt("[]"),
            jwt("{}"),
            jwt(r#"{"exp":"17"}"#),
            jwt(r#"{"exp":null}"#),
            jwt(r#"{"exp":1e300}"#),
            jwt(r#"{"exp":-9223372036854775808}"#),
        ];
        for token in bad {
            assert!(expiry(&token).is_err(), "{token}");
        }
    }
}
