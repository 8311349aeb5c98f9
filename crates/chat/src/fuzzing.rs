//! What comes from outside, one function for each kind of it, for fuzzers to feed. Each panics
//! where something is read that must not be read so.
//!
//! Not part of the library: compiled for fuzzers and for the crate's own tests, which run what
//! fuzzers have found.

mod answers;
mod links;
mod paths;
#[cfg(test)]
mod tests;

#[cfg(feature = "identity")]
use std::sync::LazyLock;

use crate::credential::{AccessToken, CommunicationTokenCredential};
use crate::models::CommunicationIdentifier;
use crate::models::SendKey;
#[cfg(feature = "identity")]
use crate::{CommunicationIdentityClient, Transport};
#[cfg(feature = "identity")]
pub use answers::identity_answers;
pub use answers::{answer_heads, chat_answers, error_answers};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
pub use links::{continuations, next_links};
pub use paths::path_ids;
use time::{Duration, OffsetDateTime};

/// The endpoint wherever one is needed.
const ENDPOINT: &str = "https://contoso.communication.azure.com";

/// Raw ids: each comes back as it was, by whichever way.
pub fn raw_ids(data: &[u8]) {
    let Ok(raw_id) = str::from_utf8(data) else {
        return;
    };
    let identifier = CommunicationIdentifier::from_raw_id(raw_id);
    assert_eq!(identifier.raw_id(), raw_id);
    assert_eq!(identifier.to_string(), raw_id);
    let json = serde_json::to_string(&identifier).expect("a raw id is a text");
    let read: CommunicationIdentifier = serde_json::from_str(&json).expect("and is read as one");
    assert_eq!(read, identifier);
    answers::back_from_wire(&identifier);
}

/// Connection strings: what is accepted leads to an endpoint that may see signed requests.
#[cfg(feature = "identity")]
pub fn connection_strings(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    // A transport takes far longer to make than a text to read.
    static TRANSPORT: LazyLock<Transport> =
        LazyLock::new(|| Transport::builder().build().expect("the usual transport"));
    let builder = CommunicationIdentityClient::builder(text);
    match builder.transport(&*TRANSPORT).build() {
        Ok(client) => paths::is_endpoint(client.endpoint()),
        Err(error) => {
            assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument);
            let _ = format!("{error} {error:?}");
        }
    }
}

/// Access tokens, and the claims of one.
pub fn jwts(data: &[u8]) {
    if let Ok(text) = str::from_utf8(data) {
        jwt(text);
    }
    let claims = BASE64_URL_SAFE_NO_PAD.encode(data);
    jwt(&format!("e30.{claims}.c2ln"));
}

fn jwt(text: &str) {
    let Ok(token) = AccessToken::try_from(text) else {
        return;
    };
    assert_eq!(token.secret(), text);
    assert!(token.header_value().is_sensitive());
    let _ = format!("{token:?}");
    let expires_on = token.expires_on();
    let credential = CommunicationTokenCredential::new(&token).expect("a token is a credential");
    if let Some(user) = credential.user() {
        raw_ids(user.as_bytes());
    }
    let refresher = move || std::future::ready(Ok::<_, crate::Error>(token.clone()));
    let credential = CommunicationTokenCredential::refreshing(refresher);
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime
        .enable_time()
        .build()
        .expect("a runtime without I/O");
    let refreshed = runtime.block_on(credential.token());
    // It has expired, it is valid, or its last moment has just gone by.
    let left = expires_on - OffsetDateTime::now_utc();
    assert!(refreshed.is_ok() == left.is_positive() || left.abs() < Duration::MINUTE);
}

/// Send keys as they have been stored: each is read as the one that was written.
pub fn send_keys(data: &[u8]) {
    let Some(key) = str::from_utf8(data).ok().and_then(|key| key.parse().ok()) else {
        return;
    };
    let key: SendKey = key;
    assert!(!key.take_fresh(), "a stored key may have been used");
    assert_eq!(key.to_string().parse().ok(), Some(key));
}
