//! Conversations to be archived: many threads of many users, with all that can happen in them.

use std::collections::HashMap;

use chat_emulator::{Emulator, Seed};
use serde_json::{Value, json};

/// How much there is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many users.
    pub users: usize,
    /// How many threads.
    pub threads: usize,
    /// How many messages in all.
    pub messages: usize,
}

/// An emulator with conversations.
#[derive(Debug)]
pub struct Conversations {
    /// The emulator.
    pub emulator: Emulator,
    /// The raw ids of the users.
    pub users: Vec<String>,
    tokens: HashMap<String, String>,
}

fn name(user: usize) -> String {
    format!("user{user}")
}

fn thread_id(thread: usize) -> String {
    format!("19:acsV2_thread{thread:04}@thread.v2")
}

/// A thread of three to six users, of whom the first has created it. The last one sees less than the others.
fn thread(size: Size, thread: usize) -> Value {
    let members = 3 + thread % 4;
    let user = |member: usize| name((thread * 7 + member * 13) % size.users);
    let mut participants = Vec::new();
    let mut seen = vec![user(0)];
    for member in 1..members {
        if !seen.contains(&user(member)) {
            seen.push(user(member));
            participants
                .push(json!({ "user": user(member), "displayName": format!("Member {member}") }));
        }
    }
    // A few threads are far longer than the others.
    let share = size.messages / size.threads;
    let count = match thread % 10 {
        0 => share * 4,
        1..=3 => share,
        _ => share * 3 / 6,
    };
    let messages = (0..count).map(|number| {
        let from = &seen[number % seen.len()];
        let mut message = json!({
            "from": from,
            "content": format!("message {number} of thread {thread}: ünïcode, \"quotes\" and \\ too"),
        });
        if number % 50 == 7 {
            message["type"] = "html".into();
            message["content"] = "<p>Look</p>".into();
            message["metadata"] = json!({ "number": number.to_string() });
        }
        if number % 200 == 5 {
            message["attachments"] = json!([
                { "bytes": "b3JpZ2luYWw=", "preview": "c21hbGw=", "name": "cat.png" },
            ]);
        }
        message
    });
    json!({
        "id": thread_id(thread),
        "topic": format!("Thread {thread}"),
        "createdBy": seen[0],
        "participants": participants,
        "metadata": { "number": thread.to_string() },
        "messages": messages.collect::<Vec<_>>(),
    })
}

impl Conversations {
    /// Starts an emulator with so many conversations.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(size: Size) -> Self {
        let users: Vec<_> = (0..size.users)
            .map(|user| json!({ "name": name(user) }))
            .collect();
        let threads: Vec<_> = (0..size.threads)
            .map(|number| thread(size, number))
            .collect();
        let seed = json!({ "users": users, "threads": threads }).to_string();
        let seed = Seed::from_json(&seed).unwrap();
        let emulator = Emulator::builder().seed(seed).journal_capacity(200_000);
        Self::of(emulator.start().await.unwrap())
    }

    /// The conversations that an emulator was seeded with.
    #[must_use]
    pub fn of(emulator: Emulator) -> Self {
        let seeded = emulator.seeded_users();
        let users = seeded.iter().map(|user| user.id.clone()).collect();
        let tokens = seeded
            .iter()
            .map(|user| (user.id.clone(), user.token.clone()));
        Self {
            users,
            tokens: tokens.collect(),
            emulator,
        }
    }

    /// Makes a request on behalf of a user, and gives the JSON of the answer.
    ///
    /// # Panics
    /// When it does not succeed.
    pub async fn request(&self, user: &str, method: &str, path: &str, body: Value) -> Value {
        let endpoint = self.emulator.endpoint().trim_end_matches('/');
        let url = format!("{endpoint}/chat/threads{path}?api-version=2025-03-15");
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client
            .request(method.parse().unwrap(), url)
            .bearer_auth(&self.tokens[user])
            .header(
                "content-type",
                match method {
                    "PATCH" => "application/merge-patch+json",
                    _ => "application/json",
                },
            );
        let request = match body {
            Value::Null => request,
            body => request.body(body.to_string()),
        };
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Has things happen in some threads that leave traces in all files of an archive: edits, deletions,
    /// receipts, people who are added, topics, and if that is wanted people who are removed.
    ///
    /// # Panics
    /// When a request does not succeed.
    pub async fn live(&self, size: Size, every: usize, leaving: bool) {
        for number in (0..size.threads).step_by(every) {
            let id = thread_id(number);
            let first = self.users[number * 7 % size.users].clone();
            let other = self.users[(number * 7 + 13) % size.users].clone();
            let stranger = self.users[(number * 7 + 5) % size.users].clone();
            let messages = format!("/{id}/messages");
            let sent = self
                .request(
                    &first,
                    "POST",
                    &messages,
                    json!({ "content": "to be edited" }),
                )
                .await;
            let edited = format!("{messages}/{}", sent["id"].as_str().unwrap());
            self.request(&first, "PATCH", &edited, json!({ "content": "edited" }))
                .await;
            let sent = self
                .request(
                    &first,
                    "POST",
                    &messages,
                    json!({ "content": "to be deleted" }),
                )
                .await;
            let deleted = format!("{messages}/{}", sent["id"].as_str().unwrap());
            self.request(&first, "DELETE", &deleted, Value::Null).await;
            let sent = self
                .request(&first, "POST", &messages, json!({ "content": "hello" }))
                .await;
            let receipt = json!({ "chatMessageId": sent["id"] });
            self.request(&first, "POST", &format!("/{id}/readReceipts"), receipt)
                .await;
            let late = json!({ "participants": [{
                "communicationIdentifier": { "communicationUser": { "id": stranger } },
                "displayName": "Late", "shareHistoryTime": "2026-06-01T00:00:00Z",
            }] });
            self.request(&first, "POST", &format!("/{id}/participants/:add"), late)
                .await;
            self.request(
                &first,
                "PATCH",
                &format!("/{id}"),
                json!({ "topic": format!("New {number}") }),
            )
            .await;
            if leaving {
                let leaver = json!({ "communicationUser": { "id": other } });
                let remove = format!("/{id}/participants/:remove");
                self.request(&first, "POST", &remove, leaver).await;
            }
        }
    }
}
