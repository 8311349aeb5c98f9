//! The packets of socket.io 0.9, `{type}:{id}{+}:{endpoint}:{data}`, and how several travel in one body.

use serde::Serialize;
use serde_json::{Value, json};

/// What stands before and after the length of a packet where there are several.
const MARK: char = '\u{fffd}';

/// A packet of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packet<'a> {
    /// `0::`: the client goes.
    Disconnect,
    /// `2::`
    Heartbeat,
    /// `3:::{…}`: the answer to a request.
    Answer(&'a str),
    /// `5:1+::{…}`: an event, with the number under which it is to be acknowledged, if it is.
    Event { ack: Option<u64>, data: &'a str },
    /// Whatever else there is in the protocol, and which means nothing here.
    Other,
}

impl<'a> Packet<'a> {
    /// Reads a packet; nothing if it is none.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(4, ':');
        let (kind, id) = (parts.next()?, parts.next()?);
        let _endpoint = parts.next()?;
        let data = parts.next().unwrap_or_default();
        match kind {
            "0" => Some(Self::Disconnect),
            "2" => Some(Self::Heartbeat),
            "3" => Some(Self::Answer(data)),
            "5" => Some(Self::Event {
                ack: id.strip_suffix('+').map(str::parse).transpose().ok()?,
                data,
            }),
            "1" | "4" | "6" | "7" | "8" => Some(Self::Other),
            _ => None,
        }
    }
}

/// `1::`: the connection is accepted.
pub(super) const CONNECT: &str = "1::";
/// `2::`
pub(super) const HEARTBEAT: &str = "2::";

/// `0::`, or `0:::reason`.
pub(super) fn disconnect(reason: Option<&str>) -> String {
    match reason {
        None => "0::".to_owned(),
        Some(reason) => format!("0:::{reason}"),
    }
}

/// `5:n::{"name":…,"args":[…]}`
pub(super) fn event(number: u64, name: &str, argument: &Value) -> String {
    format!(
        "5:{number}::{}",
        json!({ "name": name, "args": [argument] })
    )
}

/// `6:::n+[…]`
pub(super) fn ack(number: u64, arguments: &Value) -> String {
    format!("6:::{number}+{arguments}")
}

/// `3:::{…}`
pub(super) fn request(request: &impl Serialize) -> String {
    // Nothing in it can fail to be written.
    let request = serde_json::to_string(request).unwrap_or_default();
    format!("3:::{request}")
}

/// The body that carries some packets: one bare, several with their lengths.
pub(super) fn join(packets: &[String]) -> String {
    match packets {
        [] => String::new(),
        [packet] => packet.clone(),
        packets => packets
            .iter()
            .map(|packet| format!("{MARK}{}{MARK}{packet}", packet.encode_utf16().count()))
            .collect(),
    }
}

/// The packets of a body; nothing if it is not well formed.
pub(super) fn split(body: &str) -> Option<Vec<&str>> {
    if !body.starts_with(MARK) {
        return Some(vec![body]);
    }
    let mut packets = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let (length, after) = rest.strip_prefix(MARK)?.split_once(MARK)?;
        let end = bytes_of(after, length.parse().ok()?)?;
        packets.push(&after[..end]);
        rest = &after[end..];
    }
    Some(packets)
}

/// How many bytes the first `units` of UTF-16 of a text take.
fn bytes_of(text: &str, units: usize) -> Option<usize> {
    let mut left = units;
    for (at, character) in text.char_indices() {
        if left == 0 {
            return Some(at);
        }
        left = left.checked_sub(character.len_utf16())?;
    }
    (left == 0).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_of_clients_are_read() {
        let event = r#"{"name":"ping"}"#;
        for (text, expected) in [
            ("0::", Some(Packet::Disconnect)),
            ("2::", Some(Packet::Heartbeat)),
            (r#"3:::{"id":1}"#, Some(Packet::Answer(r#"{"id":1}"#))),
            (
                r#"5:25+::{"name":"ping"}"#,
                Some(Packet::Event {
                    ack: Some(25),
                    data: event,
                }),
            ),
            (
                r#"5:::{"name":"ping"}"#,
                Some(Packet::Event {
                    ack: None,
                    data: event,
                }),
            ),
            ("8::", Some(Packet::Other)),
            ("5:x+::{}", None),
            ("9::", None),
            ("", None),
            ("hello", None),
        ] {
            assert_eq!(Packet::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn packets_of_the_server_are_as_clients_expect_them() {
        assert_eq!(disconnect(None), "0::");
        assert_eq!(disconnect(Some("dup")), "0:::dup");
        assert_eq!(ack(2, &json!(["pong"])), r#"6:::2+["pong"]"#);
        assert_eq!(
            event(1, "trouter.reconnect", &json!({"target": "self"})),
            r#"5:1::{"args":[{"target":"self"}],"name":"trouter.reconnect"}"#
        );
        assert_eq!(request(&json!({"id": 7})), r#"3:::{"id":7}"#);
    }

    #[test]
    fn one_packet_travels_bare_and_several_with_their_lengths_in_utf_16() {
        let packets = ["1::", "5:1::ü😀"].map(str::to_owned);
        assert_eq!(join(&[]), "");
        assert_eq!(join(&packets[..1]), "1::");
        let joined = join(&packets);
        assert_eq!(joined, "\u{fffd}3\u{fffd}1::\u{fffd}8\u{fffd}5:1::ü😀");
        assert_eq!(split(&joined).unwrap(), packets);
        assert_eq!(split("2::").unwrap(), ["2::"]);
        for malformed in [
            "\u{fffd}",
            "\u{fffd}9\u{fffd}2::",
            "\u{fffd}x\u{fffd}2::",
            "\u{fffd}1\u{fffd}😀",
            "\u{fffd}2\u{fffd}2::",
        ] {
            assert_eq!(split(malformed), None, "{malformed}");
        }
    }
}
