//! The websocket: opening it over a connection of the HTTP client, and passing its frames on.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt, StreamExt};
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderValue, Method};
use reqwest::{Request, Response, Upgraded};
use tokio::sync::mpsc;
use tokio_websockets::{ClientBuilder, Limits, Message, WebSocketStream};
use url::Url;

/// What every key is completed with before it is hashed (RFC 6455, section 1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The largest message that is read. A notification has a chat message of 28 KB, which JSON in JSON
/// in JSON may write many times as long.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;

/// How many frames may wait to be sent. More only come together where nothing can be sent.
const OUTGOING: usize = 256;

/// How long a frame may take to be sent.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) type Socket = WebSocketStream<Upgraded>;

/// The request that opens a websocket, and the key that its answer has to prove to have read.
pub(super) fn upgrade(url: Url) -> (Request, String) {
    let key = STANDARD.encode(fastrand::u128(..).to_ne_bytes());
    let mut request = Request::new(Method::GET, url);
    let headers = request.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    if let Ok(value) = HeaderValue::from_str(&key) {
        headers.insert(SEC_WEBSOCKET_KEY, value);
    }
    (request, key)
}

/// Makes the socket of an answer with status 101, or says what is wrong with it.
pub(super) async fn open(response: Response, key: &str) -> Result<Socket, &'static str> {
    let headers = response.headers();
    let is_websocket = headers
        .get(UPGRADE)
        .is_some_and(|name| name.as_bytes().eq_ignore_ascii_case(b"websocket"));
    if !is_websocket {
        return Err("the server changes to another protocol than that of websockets");
    }
    let accept = headers.get(SEC_WEBSOCKET_ACCEPT);
    if accept.is_none_or(|accept| accept.as_bytes() != acceptance(key).as_bytes()) {
        return Err("the server does not prove that it speaks the protocol of websockets");
    }
    let upgraded = response.upgrade().await;
    let upgraded = upgraded.map_err(|_| "the connection broke while the socket was opened")?;
    let limits = Limits::default().max_payload_len(Some(MAX_MESSAGE_BYTES));
    Ok(ClientBuilder::new().limits(limits).take_over(upgraded))
}

/// What a server answers to a key.
fn acceptance(key: &str) -> String {
    let hash = sha1_smol::Sha1::from([key, GUID].concat());
    STANDARD.encode(hash.digest().bytes())
}

/// A channel for what is to be sent.
pub(super) fn outgoing() -> (mpsc::Sender<String>, mpsc::Receiver<String>) {
    mpsc::channel(OUTGOING)
}

/// Passes frames on in both directions, until the socket or one of the channels is gone.
pub(super) async fn run<T>(
    socket: Socket,
    mut outgoing: mpsc::Receiver<String>,
    incoming: mpsc::Sender<T>,
    wrap: impl Fn(String) -> T,
) {
    let (mut writer, mut reader) = socket.split();
    let send = async {
        while let Some(text) = outgoing.recv().await {
            let sent = tokio::time::timeout(SEND_TIMEOUT, writer.send(Message::text(text))).await;
            if !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
        let _ = tokio::time::timeout(SEND_TIMEOUT, writer.close()).await;
    };
    let receive = async {
        // What is no text has no meaning here, and pings are answered by the socket itself.
        while let Some(Ok(message)) = reader.next().await {
            let text = message.as_text().map(str::to_owned);
            if message.is_close() {
                return;
            }
            if let Some(text) = text
                && incoming.send(wrap(text)).await.is_err()
            {
                return;
            }
        }
    };
    futures_util::future::select(std::pin::pin!(send), std::pin::pin!(receive)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6455, section 1.3.
    #[test]
    fn a_server_answers_to_a_key_as_the_protocol_says() {
        let acceptance = acceptance("dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(acceptance, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn each_socket_has_a_key_of_its_own() {
        let url = Url::parse("https://pub.example/socket.io/1/websocket/a").unwrap();
        let (request, key) = upgrade(url.clone());
        let (_, other) = upgrade(url);
        assert_ne!(key, other);
        let header = |name| request.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header(SEC_WEBSOCKET_KEY), key);
        assert_eq!(STANDARD.decode(key).unwrap().len(), 16);
        assert_eq!(header(SEC_WEBSOCKET_VERSION), "13");
        assert_eq!(
            (header(CONNECTION), header(UPGRADE)),
            ("Upgrade".into(), "websocket".into())
        );
    }
}
