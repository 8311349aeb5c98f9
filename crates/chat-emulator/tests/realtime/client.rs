//! A client of notifications, step by step.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{RequestBuilder, Response, Upgraded};
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::world::{User, World};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) endpoint: String,
    pub(crate) token: String,
    pub(crate) epid: String,
}

/// An open socket.
pub(crate) struct Socket {
    stream: WebSocketStream<Upgraded>,
}

/// A notification that has come.
#[derive(Clone, Debug)]
pub(crate) struct Notification {
    pub(crate) id: u64,
    /// The end of its path.
    pub(crate) name: String,
    pub(crate) request: Value,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn new(world: &World, user: &User) -> Self {
        Self {
            http: reqwest::Client::new(),
            endpoint: world.emulator.endpoint().to_owned(),
            token: user.token.clone(),
            epid: uuid::Uuid::new_v4().to_string(),
        }
    }

    pub(crate) async fn configuration(&self, path: &str) -> Response {
        let url = format!("{}{path}?api-version=2024-09-01", self.endpoint);
        let request = self.http.get(url).bearer_auth(&self.token);
        request.send().await.unwrap()
    }

    /// `parameters` are those of an endpoint that it had before.
    pub(crate) async fn allocate(&self, parameters: Option<&Value>) -> Response {
        let mut url = format!(
            "{}v4/a?cor_id=c&con_num=1_1&epid={}",
            self.endpoint, self.epid
        );
        if let Some(parameters) = parameters {
            url.push_str(&format!("&{}&v=v4", query(parameters)));
        }
        let request = self.http.post(url).header("x-skypetoken", &self.token);
        request.send().await.unwrap()
    }

    pub(crate) async fn allocated(&self) -> Value {
        json_of(self.allocate(None).await).await
    }

    pub(crate) async fn handshake(&self, allocation: &Value) -> Response {
        let url = self.session_url(allocation, "");
        let request = self.http.get(url).header("x-skypetoken", &self.token);
        request.send().await.unwrap()
    }

    /// Opens a session, and gives its id.
    pub(crate) async fn session(&self, allocation: &Value) -> String {
        let response = self.handshake(allocation).await;
        assert_eq!(response.status(), 200);
        let text = response.text().await.unwrap();
        text.split(':').next().unwrap().to_owned()
    }

    pub(crate) async fn upgrade(&self, allocation: &Value, session: &str) -> Response {
        let request = self.upgrade_request(allocation, session);
        request.send().await.unwrap()
    }

    pub(crate) fn upgrade_request(&self, allocation: &Value, session: &str) -> RequestBuilder {
        let url = self.session_url(allocation, &format!("websocket/{session}"));
        self.http
            .get(url)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    }

    /// `rest` follows `socket.io/1/`.
    pub(crate) fn session_url(&self, allocation: &Value, rest: &str) -> String {
        let base = allocation["socketio"].as_str().unwrap();
        let parameters = query(&allocation["connectparams"]);
        let epid = &self.epid;
        format!("{base}socket.io/1/{rest}?{parameters}&v=v4&timeout=40&auth=true&epid={epid}")
    }

    /// Connects over a websocket, and takes what it is greeted with, apart from the message loss.
    pub(crate) async fn connect(&self, allocation: &Value) -> Socket {
        let session = self.session(allocation).await;
        let response = self.upgrade(allocation, &session).await;
        assert_eq!(response.status(), 101);
        let upgraded = response.upgrade().await.unwrap();
        let stream = WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await;
        let mut socket = Socket { stream };
        assert_eq!(socket.packet().await, "1::");
        let (name, argument) = socket.event().await;
        assert_eq!(name, "trouter.connected");
        assert!(argument["ttl"].is_u64(), "{argument}");
        socket
    }

    pub(crate) async fn register(&self, document: &Value) -> Response {
        let url = format!("{}registrar/prod/v3/registrations", self.endpoint);
        let request = self.http.post(url).header("x-skypetoken", &self.token);
        let request = request.header("content-type", "application/json");
        request.body(document.to_string()).send().await.unwrap()
    }

    pub(crate) fn registration(&self, allocation: &Value, ttl: u64) -> Value {
        json!({
            "clientDescription": {
                "appId": "AcsWeb", "aesKey": "", "languageId": "en-US", "platform": "SPOOL",
                "templateKey": "AcsWeb_Chat_2.1", "platformUIVersion": "0.0.0",
            },
            "registrationId": self.epid,
            "nodeId": "",
            "transports": {
                "TROUTER": [{"context": "", "path": allocation["surl"], "ttl": ttl}],
            },
        })
    }

    pub(crate) async fn registered(&self, allocation: &Value) {
        let document = self.registration(allocation, 7200);
        let response = self.register(&document).await;
        assert_eq!(response.status(), 202);
        assert!(response.headers().contains_key("ms-cv"));
        assert_eq!(response.text().await.unwrap(), "");
    }

    pub(crate) async fn unregister(&self) -> Response {
        let epid = &self.epid;
        let url = format!("{}registrar/prod/v3/registrations/{epid}", self.endpoint);
        let request = self.http.delete(url).header("x-skypetoken", &self.token);
        request.send().await.unwrap()
    }

    /// All steps. The message loss of the beginning is acknowledged.
    pub(crate) async fn start(&self) -> (Value, Socket) {
        let allocation = self.allocated().await;
        let mut socket = self.connect(&allocation).await;
        let indicators = socket.loss().await;
        socket.acknowledge_loss(1, &indicators).await;
        self.registered(&allocation).await;
        (allocation, socket)
    }
}

impl Socket {
    /// The next packet. Panics when the socket ends.
    pub(crate) async fn packet(&mut self) -> String {
        self.next().await.expect("the socket has ended")
    }

    /// The next packet, or nothing when the socket has ended.
    pub(crate) async fn next(&mut self) -> Option<String> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match message.expect("nothing comes")? {
                Ok(Message::Text(text)) => return Some(text.to_string()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub(crate) async fn send(&mut self, packet: impl Into<String>) {
        self.stream
            .send(Message::text(packet.into()))
            .await
            .unwrap();
    }

    /// The next packet, which has to be an event: its name and its argument.
    pub(crate) async fn event(&mut self) -> (String, Value) {
        let packet = self.packet().await;
        let (_, data) = packet.strip_prefix("5:").unwrap().split_once("::").unwrap();
        let event: Value = serde_json::from_str(data).unwrap();
        let name = event["name"].as_str().unwrap().to_owned();
        (name, event["args"][0].clone())
    }

    /// The next packet, which has to say that something was lost. Gives what to acknowledge.
    pub(crate) async fn loss(&mut self) -> Value {
        let (name, argument) = self.event().await;
        assert_eq!(name, "trouter.message_loss");
        argument
    }

    pub(crate) async fn acknowledge_loss(&mut self, number: u64, indicators: &Value) {
        let event = json!({"name": "trouter.processed_message_loss", "args": [indicators]});
        self.send(format!("5:{number}+::{event}")).await;
        assert_eq!(self.packet().await, format!("6:::{number}+[]"));
    }

    /// The next packet, which has to be a notification. It is not answered.
    pub(crate) async fn notification(&mut self) -> Notification {
        let packet = self.packet().await;
        let request = packet.strip_prefix("3:::").expect(&packet);
        let request: Value = serde_json::from_str(request).unwrap();
        let name = request["url"].as_str().unwrap().rsplit('/').next().unwrap();
        Notification {
            id: request["id"].as_u64().unwrap(),
            name: name.to_owned(),
            body: serde_json::from_str(request["body"].as_str().unwrap()).unwrap_or_default(),
            request,
        }
    }

    pub(crate) async fn answer(&mut self, id: u64, status: u16) {
        let answer = json!({"id": id, "status": status, "headers": {}, "body": ""});
        self.send(format!("3:::{answer}")).await;
    }

    /// Waits until all that was sent before has been taken.
    pub(crate) async fn ping(&mut self, number: u64) {
        self.send(format!("5:{number}+::{}", json!({"name": "ping"})))
            .await;
        assert_eq!(self.packet().await, format!("6:::{number}+[\"pong\"]"));
    }
}

pub(crate) async fn json_of(response: Response) -> Value {
    assert_eq!(response.status(), 200);
    let media_type = response.headers()["content-type"].to_str().unwrap();
    assert!(media_type.starts_with("application/json"), "{media_type}");
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// The parameters as a query, not encoded again.
fn query(parameters: &Value) -> String {
    let parameters = parameters.as_object().unwrap().iter();
    let pairs = parameters.map(|(name, value)| format!("{name}={}", value.as_str().unwrap()));
    pairs.collect::<Vec<_>>().join("&")
}
