//! `/journal`

use std::sync::Arc;

use axum::extract::State;
use http::Uri;
use serde_json::{Value, json};

use crate::api::operation::Operation;
use crate::http::journal::JournalEntry;
use crate::http::state::AppState;
use crate::wire::query::Query;

use super::answer::{Answer, Refusal};

/// The requests after the number `after`, of the operation `operation`, and the newest `limit` of them:
/// each where it is given.
pub(super) async fn list(State(state): State<Arc<AppState>>, uri: Uri) -> Result<Answer, Refusal> {
    let query = Query::parse(uri.query().unwrap_or_default())?;
    let after = number(&query, "after")?.unwrap_or_default();
    let limit = number(&query, "limit")?.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let operation = query
        .get("operation")
        .map(Operation::try_from)
        .transpose()
        .map_err(|unknown| Refusal::bad_request(unknown.to_string()))?;
    let mut entries = state.journal.read(after);
    entries.retain(|entry| operation.is_none() || entry.operation() == operation);
    let skip = entries.len() - entries.len().min(limit.unwrap_or(usize::MAX));
    let requests: Vec<Value> = entries
        .iter()
        .skip(skip)
        .map(JournalEntry::document)
        .collect();
    Ok(Answer::ok(json!({ "requests": requests })))
}

pub(super) async fn clear(State(state): State<Arc<AppState>>) -> Answer {
    state.journal.clear();
    Answer::empty()
}

fn number(query: &Query, name: &str) -> Result<Option<u64>, Refusal> {
    let text = query.get(name);
    text.map(str::parse).transpose().map_err(|_| {
        Refusal::bad_request(format!(
            "{name} is a whole number from 0, not {:?}",
            text.unwrap_or("")
        ))
    })
}
