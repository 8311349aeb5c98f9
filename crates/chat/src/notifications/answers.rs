//! What the service for notifications answers.

use std::fmt;
use std::time::Duration;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use time::OffsetDateTime;
use url::Url;

use super::allocation::Allocation;
use super::connection::seconds;

/// How long a service that does not say it lets pass without a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(70);

/// The longest time without a sign of life.
const LONGEST_HEARTBEAT: Duration = Duration::from_secs(60 * 60);

/// The shortest time without a sign of life: less than a ping and its answer may take.
const SHORTEST_HEARTBEAT: Duration = Duration::from_secs(10);

/// Why an answer can't be used. It shows nothing of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unusable(pub(super) &'static str);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AllocationAnswer {
    socketio: String,
    surl: String,
    #[serde(default)]
    ccid: Option<String>,
    #[serde(default)]
    ttl: Value,
    #[serde(default)]
    connectparams: Parameters,
}

/// Texts by name, in the order in which they came.
#[derive(Default)]
struct Parameters(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Pairs)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Parameters;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_unit<E>(self) -> Result<Parameters, E> {
        Ok(Parameters::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parameters, A::Error> {
        let mut pairs = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            match value {
                Value::String(text) => pairs.push((name, text)),
                Value::Number(number) => pairs.push((name, number.to_string())),
                _ => {}
            }
        }
        Ok(Parameters(pairs))
    }
}

/// Reads what was allocated.
pub(super) fn allocation(body: &[u8], registrar: &Url) -> Result<Allocation, Unusable> {
    let answer: AllocationAnswer = serde_json::from_slice(body)
        .map_err(|_| Unusable("the allocation is no JSON, or lacks an address"))?;
    let base = Url::parse(&answer.socketio)
        .map_err(|_| Unusable("the address of the socket is no URL"))?;
    if answer.surl.is_empty() {
        return Err(Unusable("the allocation has no callback"));
    }
    let Parameters(parameters) = answer.connectparams;
    let expires_on = parameters
        .iter()
        .find(|(name, _)| name == "se")
        .and_then(|(_, value)| value.parse::<i128>().ok())
        .and_then(|milliseconds| milliseconds.checked_mul(1_000_000))
        .and_then(|nanoseconds| OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok());
    Ok(Allocation {
        base,
        callback: answer.surl,
        parameters,
        expires_on,
        client_id: answer.ccid.unwrap_or_default(),
        lasts: seconds(&answer.ttl),
        registrar: registrar.clone(),
    })
}

/// What the handshake gives.
#[derive(Debug)]
pub(super) struct Handshake {
    /// The socket's name: part of its address.
    pub(super) session: String,
    pub(super) heartbeat: Duration,
}

/// Reads `session:heartbeat:close:transports`, with times in seconds.
pub(super) fn handshake(body: &[u8]) -> Result<Handshake, Unusable> {
    let unusable = Unusable("the handshake can't be read");
    let text = std::str::from_utf8(body).map_err(|_| unusable)?.trim();
    let mut parts = text.split(':');
    let (Some(session), Some(heartbeat), Some(_), Some(transports)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(unusable);
    };
    if session.is_empty() {
        return Err(unusable);
    }
    if !transports.split(',').any(|name| name.trim() == "websocket") {
        return Err(Unusable("the service offers no websocket"));
    }
    let heartbeat = match heartbeat.trim() {
        "" => HEARTBEAT,
        seconds => Duration::from_secs(seconds.parse().map_err(|_| unusable)?),
    };
    Ok(Handshake {
        session: session.to_owned(),
        heartbeat: heartbeat.clamp(SHORTEST_HEARTBEAT, LONGEST_HEARTBEAT),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    fn read(answer: &Value) -> Result<Allocation, Unusable> {
        let registrar = Url::parse("https://teams.microsoft.com/registrar/prod").unwrap();
        allocation(answer.to_string().as_bytes(), &registrar)
    }

    #[test]
    fn an_allocation_is_read_with_numbers_as_numbers_or_texts() {
        for (ttl, se) in [
            (json!("585731"), json!("1796139031230")),
            (json!(585_731), json!(1_796_139_031_230_u64)),
        ] {
            // In an order that sorting would change.
            let answer = format!(
                "{{\"socketio\":\"https://pub.example:443/\",\"surl\":\"https://x/\",\"ttl\":{ttl},\"id\":\"x\",\
                 \"connectparams\":{{\"sr\":\"s\",\"se\":{se},\"other\":null,\"sig\":\"g\",\"a\":\"b\"}}}}"
            );
            let registrar = Url::parse("https://registrar.example").unwrap();
            let read = allocation(answer.as_bytes(), &registrar).unwrap();
            assert_eq!(read.lasts, Some(Duration::from_secs(585_731)));
            assert_eq!(read.expires_on, Some(datetime!(2026-12-01 15:30:31.23 UTC)));
            let names: Vec<_> = read
                .parameters
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            assert_eq!(names, ["sr", "se", "sig", "a"]);
        }
    }

    #[test]
    fn an_allocation_needs_no_more_than_its_addresses() {
        let answer = json!({"socketio": "https://pub.example/", "surl": "https://x/"});
        let read = read(&answer).unwrap();
        assert_eq!((read.lasts, read.expires_on), (None, None));
        assert_eq!((read.parameters.len(), read.client_id.as_str()), (0, ""));
    }

    #[test]
    fn what_lacks_an_address_is_no_allocation() {
        for answer in [
            json!({}),
            json!([]),
            json!({"socketio": "x", "surl": "https://x/"}),
            json!({"socketio": "https://x/", "surl": ""}),
            json!({"socketio": 1, "surl": "https://x/"}),
        ] {
            assert!(read(&answer).is_err(), "{answer}");
        }
    }

    #[test]
    fn nothing_of_an_allocation_shows() {
        let answer = json!({"socketio": "https://pub.example/?hidden", "surl": "https://hidden/",
                            "ccid": "hidden", "connectparams": {"sig": "hidden"}});
        let shown = format!("{:?}", read(&answer).unwrap());
        assert!(
            !shown.contains("hidden") && shown.contains("pub.example"),
            "{shown}"
        );
    }

    #[test]
    fn a_handshake_names_the_socket_and_how_long_it_may_be_silent() {
        let read = handshake(b"d8aa-1:70:70:websocket,xhr-polling").unwrap();
        assert_eq!(
            (read.session.as_str(), read.heartbeat),
            ("d8aa-1", HEARTBEAT)
        );
        let seconds = |text: &[u8]| handshake(text).unwrap().heartbeat.as_secs();
        assert_eq!(seconds(b"a:120:70:websocket"), 120);
        assert_eq!(seconds(b"a::70:websocket"), 70);
        assert_eq!(seconds(b"a:0:70:websocket"), 10);
        assert_eq!(seconds(b"a:18446744073709551615:70:websocket"), 3600);
        for unusable in [
            &b""[..],
            b"a",
            b":70:70:websocket",
            b"a:x:1:websocket",
            b"a:70:70:xhr-polling",
            b"\xff:1:1:websocket",
        ] {
            assert!(handshake(unusable).is_err(), "{unusable:?}");
        }
    }
}
