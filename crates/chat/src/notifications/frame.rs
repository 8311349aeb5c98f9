//! The frames of socket.io 0.9 that the service and its clients exchange, as text.
//!
//! A frame is `type:id:endpoint:data`. The endpoint is always empty, and a `+` after the id asks for
//! an acknowledgement that carries data.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// A frame of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    /// The connection ends, for this reason.
    Disconnect(&'a str),
    /// The socket is accepted.
    Accepted,
    Heartbeat,
    /// An HTTP request to the client, as JSON.
    Request(&'a str),
    /// Something about the connection, as JSON.
    Event(&'a str),
    /// An event of the client was received.
    Acknowledged(u64),
    /// A frame of another type, of which nothing is known.
    Other,
}

impl<'a> Frame<'a> {
    /// Reads a frame; nothing if it is none.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(4, ':');
        let kind = parts.next()?;
        // The id, which the server's frames need no answer to, and the endpoint.
        let (_, _) = (parts.next()?, parts.next()?);
        let data = parts.next().unwrap_or_default();
        Some(match kind {
            "0" => Self::Disconnect(data),
            "1" => Self::Accepted,
            "2" => Self::Heartbeat,
            "3" => Self::Request(data),
            "5" => Self::Event(data),
            "6" => {
                let end = data.find(|c: char| !c.is_ascii_digit());
                let id = &data[..end.unwrap_or(data.len())];
                Self::Acknowledged(id.parse().ok()?)
            }
            _ if kind.bytes().all(|byte| byte.is_ascii_digit()) && !kind.is_empty() => Self::Other,
            _ => return None,
        })
    }
}

/// The answer to a heartbeat.
pub(super) const HEARTBEAT: &str = "2::";

/// The end of the connection.
pub(super) const DISCONNECT: &str = "0::";

/// An event of the client, whose acknowledgement has the same number.
pub(super) fn event<T: Serialize>(number: u64, name: &str, args: Option<T>) -> String {
    let data = match args {
        Some(args) => json!({ "name": name, "args": args }),
        None => json!({ "name": name }),
    };
    format!("5:{number}+::{data}")
}

/// The answer to a request of the server.
pub(super) fn response(answer: &Value) -> String {
    format!("3:::{answer}")
}

/// An event of the server.
#[derive(serde::Deserialize)]
pub(super) struct ServerEvent<'a> {
    pub(super) name: String,
    /// Kept as it is, since it may have to be sent back.
    #[serde(borrow, default)]
    pub(super) args: Option<&'a RawValue>,
}

impl<'a> ServerEvent<'a> {
    pub(super) fn read(data: &'a str) -> Option<Self> {
        serde_json::from_str(data).ok()
    }

    /// The first argument; null if there is none.
    pub(super) fn argument(&self) -> Value {
        let args: Option<Vec<Value>> = self
            .args
            .and_then(|args| serde_json::from_str(args.get()).ok());
        args.into_iter().flatten().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_type_of_frame_is_read() {
        for (text, frame) in [
            ("0::", Frame::Disconnect("")),
            ("0:::dup", Frame::Disconnect("dup")),
            (
                "0:::{\"reason\":\"timeout\"}",
                Frame::Disconnect("{\"reason\":\"timeout\"}"),
            ),
            ("1::", Frame::Accepted),
            ("2::", Frame::Heartbeat),
            ("3:::{\"a\":1}", Frame::Request("{\"a\":1}")),
            ("5:1::{\"name\":\"x\"}", Frame::Event("{\"name\":\"x\"}")),
            ("6:::2+[\"pong\"]", Frame::Acknowledged(2)),
            ("6:::7", Frame::Acknowledged(7)),
            ("8::", Frame::Other),
        ] {
            assert_eq!(Frame::parse(text), Some(frame), "{text}");
        }
    }

    #[test]
    fn what_is_no_frame_is_none() {
        for text in [
            "",
            "1",
            "1:",
            "x::",
            "::",
            "6:::",
            "6:::+[]",
            "6:::99999999999999999999",
        ] {
            assert_eq!(Frame::parse(text), None, "{text}");
        }
    }

    #[test]
    fn events_are_numbered_and_ask_for_an_acknowledgement() {
        assert_eq!(event(2, "ping", None::<Value>), "5:2+::{\"name\":\"ping\"}");
        let args = json!([{"state": "active"}]);
        assert_eq!(
            event(1, "user.activity", Some(args)),
            "5:1+::{\"args\":[{\"state\":\"active\"}],\"name\":\"user.activity\"}"
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".*", data in "[0-9]{0,3}:[0-9+]{0,3}:.{0,3}:.*") {
            for text in [&text, &data] {
                if let Some(Frame::Event(data)) = Frame::parse(text)
                    && let Some(event) = ServerEvent::read(data)
                {
                    event.argument();
                }
            }
        }

        #[test]
        fn data_comes_whole(data in ".*") {
            let text = format!("3:::{data}");
            prop_assert_eq!(Frame::parse(&text), Some(Frame::Request(&data)));
        }
    }
}
