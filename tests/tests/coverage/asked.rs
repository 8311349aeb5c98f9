//! An emulator that is asked by bare requests, as no client of this project would write them.

use chat::models::TokenScope;
use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential};
use chat_emulator::Emulator;
use chat_tests::documents::{Operation, version};
use chat_tests::signature;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::Value;

/// An emulator with a user who asks.
pub(crate) struct Asked {
    emulator: Emulator,
    token: String,
    /// A thread of the user's.
    thread: String,
    http: reqwest::Client,
}

impl Asked {
    pub(crate) async fn new() -> Self {
        let emulator = Emulator::start().await.unwrap();
        let connection_string = emulator.connection_string();
        let identity = CommunicationIdentityClient::from_connection_string(&connection_string);
        let user = identity.unwrap().create_user_and_token([TokenScope::Chat]);
        let (_, token) = user.await.unwrap();
        let secret = token.secret().to_owned();
        let credential = CommunicationTokenCredential::new(token).unwrap();
        let client = ChatClient::new(emulator.endpoint(), credential).unwrap();
        let created = client.create_chat_thread("Lunch").await.unwrap();
        Self {
            emulator,
            token: secret,
            thread: created.chat_thread().id().to_string(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// The status of the answer to an operation's request, with a body and a parameter of the query, which stands
    /// in the place of its example; what else the query must have are examples. The thread in the path is there; all
    /// other ids are those of the examples, which nobody has.
    pub(crate) async fn status(
        &self,
        operation: &Operation,
        (name, value): (&str, &str),
        body: Option<&Value>,
    ) -> u16 {
        let mut path = operation.path.clone();
        for parameter in &operation.parameters {
            let id = match parameter.name.as_str() {
                "chatThreadId" => &self.thread,
                _ => &parameter.example,
            };
            let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
            let place = format!("{{{}}}", parameter.name);
            path = path.replace(&place, &id.to_string());
        }
        let document = match operation.path.starts_with("/chat") {
            true => "chat",
            false => "identity",
        };
        let mut target = format!("{path}?api-version={}", version(document));
        for parameter in &operation.parameters {
            if parameter.place == "query" && parameter.required && parameter.name != name {
                let example = utf8_percent_encode(&parameter.example, NON_ALPHANUMERIC);
                target += &format!("&{}={example}", parameter.name);
            }
        }
        if !value.is_empty() {
            target += &format!("&{name}={value}");
        }
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
        let origin = self.emulator.endpoint().trim_end_matches('/');
        let mut request = self.http.request(method, format!("{origin}{target}"));
        let text = match body {
            Some(Value::String(text)) if !operation.media_type.ends_with("json") => text.clone(),
            body => body.map(ToString::to_string).unwrap_or_default(),
        };
        request = match document {
            "chat" => request.bearer_auth(&self.token),
            _ => signature::sign(request, &self.emulator, &operation.method, &target, &text),
        };
        if body.is_some() {
            let media_type = operation.media_type.as_str();
            request = request.header("content-type", media_type).body(text);
        }
        request.send().await.unwrap().status().as_u16()
    }
}
