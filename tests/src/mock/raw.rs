//! A service that answers in bytes of its own, or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chat::builders::ChatClientBuilder;
use chat::{ChatClient, CommunicationTokenCredential, RetryOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{TOKEN, plain_http};

/// What a [`RawService`] does once it has read a whole request.
#[derive(Clone, Debug)]
pub enum Then {
    /// It writes these bytes and closes the connection.
    Write(Vec<u8>),
    /// It writes these bytes and then nothing more, with the connection open.
    WriteAndHang(Vec<u8>),
    /// It writes these bytes and waits for the next request on the same connection.
    KeepAlive(Vec<u8>),
    /// It closes the connection.
    Close,
    /// It resets the connection.
    Reset,
}

/// A service that does the same with each request.
#[derive(Debug)]
pub struct RawService {
    endpoint: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl RawService {
    /// Starts the service.
    pub async fn start(then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::<AtomicUsize>::default();
        let requests = Arc::<AtomicUsize>::default();
        let (accepted, count) = (Arc::clone(&connections), Arc::clone(&requests));
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                accepted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, then.clone(), Arc::clone(&count)));
            }
        });
        Self {
            endpoint,
            connections,
            requests,
            accepting,
        }
    }

    /// An endpoint where nobody listens.
    pub async fn nobody() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    }

    /// How many whole requests were read so far.
    pub fn calls(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The endpoint, without a slash at its end.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The beginnings of a client of this service, whose token is [`TOKEN`].
    pub fn chat_client_builder(&self) -> ChatClientBuilder {
        let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
        ChatClient::builder(&self.endpoint, credential).http_client(plain_http)
    }

    /// The beginnings of a client that makes each request once.
    pub fn once(&self) -> ChatClientBuilder {
        self.chat_client_builder().retry(RetryOptions::none())
    }
}

impl Drop for RawService {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(mut stream: TcpStream, then: Then, requests: Arc<AtomicUsize>) {
    while read_request(&mut stream).await.is_some() {
        requests.fetch_add(1, Ordering::SeqCst);
        let Then::KeepAlive(bytes) = &then else {
            return end(stream, then).await;
        };
        stream.write_all(bytes).await.unwrap();
    }
}

async fn end(mut stream: TcpStream, then: Then) {
    match then {
        Then::KeepAlive(_) => {}
        Then::Write(bytes) => {
            stream.write_all(&bytes).await.unwrap();
            stream.shutdown().await.unwrap();
        }
        Then::WriteAndHang(bytes) => {
            stream.write_all(&bytes).await.unwrap();
            // Ends when the client gives up and closes the connection.
            let _ = stream.read(&mut [0]).await;
        }
        Then::Close => drop(stream),
        Then::Reset => {
            stream.set_zero_linger().unwrap();
            drop(stream);
        }
    }
}

/// Reads head and body of a request; nothing if the connection ends before that.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut received = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let length = stream
            .read(&mut chunk)
            .await
            .ok()
            .filter(|length| *length > 0)?;
        received.extend_from_slice(&chunk[..length]);
        let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
        let body = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .map_or(0, |length| length.trim().parse().unwrap());
        if received.len() >= end + 4 + body {
            return Some(());
        }
    }
}
