//! The signature that the identity API asks for.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chat_emulator::Emulator;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::RequestBuilder;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Adds it to a request to the emulator. `target` is the path with its query.
///
/// # Panics
/// When the emulator's key is no base64.
pub fn sign(
    request: RequestBuilder,
    emulator: &Emulator,
    method: &str,
    target: &str,
    body: &str,
) -> RequestBuilder {
    let date = OffsetDateTime::now_utc().format(&Rfc2822).expect("a date");
    let date = date.replace("+0000", "GMT");
    let host = emulator.local_addr();
    let hash = BASE64_STANDARD.encode(Sha256::digest(body));
    let to_sign = format!("{method}\n{target}\n{date};{host};{hash}");
    let key = BASE64_STANDARD
        .decode(emulator.access_key())
        .expect("a key in base64");
    let mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length");
    let signature = BASE64_STANDARD.encode(mac.chain_update(to_sign).finalize().into_bytes());
    let authorization = format!(
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
    );
    request
        .header("x-ms-date", date)
        .header("x-ms-content-sha256", hash)
        .header("authorization", authorization)
}
