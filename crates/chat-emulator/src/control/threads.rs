//! `/threads`: all threads with all their messages, whoever takes part in them, for the page.

use std::sync::Arc;

use axum::extract::State;
use serde_json::{Value, json};

use crate::http::state::AppState;
use crate::store::ThreadId;
use crate::wire::error::ApiError;

use super::answer::{Answer, Id, Refusal};
use super::thread_document::{thread_document, whole_thread_document};

/// As many as people look at.
const MOST_THREADS: usize = 200;
const MOST_MESSAGES: usize = 200;
/// Of each thread in the list.
const MOST_PARTICIPANTS: usize = 5;

pub(super) async fn list(State(state): State<Arc<AppState>>) -> Answer {
    // The store is free again when the documents are made, here and below.
    let (threads, names, count) = state
        .service
        .store()
        .overview(MOST_THREADS, MOST_PARTICIPANTS);
    let threads: Vec<Value> = threads
        .iter()
        .map(|thread| thread_document(&names, thread))
        .collect();
    Answer::ok(json!({ "threads": threads, "count": count }))
}

pub(super) async fn show(
    State(state): State<Arc<AppState>>,
    Id(id): Id,
) -> Result<Answer, Refusal> {
    let id = thread_id(&id)?;
    let found = state.service.store().thread_overview(&id, MOST_MESSAGES);
    let (thread, names) = found.map_err(ApiError::from)?;
    Ok(Answer::ok(whole_thread_document(&names, &thread)))
}

pub(super) fn thread_id(text: &str) -> Result<ThreadId, Refusal> {
    ThreadId::parse(text)
        .ok_or_else(|| Refusal::not_found(format!("{text:?} is no id of a thread")))
}
