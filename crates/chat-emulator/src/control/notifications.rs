//! `/notifications`: the clients that are connected for real-time notifications, and what they were sent.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::state::AppState;
use crate::realtime::{
    DisconnectReason, NotificationClient, NotificationEntry, Notifications, ReconnectTarget,
};

use super::answer::{Answer, Document, Refusal};
use super::users::user_id;

/// What is to be done, to the connections of one user or of all.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Command {
    user: Option<String>,
    #[serde(flatten)]
    act: Act,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Act {
    Cut(Cut),
    Disconnect(DisconnectReason),
    Reconnect(ReconnectTarget),
    Lose(Nothing),
    Post(Post),
}

/// Which of the connections is cut: all, unless one is named.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cut {
    connection: Option<u64>,
}

/// There is nothing more to say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// A notification that is made up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Post {
    name: String,
    body: Value,
}

pub(super) async fn show(State(state): State<Arc<AppState>>) -> Answer {
    let notifications = Notifications::new(&state.notifications);
    let entries = notifications.entries();
    let entries: Vec<_> = entries.iter().map(NotificationEntry::document).collect();
    let clients = notifications.clients();
    let clients: Vec<_> = clients.iter().map(NotificationClient::document).collect();
    Answer::ok(json!({
        "connections": notifications.connections(),
        "registrations": notifications.registrations(),
        "unacknowledgedLosses": notifications.unacknowledged_losses(),
        "clients": clients,
        "notifications": entries,
    }))
}

pub(super) async fn command(
    State(state): State<Arc<AppState>>,
    Document(Command { user, act }): Document<Command>,
) -> Result<Answer, Refusal> {
    let mut notifications = Notifications::new(&state.notifications);
    if let Some(user) = &user {
        notifications = notifications.of(user_id(user)?.as_str());
    }
    let count = match act {
        Act::Cut(Cut { connection: None }) => notifications.cut(),
        Act::Cut(Cut {
            connection: Some(connection),
        }) => {
            if user.is_some() {
                return Err(Refusal::bad_request("a connection is of one user already"));
            }
            usize::from(notifications.cut_one(connection))
        }
        Act::Disconnect(reason) => notifications.disconnect(reason),
        Act::Reconnect(target) => notifications.reconnect(target),
        Act::Lose(Nothing {}) => notifications.lose(),
        Act::Post(_) if user.is_none() => {
            return Err(Refusal::bad_request("a notification is posted to a user"));
        }
        Act::Post(Post { name, body }) => {
            let body = match body {
                Value::String(text) => text,
                body => body.to_string(),
            };
            notifications.post(&name, body)
        }
    };
    Ok(Answer::ok(json!({ "count": count })))
}
