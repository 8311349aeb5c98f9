//! An address to which notifications of a user are posted, and the parameters by which its owner comes back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;
use crate::wire::query::Query;

/// How long an address is good, as seen of the service.
const TTL: Duration = Duration::from_secs(585_731);
/// Who has signed the parameters.
const ISSUER: &str = "emulator";
/// What they are good for.
const PURPOSE: &str = "connect";

/// An address of a user.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// Greater than that of any earlier one.
    pub(super) number: u64,
    pub(super) user: RawId,
    /// Scheme and authority by which the client has reached the service.
    pub(super) base: String,
    signature: String,
    begins: Timestamp,
    pub(super) ends: Timestamp,
    /// Those that are open, the newest last.
    pub(super) connections: Vec<u64>,
    /// Something may have been lost, which the client has not acknowledged by this tag yet.
    pub(super) loss: Option<String>,
}

impl Endpoint {
    pub(super) fn new(number: u64, user: RawId, base: String, now: Timestamp) -> Self {
        Self {
            number,
            user,
            base,
            signature: format!("{}{}", random_id(), random_id()),
            begins: now,
            ends: now.plus(TTL),
            connections: Vec::new(),
            loss: None,
        }
    }

    /// Whether the parameters are those that were given out with it.
    pub(super) fn knows(&self, parameters: &Query) -> bool {
        let is = |name, value: &str| parameters.get(name) == Some(value);
        is("sig", &self.signature)
            && is("se", &self.ends.millis().to_string())
            && is("st", &self.begins.millis().to_string())
            && is("sp", PURPOSE)
            && is("issuer", ISSUER)
    }

    /// What an allocation is answered with.
    pub(super) fn allocation(&self, id: &str, now: Timestamp) -> Value {
        let base = &self.base;
        let address = self.address(id);
        json!({
            "id": id,
            "ccid": id.get(id.len().saturating_sub(11)..).unwrap_or_default(),
            "socketio": format!("{base}/"),
            "surl": address,
            "url": address,
            "curlb": base,
            "healthUrl": format!("{base}/v4/h"),
            "ttl": self.left(now).as_secs().to_string(),
            "connectparams": {
                "sr": id,
                "issuer": ISSUER,
                "sp": PURPOSE,
                "se": self.ends.millis().to_string(),
                "st": self.begins.millis().to_string(),
                "sig": self.signature,
            },
        })
    }

    /// The URL that is registered.
    pub(super) fn address(&self, id: &str) -> String {
        format!("{}{}", self.base, path(id))
    }

    /// How long it is still good.
    pub(super) fn left(&self, now: Timestamp) -> Duration {
        now.until(self.ends)
    }

    /// Notes that something may have been lost, as of `now`.
    pub(super) fn lose(&mut self, now: Timestamp) {
        self.loss = Some(now.with_millis().replace("+00:00", "Z"));
    }
}

/// The path of the address of an endpoint.
pub(super) fn path(id: &str) -> String {
    format!("/v4/f/{id}/")
}

/// The endpoint whose address this URL is.
pub(super) fn id_in(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("/v4/f/")?;
    rest.split('/').next().filter(|id| !id.is_empty())
}

/// 22 characters that nobody can foresee.
pub(super) fn random_id() -> String {
    URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Endpoint {
        let user = RawId::communication_user(Uuid::nil(), Uuid::nil());
        Endpoint::new(
            1,
            user,
            "http://h:1".to_owned(),
            Timestamp::from_millis(1_000),
        )
    }

    #[test]
    fn an_endpoint_knows_its_own_parameters_and_no_others() {
        let endpoint = endpoint();
        let allocation = endpoint.allocation("an-id-of-22-characters", Timestamp::from_millis(0));
        let parameters = allocation["connectparams"].as_object().unwrap();
        let query = |changed: &str| {
            let pairs = parameters.iter().map(|(name, value)| {
                let value = value.as_str().unwrap();
                let changed = if name == changed { "0" } else { "" };
                format!("{name}={value}{changed}")
            });
            Query::parse(&pairs.collect::<Vec<_>>().join("&")).unwrap()
        };
        assert!(endpoint.knows(&query("")));
        for name in ["issuer", "sp", "se", "st", "sig"] {
            assert!(!endpoint.knows(&query(name)), "{name}");
        }
        assert!(!endpoint.knows(&Query::default()));
    }

    #[test]
    fn an_allocation_says_where_to_connect_and_what_to_register() {
        let endpoint = endpoint();
        let later = Timestamp::from_millis(2_000);
        let allocation = endpoint.allocation("an-id-of-22-characters", later);
        assert_eq!(allocation["socketio"], "http://h:1/");
        let address = "http://h:1/v4/f/an-id-of-22-characters/";
        assert_eq!(allocation["surl"], address);
        assert_eq!(allocation["ttl"], "585730");
        assert_eq!(allocation["ccid"], "-characters");
        assert_eq!(id_in(address), Some("an-id-of-22-characters"));
        assert_eq!(id_in("http://h:1/v4/f/"), None);
        assert_eq!(id_in("http://h:1/"), None);
    }
}
