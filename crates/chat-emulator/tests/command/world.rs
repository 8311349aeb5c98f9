//! An emulator with a control port, and users who chat.

use std::net::SocketAddr;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chat_emulator::{Emulator, FaultMix};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::wire::{Reply, exchange, request};

pub(crate) const VERSION: &str = "2025-03-15";

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    /// If there is one.
    control: Option<SocketAddr>,
}

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// Injects a fault from Rust and, into another emulator, over the control API, and checks both.
pub(crate) fn both_ways(
    fault: impl Into<FaultMix>,
    document: Value,
    check: impl Fn(&World, &Chat),
) {
    let fault = fault.into();
    let world = World::new();
    let chat = world.chat();
    world.emulator.inject(fault).unwrap();
    check(&world, &chat);

    let world = World::new();
    let chat = world.chat();
    world.control("POST", "/faults", &document).expect(201);
    check(&world, &chat);
}

/// A user in a thread.
#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) user: User,
    /// `/chat/threads/…`
    pub(crate) thread: String,
}

impl World {
    pub(crate) fn new() -> Self {
        let emulator = Emulator::builder()
            .control_port(0)
            .start_blocking()
            .unwrap();
        Self::with(emulator)
    }

    pub(crate) fn with(emulator: Emulator) -> Self {
        let control = emulator.control_url().map(|url| {
            let address = url.strip_prefix("http://").unwrap().trim_end_matches('/');
            address.parse().unwrap()
        });
        Self { emulator, control }
    }

    /// Sends a command.
    pub(crate) fn control(&self, method: &str, target: &str, body: &Value) -> Reply {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.control_with(method, target, &[], &body)
    }

    pub(crate) fn control_with(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let address = self.control_address();
        exchange(address, &request(address, method, target, headers, body))
    }

    pub(crate) fn control_address(&self) -> SocketAddr {
        self.control.unwrap()
    }

    /// Sends a request of the chat API; `call` is the method and the target.
    pub(crate) fn call(&self, user: &User, call: &str, body: Value) -> Reply {
        self.call_in(VERSION, user, call, body)
    }

    pub(crate) fn call_in(&self, version: &str, user: &User, call: &str, body: Value) -> Reply {
        let (method, target) = call.split_once(' ').unwrap();
        let separator = if target.contains('?') { '&' } else { '?' };
        let target = format!("{target}{separator}api-version={version}");
        self.send(user, method, &target, body)
    }

    fn send(&self, user: &User, method: &str, target: &str, body: Value) -> Reply {
        let media_type = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let authorization = format!("Bearer {}", user.token);
        let headers = [
            ("authorization", &*authorization),
            ("content-type", media_type),
        ];
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let address = self.emulator.local_addr();
        exchange(address, &request(address, method, target, &headers, &body))
    }

    /// Follows a link of a page.
    pub(crate) fn follow(&self, user: &User, link: &Value) -> Reply {
        let origin = format!("http://{}", self.emulator.local_addr());
        let target = link.as_str().unwrap().strip_prefix(&origin).unwrap();
        self.send(user, "GET", target, Value::Null)
    }

    /// Sends a request of the identity API that was signed at `date`.
    pub(crate) fn identity(&self, target: &str, body: &Value, date: SystemTime) -> Reply {
        let address = self.emulator.local_addr();
        let target = format!("{target}?api-version=2023-10-01");
        let body = body.to_string();
        let date = httpdate::fmt_http_date(date);
        let hash = STANDARD.encode(Sha256::digest(&body));
        let key = STANDARD.decode(self.emulator.access_key()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("POST\n{target}\n{date};{address};{hash}").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let authorization = format!(
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
        );
        let headers = [
            ("x-ms-date", &*date),
            ("x-ms-content-sha256", &hash),
            ("authorization", &authorization),
            ("content-type", "application/json"),
        ];
        exchange(address, &request(address, "POST", &target, &headers, &body))
    }

    pub(crate) fn user(&self) -> User {
        let body = json!({"createTokenWithScopes": ["chat"]});
        let created = self
            .identity("/identities", &body, SystemTime::now())
            .expect(201);
        User {
            id: created["identity"]["id"].as_str().unwrap().to_owned(),
            token: created["accessToken"]["token"].as_str().unwrap().to_owned(),
        }
    }

    /// A new user in a new thread.
    pub(crate) fn chat(&self) -> Chat {
        let user = self.user();
        let thread = self.thread(&user);
        Chat { user, thread }
    }

    pub(crate) fn thread(&self, user: &User) -> String {
        let created = self
            .call(user, "POST /chat/threads", json!({"topic": "Lunch"}))
            .expect(201);
        format!(
            "/chat/threads/{}",
            created["chatThread"]["id"].as_str().unwrap()
        )
    }

    pub(crate) fn send_message(&self, chat: &Chat, content: &str) -> Reply {
        let call = format!("POST {}/messages", chat.thread);
        self.call(&chat.user, &call, json!({"content": content}))
    }

    pub(crate) fn list_messages(&self, chat: &Chat) -> Reply {
        self.call(
            &chat.user,
            &format!("GET {}/messages", chat.thread),
            Value::Null,
        )
    }

    /// The contents of the messages that the service holds, newest first, whatever lists say.
    pub(crate) fn stored(&self, chat: &Chat) -> Vec<String> {
        self.emulator.clear_faults();
        contents(&self.list_messages(chat).expect(200))
    }
}

/// The contents of the users' messages of a page.
pub(crate) fn contents(page: &Value) -> Vec<String> {
    let messages = page["value"].as_array().unwrap();
    messages
        .iter()
        .filter_map(|message| message["content"]["message"].as_str())
        .map(str::to_owned)
        .collect()
}
