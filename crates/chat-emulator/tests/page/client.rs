//! A program that chats.

use chat_emulator::Emulator;
use serde_json::Value;

/// A user of the chat API.
pub(crate) struct Client<'a> {
    emulator: &'a Emulator,
    client: reqwest::blocking::Client,
}

impl<'a> Client<'a> {
    pub(crate) fn new(emulator: &'a Emulator) -> Self {
        let client = reqwest::blocking::Client::builder().no_proxy().build();
        Self {
            emulator,
            client: client.unwrap(),
        }
    }

    /// The path of the thread in which something happened last.
    pub(crate) fn newest_thread(&self) -> String {
        let threads = self.call("GET", "chat/threads", &Value::Null);
        format!(
            "chat/threads/{}",
            threads["value"][0]["id"].as_str().unwrap()
        )
    }

    pub(crate) fn send(&self, thread: &str, content: &str) -> Value {
        let message = serde_json::json!({"content": content});
        self.call("POST", &format!("{thread}/messages"), &message)
    }

    /// A request of the first user of the seed.
    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.emulator.endpoint());
        let media_type = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let request = self
            .client
            .request(method.parse().unwrap(), url)
            .query(&[("api-version", "2025-03-15")])
            .bearer_auth(&self.emulator.seeded_users()[0].token)
            .header("content-type", media_type)
            .body(body.to_string());
        let response = request.send().unwrap();
        assert!(response.status().is_success(), "{response:?}");
        serde_json::from_slice(&response.bytes().unwrap()).unwrap_or_default()
    }
}
