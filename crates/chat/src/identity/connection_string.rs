//! The connection string of a resource: where it is, and its key.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::clock::system_clock;
use crate::credential::AccessKey;

/// What is wrong with a connection string. None of these quotes it: it holds a secret.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum ConnectionStringError {
    #[error("a part of it is not `name=value`")]
    Part,
    #[error("it has two values of `{0}`")]
    Twice(&'static str),
    #[error("it has no `{0}`")]
    Missing(&'static str),
    #[error("the access key is not base64, or empty")]
    AccessKey,
}

/// Reads `endpoint=…;accesskey=…`: names without regard to case, in any order. Names that are not
/// known are left aside.
pub(super) fn parse(text: &str) -> Result<(String, AccessKey), ConnectionStringError> {
    let (mut endpoint, mut access_key) = (None, None);
    for part in text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        // At the first `=`: a key in base64 ends in some.
        let (name, value) = part.split_once('=').ok_or(ConnectionStringError::Part)?;
        let (slot, name) = match name.trim().to_ascii_lowercase().as_str() {
            "endpoint" => (&mut endpoint, "endpoint"),
            "accesskey" => (&mut access_key, "accesskey"),
            _ => continue,
        };
        if slot.replace(value.trim()).is_some() {
            return Err(ConnectionStringError::Twice(name));
        }
    }
    let present = |value: Option<_>, name| {
        value
            .filter(|value: &&str| !value.is_empty())
            .ok_or(ConnectionStringError::Missing(name))
    };
    let endpoint = present(endpoint, "endpoint")?;
    let access_key = present(access_key, "accesskey")?;
    Ok((endpoint.to_owned(), self::access_key(access_key)?))
}

/// Reads an access key in base64.
pub(super) fn access_key(text: &str) -> Result<AccessKey, ConnectionStringError> {
    let key = BASE64_STANDARD
        .decode(text.trim())
        .map(Zeroizing::new)
        .map_err(|_| ConnectionStringError::AccessKey)?;
    AccessKey::new(&key, system_clock()).ok_or(ConnectionStringError::AccessKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_in_any_case_and_order() {
        for text in [
            "endpoint=https://h/;accesskey=c2VjcmV0",
            "AccessKey=c2VjcmV0;Endpoint=https://h/",
            " ENDPOINT = https://h/ ; ACCESSKEY = c2VjcmV0 ; ",
            "endpoint=https://h/;other=x=y;accesskey=c2VjcmV0;",
        ] {
            assert_eq!(parse(text).unwrap().0, "https://h/", "{text}");
        }
    }

    #[test]
    fn keys_keep_the_equals_signs_at_their_end() {
        assert!(parse("endpoint=https://h/;accesskey=c2VjcmV0cw==").is_ok());
    }

    #[test]
    fn everything_else_says_what_is_wrong() {
        use ConnectionStringError::*;
        for (text, error) in [
            ("", Missing("endpoint")),
            ("nonsense", Part),
            ("endpoint=https://h/", Missing("accesskey")),
            ("endpoint=https://h/;accesskey=", Missing("accesskey")),
            ("accesskey=c2VjcmV0", Missing("endpoint")),
            (
                "endpoint=a;endpoint=b;accesskey=c2VjcmV0",
                Twice("endpoint"),
            ),
            ("endpoint=https://h/;accesskey=no base64!", AccessKey),
        ] {
            assert_eq!(parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn the_key_is_never_printed() {
        let printed = format!(
            "{:?}",
            parse("endpoint=https://h/;accesskey=c2VjcmV0").unwrap()
        );
        assert!(
            !printed.contains("c2VjcmV0") && !printed.contains("secret"),
            "{printed}"
        );
    }
}
