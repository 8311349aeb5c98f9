//! An emulator with three users, and what they do in threads.

use chat_emulator::{Emulator, EmulatorBuilder, NotificationEntry, Seed};
use reqwest::{Method, Response};
use serde_json::{Value, json};

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    http: reqwest::Client,
}

/// A user of the emulator.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Emulator::builder()).await
    }

    pub(crate) async fn with(builder: EmulatorBuilder) -> Self {
        let users = ["alice", "bob", "carol"].map(|name| json!({"name": name}));
        Self::start(builder, &json!({"users": users})).await
    }

    /// With what a seed says.
    pub(crate) async fn of(seed: &Value) -> Self {
        Self::start(Emulator::builder(), seed).await
    }

    async fn start(builder: EmulatorBuilder, seed: &Value) -> Self {
        let seed = Seed::from_json(&seed.to_string()).unwrap();
        Self {
            emulator: builder.seed(seed).start().await.unwrap(),
            http: reqwest::Client::new(),
        }
    }

    /// Waits until so many notifications have been sent or lost.
    pub(crate) async fn entries(&self, count: usize) -> Vec<NotificationEntry> {
        loop {
            let entries = self.emulator.notifications().entries();
            if entries.len() >= count {
                return entries;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Alice, Bob or Carol, or whom the seed names.
    pub(crate) fn user(&self, name: &str) -> User {
        let users = self.emulator.seeded_users();
        let user = users.iter().find(|user| user.name == name).unwrap();
        User {
            id: user.id.clone(),
            token: user.token.clone(),
        }
    }

    /// Sends a request of the chat API, which has to succeed.
    pub(crate) async fn call(&self, user: &User, method: &str, path: &str, body: Value) -> Value {
        let response = self.ask(user, method, path, body).await;
        assert!(
            response.status().is_success(),
            "{method} {path}: {response:?}"
        );
        let text = response.text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn ask(&self, user: &User, method: &str, path: &str, body: Value) -> Response {
        let url = format!("{}{path}?api-version=2025-03-15", self.emulator.endpoint());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let media_type = match method {
            Method::PATCH => "application/merge-patch+json",
            _ => "application/json",
        };
        let mut request = self.http.request(method, url).bearer_auth(&user.token);
        if !body.is_null() {
            request = request.header("content-type", media_type);
            request = request.body(body.to_string());
        }
        request.send().await.unwrap()
    }

    /// A new thread of the first of the users, with all of them by name. Gives its path.
    pub(crate) async fn thread(&self, users: &[(&User, &str)]) -> String {
        let participants: Vec<_> = users
            .iter()
            .map(|(user, name)| participant(user, name))
            .collect();
        let body = json!({"topic": "Lunch", "participants": participants});
        let created = self.call(users[0].0, "POST", "chat/threads", body).await;
        format!(
            "chat/threads/{}",
            created["chatThread"]["id"].as_str().unwrap()
        )
    }

    /// Sends a message, and gives its id.
    pub(crate) async fn send(&self, user: &User, thread: &str, content: &str) -> String {
        let body = json!({"content": content, "senderDisplayName": "Alice", "type": "text"});
        let path = format!("{thread}/messages");
        let sent = self.call(user, "POST", &path, body).await;
        sent["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn participant(user: &User, name: &str) -> Value {
    json!({
        "communicationIdentifier": {"communicationUser": {"id": user.id}},
        "displayName": name,
    })
}
