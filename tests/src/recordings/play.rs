//! What clients have sent, sent to the emulator again.

use std::collections::BTreeMap;

use serde_json::Value;

use super::caller::caller;
use super::compare::differences;
use super::fit::{Side, no_longer_fits};
use super::story::Story;
use super::world::{Received, User, World};
use super::{Exchange, SANITIZED, Session, decode, target_of};
use super::{history, stage};

/// What came of a session.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// How many requests were sent.
    pub requests: usize,
    /// What is different in the emulator's answers.
    pub differences: Vec<String>,
}

/// Why a request cannot be sent again.
pub fn left_out(session: &Session, exchange: &Exchange) -> Option<&'static str> {
    if session.synthetic {
        Some("it was never sent")
    } else if session.body_only {
        Some("only the body of its answer is real")
    } else if !exchange.request.body_recorded {
        Some("its body was not recorded")
    } else {
        no_longer_fits(Side::Emulator, session, exchange)
    }
}

/// Plays the requests of a session that are known in full, in a state like the one they met.
///
/// # Panics
/// When that state cannot be set up.
pub async fn play(session: &Session) -> Played {
    let mut played = Played::default();
    if session.synthetic || session.body_only {
        return played;
    }
    let mut world = World::new().await;
    let story = Story(session);
    history::history(&mut world, story).await;
    let mut player = Player {
        link: None,
        repeatable: BTreeMap::new(),
    };
    for (index, exchange) in session.exchanges.iter().enumerate() {
        stage::before(&mut world, story, index).await;
        if left_out(session, exchange).is_some() {
            stage::stand_in(&mut world, story, index).await;
            continue;
        }
        let place = format!("{} [{index}] {}", session.name, exchange.operation);
        if exchange.continuation && player.link.is_none() {
            played
                .differences
                .push(format!("{place}: there is no link to follow"));
            break;
        }
        let received = player.send(&mut world, story, exchange).await;
        played.requests += 1;
        player.learn(&mut world, exchange, &received);
        let found = differences(&world, session, exchange, &received);
        played
            .differences
            .extend(found.into_iter().map(|found| format!("{place} {found}")));
    }
    played
}

/// What one request needs of the answers before.
struct Player {
    /// The emulator's link to the page that was recorded next.
    link: Option<String>,
    /// The threads that were created with these ids.
    repeatable: BTreeMap<String, Value>,
}

impl Player {
    async fn send(&self, world: &mut World, story: Story<'_>, exchange: &Exchange) -> Received {
        let recorded = &exchange.request;
        let target = match exchange.continuation {
            // The state in the recorded link is the service's own; the link was held against the
            // emulator's when that came.
            true => target_of(self.link.as_deref().expect("a link to follow")).to_owned(),
            false => target(world, exchange),
        };
        let mut request = world.request(&recorded.method, &target);
        for (name, value) in &recorded.headers {
            let is_own = matches!(
                name.as_str(),
                "authorization" | "content-length" | "x-ms-date" | "x-ms-content-sha256"
            );
            if !is_own {
                request = request.header(name, value);
            }
        }
        let body = match &recorded.body {
            Some(body) => mapped(world, body).await.to_string(),
            None => String::new(),
        };
        let request = match exchange.operation.starts_with("identity.") {
            true => world.sign(request, &recorded.method, &target, &body),
            false => {
                let user = world.user(caller(story, exchange)).await;
                request.bearer_auth(user.token)
            }
        };
        match body.is_empty() {
            true => world.send(request).await,
            false => world.send(request.body(body)).await,
        }
    }

    /// Notes what the answer tells: ids of what was made, and where a list goes on.
    fn learn(&mut self, world: &mut World, exchange: &Exchange, received: &Received) {
        let (Some(recorded), Some(json)) = (&exchange.response.body, received.json()) else {
            return;
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match exchange.operation.as_str() {
            "identity.create" => {
                let user = User {
                    id: text(&json["identity"]["id"]),
                    token: text(&json["accessToken"]["token"]),
                };
                world.learn_user(&text(&recorded["identity"]["id"]), user);
            }
            "createChatThread" => {
                let thread = &json["chatThread"];
                world.learn_thread(&text(&recorded["chatThread"]["id"]), &text(&thread["id"]));
                if let Some(id) = exchange.request.headers.get("repeatability-request-id") {
                    let first = self.repeatable.entry(id.clone()).or_insert(thread.clone());
                    assert_eq!(first, thread, "a repeated create gives the same thread");
                }
            }
            "sendChatMessage" => world.learn_message(&text(&recorded["id"]), &text(&json["id"])),
            list if list.starts_with("list") => {
                self.link = json["nextLink"].as_str().map(str::to_owned);
            }
            _ => {}
        }
    }
}

/// The recorded path and query with the emulator's ids, written as they were.
fn target(world: &World, exchange: &Exchange) -> String {
    let segments = exchange.request.path.split('/').map(|segment| {
        let recorded = decode(segment);
        let id = world.known_message(&recorded).or(world
            .known_thread(&recorded)
            .filter(|_| recorded.ends_with("@thread.v2")));
        match id {
            Some(id) if segment.contains("%3A") => id.replace(':', "%3A").replace('@', "%40"),
            Some(id) => id.to_owned(),
            None => segment.to_owned(),
        }
    });
    let path = segments.collect::<Vec<_>>().join("/");
    let query = exchange
        .request
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    format!("{path}?{}", query.collect::<Vec<_>>().join("&"))
}

/// A body with the emulator's ids.
async fn mapped(world: &mut World, body: &Value) -> Value {
    let mut users = Vec::new();
    collect_users(body, &mut users);
    for user in users {
        world.user(&user).await;
    }
    replaced(world, "", body)
}

fn is_user(name: &str, text: &str) -> bool {
    matches!(name, "rawId" | "id") && (text.starts_with("8:acs:") || text == SANITIZED)
}

fn collect_users(value: &Value, users: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if is_user(name, text) => users.push(text.to_owned()),
                    _ => collect_users(value, users),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_users(item, users)),
        _ => {}
    }
}

fn replaced(world: &World, name: &str, value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), replaced(world, name, value)))
            .collect(),
        Value::Array(items) => items
            .iter()
            .map(|item| replaced(world, name, item))
            .collect(),
        Value::String(text) => {
            let id = match name {
                "chatMessageId" => world.known_message(text),
                name if is_user(name, text) => world.known_user(text),
                _ => None,
            };
            id.unwrap_or(text).into()
        }
        other => other.clone(),
    }
}
