//! A client that costs little: one connection, one request at a time.

use std::net::SocketAddr;

use bytes::Bytes;
use chat_emulator::Emulator;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Result;

const MESSAGE: &[u8] =
    br#"{"content":"Come one, come all","senderDisplayName":"Alice","type":"text"}"#;

/// Where requests go, and whose they are.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
}

impl Target {
    /// The first user of the emulator's seed.
    pub(crate) fn new(emulator: &Emulator) -> Self {
        Self {
            address: emulator.local_addr(),
            token: emulator.seeded_users()[0].token.clone(),
        }
    }
}

pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    authorization: String,
}

impl Client {
    pub(crate) async fn connect(target: &Target) -> Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            host: target.address.to_string(),
            authorization: format!("Bearer {}", target.token),
        })
    }

    pub(crate) async fn get(&mut self, target: &str) -> Result<Bytes> {
        self.call(Method::GET, target, Bytes::new()).await
    }

    pub(crate) async fn send_message(&mut self, path: &str) -> Result<()> {
        let message = Bytes::from_static(MESSAGE);
        self.call(Method::POST, path, message).await.map(drop)
    }

    /// The body of an answer that is a success.
    pub(crate) async fn call(
        &mut self,
        method: Method,
        target: &str,
        body: Bytes,
    ) -> Result<Bytes> {
        let separator = match (target.contains("api-version"), target.contains('?')) {
            (true, _) => "",
            (false, true) => "&api-version=2025-03-15",
            (false, false) => "?api-version=2025-03-15",
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("{target}{separator}"))
            .header(HOST, &self.host)
            .header(AUTHORIZATION, &self.authorization)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if status.is_success() {
            Ok(body)
        } else {
            Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into())
        }
    }
}
