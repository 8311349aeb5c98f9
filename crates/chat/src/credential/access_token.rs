//! A token, ready to be sent.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::jwt;
use crate::error::Error;

const SCHEME: &str = "Bearer ";

/// A user access token and when it expires.
///
/// `Debug` does not show the token. Clones share the memory the token is in, which is overwritten
/// with zeros when the last of them is dropped. That does not reach copies made elsewhere: the text
/// that was passed in by reference, and what is written to a connection.
///
/// ```
/// use chat::AccessToken;
/// use time::OffsetDateTime;
///
/// # let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5OTk5OTk5OTl9.c2ln";
/// let token = AccessToken::try_from(jwt)?; // A JWT says itself when it expires.
/// assert!(token.expires_on() > OffsetDateTime::now_utc());
/// assert!(!format!("{token:?}").contains(token.secret()));
/// # Ok::<(), chat::Error>(())
/// ```
#[derive(Clone)]
pub struct AccessToken {
    /// The whole header value, made once: a clone of it copies nothing. Its bytes are zeroed when
    /// the last clone is dropped.
    bearer: HeaderValue,
    expires_on: OffsetDateTime,
}

impl AccessToken {
    /// A token and when it expires. For a JWT, `AccessToken::try_from(jwt)` reads that from the
    /// token itself.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the token is empty or
    /// has characters that can't be sent in a header.
    pub fn new(token: impl AsRef<str>, expires_on: OffsetDateTime) -> Result<Self, Error> {
        let token = token.as_ref();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid_argument(
                "an access token is not empty and holds visible ASCII characters only",
            ));
        }
        let bearer = Bytes::from_owner(Zeroizing::new([SCHEME, token].concat()));
        let mut bearer = HeaderValue::from_maybe_shared(bearer).map_err(|error| {
            Error::invalid_argument("the access token can't be sent").with_source(error)
        })?;
        bearer.set_sensitive(true);
        Ok(Self { bearer, expires_on })
    }

    /// The token itself. It is a secret: with it, anyone can act as its user.
    #[must_use]
    pub fn secret(&self) -> &str {
        // Checked to be ASCII when it was made.
        let bearer = self.bearer.to_str().unwrap_or_default();
        bearer.strip_prefix(SCHEME).unwrap_or_default()
    }

    /// When the token expires.
    #[must_use]
    pub fn expires_on(&self) -> OffsetDateTime {
        self.expires_on
    }

    /// The raw id of the token's user, if the token says it.
    pub(super) fn user(&self) -> Option<String> {
        jwt::user(self.secret())
    }

    pub(crate) fn header_value(&self) -> HeaderValue {
        self.bearer.clone()
    }
}

impl TryFrom<&str> for AccessToken {
    type Error = Error;

    /// Reads a JWT: its expiry is the `exp` claim. The signature is the service's to check.
    fn try_from(jwt: &str) -> Result<Self, Error> {
        let expires_on = jwt::expiry(jwt).map_err(|error| {
            Error::invalid_argument("the access token is not a JWT with an expiry")
                .with_source(error)
        })?;
        Self::new(jwt, expires_on)
    }
}

impl TryFrom<String> for AccessToken {
    type Error = Error;

    /// As from a `&str`; the text is overwritten with zeros.
    fn try_from(jwt: String) -> Result<Self, Error> {
        Self::try_from(Zeroizing::new(jwt).as_str())
    }
}

impl TryFrom<&String> for AccessToken {
    type Error = Error;

    fn try_from(jwt: &String) -> Result<Self, Error> {
        Self::try_from(jwt.as_str())
    }
}

impl From<&AccessToken> for AccessToken {
    fn from(token: &AccessToken) -> Self {
        token.clone()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("expires_on", &self.expires_on)
            .finish_non_exhaustive()
    }
}
