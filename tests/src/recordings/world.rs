//! An emulator, and what in it stands for what in the recording.

use std::collections::BTreeMap;

use chat::CommunicationIdentityClient;
use chat::models::TokenScope;
use chat_emulator::Emulator;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::SANITIZED;
use crate::signature;

/// The version in which everything that was recorded can be set up.
const API_VERSION: &str = "2025-03-15";

/// A user of the emulator.
#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) token: String,
}

/// What the emulator answered.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

impl Received {
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }
}

/// An emulator with the users, threads and messages that stand for recorded ones.
#[derive(Debug)]
pub(super) struct World {
    emulator: Emulator,
    identity: CommunicationIdentityClient,
    http: reqwest::Client,
    users: BTreeMap<String, User>,
    threads: BTreeMap<String, String>,
    messages: BTreeMap<String, String>,
}

impl World {
    pub(super) async fn new() -> Self {
        let emulator = Emulator::start().await.expect("the emulator starts");
        let connection_string = emulator.connection_string();
        let identity = CommunicationIdentityClient::from_connection_string(&connection_string);
        Self {
            identity: identity.expect("a connection string"),
            emulator,
            http: reqwest::Client::new(),
            users: BTreeMap::new(),
            threads: BTreeMap::new(),
            messages: BTreeMap::new(),
        }
    }

    /// The scheme and authority of the emulator.
    pub(super) fn origin(&self) -> &str {
        self.emulator.endpoint().trim_end_matches('/')
    }

    /// The user that stands for the recorded one, made if there is none.
    pub(super) async fn user(&mut self, recorded: &str) -> User {
        if !self.users.contains_key(recorded) {
            let (user, token) = self
                .identity
                .create_user_and_token([TokenScope::Chat])
                .await
                .expect("a user");
            let token = token.secret().to_owned();
            self.learn_user(
                recorded,
                User {
                    id: user.id().to_owned(),
                    token,
                },
            );
        }
        self.users[recorded].clone()
    }

    pub(super) fn learn_user(&mut self, recorded: &str, user: User) {
        self.users.insert(recorded.to_owned(), user);
    }

    pub(super) fn learn_thread(&mut self, recorded: &str, id: &str) {
        self.threads.insert(recorded.to_owned(), id.to_owned());
    }

    pub(super) fn learn_message(&mut self, recorded: &str, id: &str) {
        self.messages.insert(recorded.to_owned(), id.to_owned());
    }

    pub(super) fn known_user(&self, recorded: &str) -> Option<&str> {
        self.users.get(recorded).map(|user| user.id.as_str())
    }

    /// The thread that stands for the recorded one: where a session hides the ids of its threads
    /// in bodies, but not in paths, that is the one it has created.
    pub(super) fn known_thread(&self, recorded: &str) -> Option<&str> {
        self.threads
            .get(recorded)
            .or(self.threads.get(SANITIZED))
            .map(String::as_str)
    }

    pub(super) fn known_message(&self, recorded: &str) -> Option<&str> {
        self.messages.get(recorded).map(String::as_str)
    }

    pub(super) fn threads(&self) -> impl Iterator<Item = (&String, &String)> {
        self.threads.iter()
    }

    pub(super) fn messages(&self) -> impl Iterator<Item = (&String, &String)> {
        self.messages.iter()
    }

    /// A request to the emulator, whose target is sent as it is.
    pub(super) fn request(&self, method: &str, target: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.http
            .request(method, format!("{}{target}", self.origin()))
    }

    pub(super) async fn send(&self, request: RequestBuilder) -> Received {
        let response = request.send().await.expect("the emulator answers");
        let headers = response.headers().iter().map(|(name, value)| {
            (
                name.as_str().to_owned(),
                value.to_str().expect("text in a header").to_owned(),
            )
        });
        Received {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: response.text().await.expect("a body"),
        }
    }

    /// Adds the signature that the identity API asks for.
    pub(super) fn sign(
        &self,
        request: RequestBuilder,
        method: &str,
        target: &str,
        body: &str,
    ) -> RequestBuilder {
        signature::sign(request, &self.emulator, method, target, body)
    }

    /// Does something as a user, which has to go well.
    pub(super) async fn act(&self, user: &User, method: &str, path: &str, body: Value) -> Value {
        let separator = if path.contains('?') { '&' } else { '?' };
        let target = format!("{path}{separator}api-version={API_VERSION}");
        let mut request = self.request(method, &target).bearer_auth(&user.token);
        if !body.is_null() {
            let media_type = match method {
                "PATCH" => "application/merge-patch+json",
                _ => "application/json",
            };
            request = request
                .header("content-type", media_type)
                .body(body.to_string());
        }
        let received = self.send(request).await;
        assert!(received.status < 300, "{method} {path}: {received:?}");
        received.json().unwrap_or_default()
    }
}
