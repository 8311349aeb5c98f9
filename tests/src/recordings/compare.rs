//! An answer of the emulator, held against the recorded one.
//!
//! What the service makes up (ids, times, tokens) has to have the same form, and to stand for the
//! same thing where that is known; everything else has to be the same.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::normal::is_time;
use super::world::{Received, World};
use super::{Exchange, SANITIZED, Session, decode, target_of};

/// What is different in the emulator's answer.
pub(super) fn differences(
    world: &World,
    session: &Session,
    exchange: &Exchange,
    received: &Received,
) -> Vec<String> {
    let mut comparison = Comparison {
        world,
        differences: Vec::new(),
    };
    let recorded = &exchange.response;
    if recorded.status != received.status {
        comparison.differ("status", recorded.status, received.status);
    }
    comparison.headers(session, exchange, received);
    match &recorded.body {
        None => comparison.same("body", "", &received.body),
        Some(body) => match received.json() {
            Some(json) => comparison.value("", body, &json),
            None => comparison.differ("body", body, &received.body),
        },
    }
    comparison.differences
}

struct Comparison<'a> {
    world: &'a World,
    differences: Vec<String>,
}

impl Comparison<'_> {
    fn differ(
        &mut self,
        place: &str,
        recorded: impl std::fmt::Display,
        received: impl std::fmt::Display,
    ) {
        self.differences
            .push(format!("{place}: recorded {recorded}, emulated {received}"));
    }

    fn same(&mut self, place: &str, recorded: &str, received: &str) {
        if recorded != received {
            self.differ(place, recorded, received);
        }
    }

    fn headers(&mut self, session: &Session, exchange: &Exchange, received: &Received) {
        let recorded = |name: &str| {
            exchange
                .response
                .headers
                .get(name)
                .map_or("", String::as_str)
        };
        let header = |name: &str| received.headers.get(name).map_or("", String::as_str);

        self.same(
            "content-type",
            recorded("content-type"),
            header("content-type"),
        );

        let supported = header("api-supported-versions");
        let version = exchange
            .request
            .parameter("api-version")
            .unwrap_or_default();
        if !supported.split(", ").any(|supported| supported == version) {
            self.differ(
                "api-supported-versions",
                recorded("api-supported-versions"),
                supported,
            );
        }

        // Those who hid the ids have taken the links away.
        let location = recorded("location");
        if !(session.sanitized_ids && location.is_empty()) {
            self.location(location, header("location"));
        }

        let empty = |length: &str| length == "0" || length.is_empty();
        if empty(recorded("content-length")) && exchange.response.body.is_none() {
            let length = recorded("content-length");
            self.same("content-length", length, header("content-length"));
            self.same("transfer-encoding", "", header("transfer-encoding"));
        }

        // Without those tracing headers that were taken away.
        let request_id = recorded("x-ms-client-request-id");
        if !request_id.is_empty() {
            self.same(
                "x-ms-client-request-id",
                request_id,
                header("x-ms-client-request-id"),
            );
        }
    }

    fn value(&mut self, place: &str, recorded: &Value, received: &Value) {
        match (recorded, received) {
            (Value::Object(recorded), Value::Object(received)) => {
                for (name, value) in recorded {
                    let place = format!("{place}/{name}");
                    match received.get(name) {
                        Some(received) => self.value(&place, value, received),
                        None => self.differ(&place, value, "nothing"),
                    }
                }
                for (name, value) in received {
                    // One recording of 2021 lacks it; the service has it of every thread since.
                    let newer = name == "lastMessageReceivedOn";
                    if !recorded.contains_key(name) && !newer {
                        self.differ(&format!("{place}/{name}"), "nothing", value);
                    }
                }
            }
            (Value::Array(recorded), Value::Array(received)) => {
                if recorded.len() != received.len() {
                    let (recorded, received) = (recorded.len(), received.len());
                    self.differ(&format!("{place}: how many"), recorded, received);
                }
                for (index, (recorded, received)) in recorded.iter().zip(received).enumerate() {
                    self.value(&format!("{place}/{index}"), recorded, received);
                }
            }
            (Value::String(recorded), Value::String(received)) => {
                self.text(place, recorded, received);
            }
            (recorded, received) if recorded == received => {}
            (recorded, received) => self.differ(place, recorded, received),
        }
    }

    fn text(&mut self, place: &str, recorded: &str, received: &str) {
        let name = place.rsplit('/').next().unwrap_or_default();
        let stands_for = self
            .world
            .known_user(recorded)
            .or(self.world.known_thread(recorded))
            .or(self.world.known_message(recorded))
            .filter(|_| recorded != SANITIZED && is_id(recorded));
        let same = match name {
            "nextLink" => return self.next_link(place, recorded, received),
            _ if recorded == SANITIZED => !received.is_empty(),
            "shareHistoryTime" => recorded == received,
            name if is_time(name) => digits_masked(recorded) == digits_masked(received),
            "version" => digits_masked(recorded) == digits_masked(received),
            _ => match stands_for {
                Some(known) => known == received && form_of_id(recorded) == form_of_id(received),
                None if name == "id" => digits_masked(recorded) == digits_masked(received),
                None => recorded == received,
            },
        };
        if !same {
            self.differ(place, recorded, received);
        }
    }

    fn location(&mut self, recorded: &str, received: &str) {
        if recorded.is_empty() || received.is_empty() {
            return self.same("location", recorded, received);
        }
        let wanted = format!(
            "{}{}",
            self.world.origin(),
            self.mapped(target_of(recorded))
        );
        self.same("location", &wanted, received);
    }

    /// The link has the same path and parameters in the same order and writing; only what it says
    /// about where the list goes on is the service's own.
    fn next_link(&mut self, place: &str, recorded: &str, received: &str) {
        let wanted = format!(
            "{}{}",
            self.world.origin(),
            self.mapped(target_of(recorded))
        );
        let (Some((wanted_path, wanted)), Some((path, query))) =
            (wanted.split_once('?'), received.split_once('?'))
        else {
            return self.differ(place, recorded, received);
        };
        self.same(place, wanted_path, path);
        let states = |query: &str| {
            let pairs = query.split('&').map(|pair| match pair.split_once('=') {
                Some(("syncState", state)) => format!("syncState={}", form_of_state(state)),
                _ => pair.to_owned(),
            });
            pairs.collect::<Vec<_>>().join("&")
        };
        self.same(place, &states(wanted), &states(query));
    }

    /// A path with the emulator's ids in it, as they were written.
    fn mapped(&self, path: &str) -> String {
        let mut path = path.to_owned();
        let ids = self.world.threads().chain(self.world.messages());
        for (recorded, id) in ids.filter(|(recorded, _)| *recorded != SANITIZED) {
            path = path.replace(recorded, id);
            path = path.replace(&recorded.replace(':', "%3A"), &id.replace(':', "%3A"));
        }
        path
    }
}

/// Whether it is what the service calls something, rather than what a person does.
fn is_id(text: &str) -> bool {
    text.contains(':') || text.bytes().all(|byte| byte.is_ascii_digit())
}

/// How an id is written. Two forms of thread ids were recorded, today's is another one, and each will do.
fn form_of_id(id: &str) -> String {
    let thread = id
        .strip_prefix("19:")
        .and_then(|id| id.strip_suffix("@thread.v2"));
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match thread {
        Some(id) if id.len() == 32 && is_hex(id) => "thread".to_owned(),
        Some(id) if id.len() == 44 && id.ends_with('1') => "thread".to_owned(),
        Some(id) if id.starts_with("acsV2_") => "thread".to_owned(),
        _ => id
            .chars()
            .map(|char| if char.is_ascii_hexdigit() { '0' } else { char })
            .collect(),
    }
}

/// The text with every digit as 0.
fn digits_masked(text: &str) -> String {
    text.chars()
        .map(|char| if char.is_ascii_digit() { '0' } else { char })
        .collect()
}

/// How the state of a list is written: hex, or spans of time in base64.
fn form_of_state(state: &str) -> String {
    if state
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        // The id of the thread is in it, which is longer today.
        return "hex".to_owned();
    }
    let spans = BASE64_STANDARD.decode(decode(state)).unwrap_or_default();
    let spans = digits_masked(&String::from_utf8_lossy(&spans));
    // Zeros at the end of the milliseconds are not written.
    let mut form = String::new();
    for char in spans.chars() {
        if !(char == '0' && form.ends_with('0')) {
            form.push(char);
        }
    }
    form.replace(".0+", "+")
}
