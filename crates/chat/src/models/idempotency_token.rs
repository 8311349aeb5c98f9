//! The token by which the service recognises a repeated create.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ParseError;

/// The token by which the service recognises a repeated request to create a thread (header
/// `repeatability-request-id`).
///
/// The same token again gives the same thread, also when the body differs. Builders generate a UUID v4
/// unless one is given. It can be stored (it is no secret) and read back with [`FromStr`] or serde.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, .. }: Scene) -> Done {
/// use chat::models::IdempotencyToken;
///
/// let token: IdempotencyToken = "order-17".parse()?;
/// let created = client.create_chat_thread("Order 17").idempotency_token(&token).await?;
/// let again = client.create_chat_thread("Order 17").idempotency_token(&token).await?;
/// assert_eq!(again.chat_thread().id(), created.chat_thread().id());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdempotencyToken(Box<str>);

impl IdempotencyToken {
    /// Generates a new token: a random UUID (version 4).
    #[must_use]
    #[expect(clippy::new_without_default, reason = "every call gives another value")]
    pub fn new() -> Self {
        Self::from(Uuid::new_v4())
    }

    /// The token as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Uuid> for IdempotencyToken {
    fn from(id: Uuid) -> Self {
        Self(id.to_string().into())
    }
}

impl From<&IdempotencyToken> for IdempotencyToken {
    fn from(token: &IdempotencyToken) -> Self {
        token.clone()
    }
}

impl FromStr for IdempotencyToken {
    type Err = ParseError;

    /// Reads a token of 1 to 128 visible ASCII characters.
    ///
    /// # Errors
    /// Anything else, since it could not be sent as a header.
    fn from_str(token: &str) -> Result<Self, ParseError> {
        if matches!(token.len(), 1..=128) && token.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(token.into()))
        } else {
            Err(ParseError(
                "an idempotency token is 1 to 128 visible ASCII characters",
            ))
        }
    }
}

impl TryFrom<&str> for IdempotencyToken {
    type Error = ParseError;

    fn try_from(token: &str) -> Result<Self, ParseError> {
        token.parse()
    }
}

impl TryFrom<String> for IdempotencyToken {
    type Error = ParseError;

    fn try_from(token: String) -> Result<Self, ParseError> {
        token.parse()
    }
}

impl From<IdempotencyToken> for String {
    fn from(token: IdempotencyToken) -> Self {
        token.0.into()
    }
}

impl fmt::Display for IdempotencyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_a_token_where_a_header_can_hold_it_and_is_written_as_it_was_read(
            text in prop_oneof![any::<String>(), "[!-~]{0,130}"]
        ) {
            let fits = (1..=128).contains(&text.len())
                && text.chars().all(|c| c.is_ascii() && !c.is_ascii_control() && c != ' ');
            let token = text.parse::<IdempotencyToken>();
            prop_assert_eq!(token.is_ok(), fits);
            if let Ok(token) = token {
                prop_assert_eq!(token.as_str(), &text);
                let json = serde_json::to_string(&token).unwrap();
                prop_assert_eq!(serde_json::from_str::<IdempotencyToken>(&json).unwrap(), token);
                prop_assert!(http::HeaderValue::from_str(&text).is_ok());
            }
        }
    }

    #[test]
    fn every_minted_token_is_another_uuid_v4() {
        let (a, b) = (IdempotencyToken::new(), IdempotencyToken::new());
        assert_ne!(a, b);
        assert_eq!(Uuid::parse_str(a.as_str()).unwrap().get_version_num(), 4);
    }

    #[test]
    fn what_is_no_header_value_is_no_token() {
        for token in ["", "a b", "a\nb", "ü", &"x".repeat(129)] {
            assert!(token.parse::<IdempotencyToken>().is_err(), "{token:?}");
        }
        assert_eq!(
            "order-17".parse::<IdempotencyToken>().unwrap().to_string(),
            "order-17"
        );
    }
}
