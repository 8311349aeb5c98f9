//! A client that sees what other clients hide: how an answer ends.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In order, or not at all.
    Orderly,
    /// By a TCP reset.
    Reset,
}

/// All that came over a connection.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Empty when the connection ended without an answer.
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) end: End,
}

impl Reply {
    pub(crate) fn status(&self) -> Option<u16> {
        let line = self.head.lines().next()?;
        line.split(' ').nth(1)?.parse().ok()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (other, value) = line.split_once(": ")?;
            other.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn content_length(&self) -> usize {
        self.header("content-length").unwrap().parse().unwrap()
    }

    /// Asserts the status, and that the answer is whole; gives its JSON.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status(), Some(status), "{self:?}");
        assert_eq!(self.end, End::Orderly, "{self:?}");
        if self.body.is_empty() {
            return Value::Null;
        }
        assert_eq!(self.content_length(), self.body.len(), "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Asserts that the connection was reset without an answer.
    #[track_caller]
    pub(crate) fn expect_reset(&self) {
        assert_eq!((self.head.as_str(), self.end), ("", End::Reset), "{self:?}");
    }
}

/// Sends a request over a connection of its own, and reads until the connection ends.
pub(crate) fn exchange(address: SocketAddr, request: &str) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let end = loop {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(0) => break End::Orderly,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break End::Reset,
            Err(error) => panic!("{error}"),
        }
    };
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    Reply {
        head: head.to_owned(),
        body: body.to_owned(),
        end,
    }
}

/// The text of a request that ends its connection.
pub(crate) fn request(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> String {
    let mut text = format!(
        "{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(body);
    text
}
