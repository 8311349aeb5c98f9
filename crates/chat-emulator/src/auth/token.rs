//! User access tokens: JWTs that the emulator signs and reads itself.
//!
//! Only tokens of its own making are ever read, all of the one algorithm, so this needs no general JWT
//! library, whose choice of algorithms would have to be shut off again.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;
use crate::store::{Grant, Scope};
use crate::wire::error::ApiError;

/// Where clients of notifications send their token.
pub(crate) const SKYPE_TOKEN: HeaderName = HeaderName::from_static("x-skypetoken");
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// Signs and reads the tokens of one emulator.
pub(crate) struct TokenKey {
    key: [u8; 32],
    resource: String,
    /// By their signatures, since a whole token is long to hash: the tokens, and what they grant.
    verified: Mutex<HashMap<String, (String, Grant)>>,
}

/// How many tokens are known to be good without looking again. Looking is half of what it costs to answer
/// a small request, and a client uses the same token many times.
const MAX_VERIFIED: usize = 1024;

/// The claims, named as the service names them. All are plain ASCII without `>`, `?` and `~`, and so the
/// base64url of the payload has neither `-` nor `_`, which one client cannot read.
#[derive(Serialize, Deserialize)]
struct Claims {
    skypeid: String,
    scp: u32,
    csi: String,
    exp: i64,
    iat: i64,
    #[serde(rename = "acsScope")]
    acs_scope: String,
    #[serde(rename = "resourceId")]
    resource_id: String,
    jti: String,
}

impl TokenKey {
    pub(crate) fn new(key: [u8; 32], resource: uuid::Uuid) -> Self {
        Self {
            key,
            resource: resource.to_string(),
            verified: Mutex::default(),
        }
    }

    /// The token that stands for `grant`.
    pub(crate) fn sign(&self, grant: &Grant) -> String {
        let scopes: Vec<_> = grant.scopes.iter().map(|scope| scope.as_str()).collect();
        let user = grant.user.as_str();
        let claims = Claims {
            // The claim leaves out the type of the identifier, as the service's tokens do.
            skypeid: user.strip_prefix("8:").unwrap_or(user).to_owned(),
            scp: 1792,
            csi: grant.issued.millis().to_string(),
            exp: grant.expires.seconds(),
            iat: grant.issued.seconds(),
            acs_scope: scopes.join(","),
            resource_id: self.resource.clone(),
            jti: grant.serial.to_string(),
        };
        let payload = serde_json::to_vec(&claims).unwrap_or_default();
        let text = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(HEADER),
            URL_SAFE_NO_PAD.encode(payload)
        );
        let signature = self
            .mac(&text)
            .map(|mac| mac.finalize().into_bytes())
            .unwrap_or_default();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// What the bearer token of a request grants, if this emulator has signed it.
    pub(crate) fn read(&self, headers: &HeaderMap) -> Result<Grant, ApiError> {
        let value = headers
            .get(AUTHORIZATION)
            .ok_or_else(|| refused("The request has no token."))?;
        let value = value
            .to_str()
            .map_err(|_| refused("The authorization is unreadable."))?;
        let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Err(refused(
                "Chat requests carry a user access token as a bearer token.",
            ));
        }
        self.recall_or_verify(token.trim())
            .ok_or_else(|| refused("The access token was not issued by this emulator."))
    }

    /// As [`Self::read`], of the header in which clients of notifications send their token, bare.
    pub(crate) fn read_skype_token(&self, headers: &HeaderMap) -> Result<Grant, ApiError> {
        let value = headers
            .get(SKYPE_TOKEN)
            .ok_or_else(|| refused("The request has no x-skypetoken."))?;
        value
            .to_str()
            .ok()
            .and_then(|token| self.recall_or_verify(token.trim()))
            .ok_or_else(|| refused("The token in x-skypetoken was not issued by this emulator."))
    }

    /// As [`Self::verify`], whose answer for a token never changes: whether the grant still holds is not
    /// asked here.
    fn recall_or_verify(&self, token: &str) -> Option<Grant> {
        let (_, signature) = token.rsplit_once('.')?;
        if let Some((known, grant)) = self.verified().get(signature)
            && known == token
        {
            return Some(grant.clone());
        }
        let grant = self.verify(token)?;
        let mut verified = self.verified();
        if verified.len() >= MAX_VERIFIED {
            verified.clear();
        }
        verified.insert(signature.to_owned(), (token.to_owned(), grant.clone()));
        Some(grant)
    }

    fn verified(&self) -> MutexGuard<'_, HashMap<String, (String, Grant)>> {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn verify(&self, token: &str) -> Option<Grant> {
        let (text, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.mac(text)?.verify_slice(&signature).ok()?;
        let (_, payload) = text.split_once('.')?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let scopes = claims
            .acs_scope
            .split(',')
            .filter_map(Scope::parse)
            .collect();
        Some(Grant {
            user: RawId::parse(&format!("8:{}", claims.skypeid)).ok()?,
            scopes,
            serial: claims.jti.parse().ok()?,
            issued: Timestamp::from_millis(claims.csi.parse().ok()?),
            expires: Timestamp::EPOCH.plus(Duration::from_secs(u64::try_from(claims.exp).ok()?)),
        })
    }

    fn mac(&self, text: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(text.as_bytes());
        Some(mac)
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey")
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}

fn refused(message: &str) -> ApiError {
    ApiError::unauthorized(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn key() -> TokenKey {
        TokenKey::new([7; 32], Uuid::from_u128(1))
    }

    fn grant() -> Grant {
        Grant {
            user: RawId::communication_user(Uuid::from_u128(1), Uuid::from_u128(2)),
            scopes: vec![Scope::Chat, Scope::VoipJoin],
            serial: 3,
            issued: Timestamp::from_millis(1_700_000_000_000),
            expires: Timestamp::from_millis(1_700_003_600_000),
        }
    }

    fn read(key: &TokenKey, authorization: &str) -> Result<Grant, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization.parse().unwrap());
        key.read(&headers)
    }

    #[test]
    fn a_token_grants_what_was_signed() {
        let token = key().sign(&grant());
        assert_eq!(read(&key(), &format!("Bearer {token}")), Ok(grant()));
        assert_eq!(read(&key(), &format!("bearer {token}")), Ok(grant()));
    }

    #[test]
    fn the_payload_is_free_of_url_safe_characters_and_says_when_it_expires() {
        let mut grant = grant();
        for serial in 0..500 {
            grant.serial = serial;
            grant.user = RawId::communication_user(Uuid::new_v4(), Uuid::new_v4());
            let token = key().sign(&grant);
            let payload = token.split('.').nth(1).unwrap();
            assert!(!payload.contains(['-', '_']), "{payload}");
            let json: serde_json::Value =
                serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
            assert_eq!(json["exp"], 1_700_003_600);
        }
    }

    #[test]
    fn a_token_that_is_known_is_read_again_and_those_known_are_bounded() {
        let key = key();
        let first = key.sign(&grant());
        for serial in 0..2 * MAX_VERIFIED as u64 {
            let grant = Grant { serial, ..grant() };
            let token = format!("Bearer {}", key.sign(&grant));
            for _ in 0..2 {
                assert_eq!(read(&key, &token), Ok(grant.clone()));
            }
            assert!(key.verified().len() <= MAX_VERIFIED);
        }
        assert_eq!(read(&key, &format!("Bearer {first}")), Ok(grant()));
        let tampered = format!("Bearer {}x", &first[..first.len() - 1]);
        assert!(read(&key, &tampered).is_err());
        // Its signature is known, and is of another text.
        assert!(read(&key, &format!("Bearer x{first}")).is_err());
    }

    #[test]
    fn foreign_and_garbled_tokens_are_refused() {
        let token = key().sign(&grant());
        let foreign = TokenKey::new([8; 32], Uuid::from_u128(1)).sign(&grant());
        let (head, tail) = token.split_at(token.len() / 2);
        let unsigned = token.rsplit_once('.').unwrap().0;
        for garbled in [
            format!("Bearer {foreign}"),
            format!("Bearer {head}x{tail}"),
            format!("Bearer {unsigned}."),
            format!("Bearer {unsigned}"),
            format!("Basic {token}"),
            "Bearer ".to_owned(),
            "Bearer a.b.c".to_owned(),
            "Bearer".to_owned(),
        ] {
            let error = read(&key(), &garbled).unwrap_err();
            assert_eq!(error.status, http::StatusCode::UNAUTHORIZED, "{garbled}");
        }
        assert!(key().read(&HeaderMap::new()).is_err());
    }

    #[test]
    fn no_error_and_no_debug_output_shows_a_token_or_the_key() {
        let token = TokenKey::new([8; 32], Uuid::nil()).sign(&grant());
        let error = read(&key(), &format!("Bearer {token}")).unwrap_err();
        assert!(!format!("{error:?}").contains(&token));
        assert!(!format!("{:?}", key()).contains("7, 7"));
    }
}
