//! Recorded answers, as the mocked service gives them.

use serde_json::Value;

use super::{Exchange, target_of};
use crate::mock::Answer;

/// The recorded answer, with its links leading to `endpoint`.
pub(super) fn answer(exchange: &Exchange, endpoint: &str) -> Answer {
    let response = &exchange.response;
    let mut answer = Answer::status(response.status);
    for (name, value) in &response.headers {
        answer = match name.as_str() {
            // These are of the connection, and the mocked service writes them itself.
            "content-length" | "transfer-encoding" | "date" => answer,
            "location" => answer.header(name, &format!("{endpoint}{}", target_of(value))),
            _ => answer.header(name, value),
        };
    }
    match &response.body {
        Some(body) => answer.body(rewritten(body, endpoint).to_string()),
        None => answer,
    }
}

/// The body, with its link leading to `endpoint`.
pub(super) fn rewritten(body: &Value, endpoint: &str) -> Value {
    let mut body = body.clone();
    if let Some(link) = body["nextLink"].as_str() {
        body["nextLink"] = format!("{endpoint}{}", target_of(link)).into();
    }
    body
}
