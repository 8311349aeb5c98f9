//! The bodies of the responses: of the usual size, and with the fields of the service.

use serde_json::{Value, json};

pub(crate) const TOKEN: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDAsInNreXBlaWQiOiJhY3M6YSJ9.c2ln";
pub(crate) const THREAD: &str = "19:8ToQ1Jw2cRLsS5kYkVqCiJiVJVqAfGQmzH1c2PeBvn01@thread.v2";
pub(crate) const MESSAGE: &str = "1631044658255";
pub(crate) const TOPIC: &str = "Lunch";
pub(crate) const CONTENT: &str = "Shall we meet at noon, at the usual place?";
pub(crate) const PAGE: usize = 200;

pub(crate) fn user(number: usize) -> String {
    format!(
        "8:acs:46849534-eb08-4ab7-bde7-c36928cd1547_0000000c-{number:04x}-f883-b8ba-3a3a0d000000"
    )
}

pub(crate) fn sent() -> Value {
    json!({ "id": MESSAGE })
}

pub(crate) fn created() -> Value {
    json!({ "chatThread": {
        "id": THREAD,
        "topic": TOPIC,
        "createdOn": "2021-09-07T19:57:37Z",
        "createdByCommunicationIdentifier": identifier(0),
    }})
}

pub(crate) fn message(number: usize) -> Value {
    json!({
        "id": (1_631_044_658_255_u64 - number as u64 * 1000).to_string(),
        "type": "text",
        "sequenceId": (1000 - number).to_string(),
        "version": (1_631_044_658_255_u64 - number as u64 * 1000).to_string(),
        "content": { "message": CONTENT },
        "senderDisplayName": "Alice",
        "createdOn": "2021-09-07T19:57:38Z",
        "senderCommunicationIdentifier": identifier(number % 7),
    })
}

pub(crate) fn messages() -> Value {
    let items: Vec<_> = (0..PAGE).map(message).collect();
    json!({ "value": items })
}

pub(crate) fn participants() -> Value {
    let participant = |number| {
        json!({
            "communicationIdentifier": identifier(number),
            "displayName": format!("User {number}"),
            "shareHistoryTime": "1970-01-01T00:00:00Z",
        })
    };
    let items: Vec<_> = (0..PAGE).map(participant).collect();
    json!({ "value": items })
}

fn identifier(number: usize) -> Value {
    let id = user(number);
    json!({ "rawId": id, "communicationUser": { "id": id } })
}
