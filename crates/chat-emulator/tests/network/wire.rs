//! Requests and answers as they are on a socket, and an emulator with a user.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chat_emulator::{Emulator, EmulatorBuilder, Seed};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

pub(crate) const NEW_THREAD: &str = r#"{"topic":"t"}"#;
pub(crate) const THREADS: &str = "/chat/threads?api-version=2025-03-15";
pub(crate) const IDENTITIES: &str = "/identities?api-version=2023-10-01";

/// Starts an emulator that has a user.
pub(crate) fn start(builder: EmulatorBuilder) -> Emulator {
    let seed = Seed::from_json(r#"{"users": [{"name": "alice"}]}"#).unwrap();
    builder.seed(seed).start_blocking().unwrap()
}

/// The authorization of the user.
pub(crate) fn bearer(emulator: &Emulator) -> String {
    format!("Bearer {}", emulator.seeded_users()[0].token)
}

/// An answer, its head in lower case.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        Self {
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value)
    }
}

/// A request whose connection is closed after the answer.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        text.push_str(&format!(
            "content-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        ));
    }
    text + "\r\n" + body
}

/// Sends a request over a connection of its own.
pub(crate) fn exchange(address: SocketAddr, request: &str) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    Reply::read(&answer)
}

/// The headers of a request to create an identity, signed for `host`.
pub(crate) fn signature(emulator: &Emulator, host: &str) -> [(&'static str, String); 3] {
    let date = httpdate::fmt_http_date(SystemTime::now());
    let hash = STANDARD.encode(Sha256::digest(b""));
    let key = STANDARD.decode(emulator.access_key()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("POST\n{IDENTITIES}\n{date};{host};{hash}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let authorization = format!(
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
    );
    [
        ("x-ms-date", date),
        ("x-ms-content-sha256", hash),
        ("authorization", authorization),
    ]
}
