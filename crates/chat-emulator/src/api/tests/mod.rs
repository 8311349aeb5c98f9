//! Requests and answers as they are on the wire, without a socket.

mod authorization;
mod bad_input;
mod concurrency;
mod errors;
mod identity;
mod messages;
mod paging;
mod participants;
mod rate_limits;
mod receipts;
mod rules;
mod threads;
mod versions;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::origin::Origins;
use super::service::Service;
use super::{dispatch, request};
use crate::auth::keys::Keys;
use crate::store::limits::{Capacity, Limits};
use crate::store::{ManualClock, RandomIds, Store};

const V2021: &str = "2021-09-07";
const V2025: &str = "2025-03-15";
const IDENTITY: &str = "2023-10-01";
const KEY: &[u8] = b"a key of this test";
const HOST: &str = "chat.test:10100";

/// A service with a clock that stands still.
struct World {
    service: Service,
    clock: Arc<ManualClock>,
}

/// An answer, with its body as text and as JSON.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: HeaderMap,
    text: String,
}

/// A user and a token of it.
#[derive(Clone, Debug)]
struct User {
    id: String,
    token: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Asserts the status, and gives the JSON.
    #[track_caller]
    fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        if self.text.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// Asserts an error about a field of the body, and gives its message.
    #[track_caller]
    fn expect_invalid(self, target: &str) -> Value {
        assert_eq!(self.status, 400, "{self:?}");
        let error = &self.json()["communicationError"];
        assert_eq!(error["code"], "BadRequest", "{self:?}");
        let message = "One or more validation errors occurred.";
        assert_eq!(error["message"], message, "{self:?}");
        assert_eq!(error["details"][0]["target"], target, "{self:?}");
        error["details"][0]["message"].clone()
    }

    /// Asserts an error in the envelope of chat, and gives its message.
    #[track_caller]
    fn expect_error(self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        let error = &self.json()["CommunicationError"];
        assert_eq!(error["Code"], code, "{self:?}");
        assert_eq!(error["Details"], json!([]));
        error["Message"].clone()
    }
}

impl World {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        let clock = ManualClock::at("2026-01-01T00:00:00.250Z");
        let ids = Box::new(RandomIds);
        let store = Store::new(Arc::clone(&clock) as _, ids, limits, Capacity::default());
        let keys = Keys {
            resource: store.resource(),
            ..Keys::generate(Some(KEY.to_vec()))
        };
        let service = Service::new(store, keys);
        Self { service, clock }
    }

    fn later(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Sends a request as it is.
    fn send(&self, request: Request<Bytes>) -> Reply {
        let (head, body) = request.into_parts();
        let origin = Origins::default().of(&head, Ipv4Addr::LOCALHOST.into(), false);
        let request = request::Request::new(head, Ok(body), origin);
        let (head, body) = dispatch::answer(&self.service, &request).into_parts();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            text,
        }
    }

    /// Sends a request of the chat API; `target` may have a query, but no api-version.
    fn chat(&self, user: &User, version: &str, call: &str, body: Option<Value>) -> Reply {
        let (method, target) = call.split_once(' ').unwrap();
        let separator = if target.contains('?') { '&' } else { '?' };
        let target = format!("{target}{separator}api-version={version}");
        let authorization = format!("Bearer {}", user.token);
        self.send(request(
            method,
            &target,
            body,
            &[("authorization", &authorization)],
        ))
    }

    /// As [`Self::chat`] in the version of most recordings.
    fn call(&self, user: &User, call: &str, body: Value) -> Reply {
        self.chat(user, V2021, call, Some(body).filter(|body| !body.is_null()))
    }

    fn get(&self, user: &User, target: &str) -> Reply {
        self.call(user, &format!("GET {target}"), Value::Null)
    }

    /// Follows a link as it is.
    fn follow(&self, user: &User, link: &Value) -> Reply {
        let target = link
            .as_str()
            .unwrap()
            .strip_prefix(&format!("http://{HOST}"))
            .unwrap();
        let authorization = format!("Bearer {}", user.token);
        self.send(request(
            "GET",
            target,
            None,
            &[("authorization", &authorization)],
        ))
    }

    /// Sends a signed request of the identity API.
    fn identity(&self, version: &str, call: &str, body: Option<Value>) -> Reply {
        let (method, target) = call.split_once(' ').unwrap();
        let target = format!("{target}?api-version={version}");
        self.send(signed(method, &target, body))
    }

    fn user(&self) -> User {
        self.user_with(&["chat"])
    }

    fn user_with(&self, scopes: &[&str]) -> User {
        let body = json!({"createTokenWithScopes": scopes});
        let created = self
            .identity(IDENTITY, "POST /identities", Some(body))
            .expect(201);
        User {
            id: created["identity"]["id"].as_str().unwrap().to_owned(),
            token: created["accessToken"]["token"].as_str().unwrap().to_owned(),
        }
    }

    /// A thread of the first user with the others; gives the path of it.
    fn thread(&self, users: &[&User]) -> String {
        let others: Vec<_> = users[1..]
            .iter()
            .map(|user| participant(&user.id))
            .collect();
        let body = json!({"topic": "Lunch", "participants": others});
        let created = self.call(users[0], "POST /chat/threads", body).expect(201);
        thread_path(&created)
    }

    /// Sends a text message; gives its id.
    fn message(&self, user: &User, thread: &str, content: &str) -> String {
        let sent = self.call(
            user,
            &format!("POST {thread}/messages"),
            json!({"content": content}),
        );
        sent.expect(201)["id"].as_str().unwrap().to_owned()
    }
}

fn thread_path(created: &Value) -> String {
    let id = created["chatThread"]["id"].as_str().unwrap();
    format!(
        "/chat/threads/{}",
        id.replace(':', "%3A").replace('@', "%40")
    )
}

fn identifier(id: &str) -> Value {
    json!({"rawId": id, "communicationUser": {"id": id}})
}

fn participant(id: &str) -> Value {
    json!({"communicationIdentifier": identifier(id)})
}

/// The names of the fields of an object, in their order.
fn keys(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn request(
    method: &str,
    target: &str,
    body: Option<Value>,
    headers: &[(&str, &str)],
) -> Request<Bytes> {
    let mut builder = Request::builder()
        .method(method)
        .uri(target)
        .header("host", HOST);
    if body.is_some() {
        let patch = method == Method::PATCH.as_str();
        let media_type = if patch {
            "application/merge-patch+json"
        } else {
            "application/json"
        };
        builder = builder.header("content-type", media_type);
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder
        .body(body.map(|body| body.to_string()).unwrap_or_default().into())
        .unwrap()
}

/// A request signed as the other clients sign.
fn signed(method: &str, target: &str, body: Option<Value>) -> Request<Bytes> {
    let text = body.as_ref().map(Value::to_string).unwrap_or_default();
    let date = httpdate::fmt_http_date(std::time::SystemTime::now());
    let hash = STANDARD.encode(Sha256::digest(&text));
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
    mac.update(format!("{method}\n{target}\n{date};{HOST};{hash}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let authorization = format!(
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
    );
    let headers = [
        ("x-ms-date", date.as_str()),
        ("x-ms-content-sha256", &hash),
        ("authorization", &authorization),
    ];
    request(method, target, body, &headers)
}
