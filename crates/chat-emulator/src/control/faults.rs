//! `/faults`

use std::sync::Arc;

use axum::extract::State;
use serde_json::{Value, json};

use crate::http::faults::{FaultId, Rule, document};
use crate::http::state::AppState;

use super::answer::{Answer, Document, Id, Refusal};

pub(super) async fn list(State(state): State<Arc<AppState>>) -> Answer {
    let faults: Vec<Value> = state
        .faults
        .with_rules(|rules| rules.iter().map(Rule::document).collect());
    Answer::ok(json!({ "faults": faults }))
}

pub(super) async fn inject(
    State(state): State<Arc<AppState>>,
    Document(fault): Document<Value>,
) -> Result<Answer, Refusal> {
    let mix = document::read(fault)
        .and_then(|mix| state.faults.inject(mix))
        .map_err(|invalid| Refusal::bad_request(invalid.to_string()))?;
    Ok(Answer::created(json!({ "id": mix })))
}

pub(super) async fn clear(State(state): State<Arc<AppState>>) -> Answer {
    state.faults.clear();
    Answer::empty()
}

pub(super) async fn remove(State(state): State<Arc<AppState>>, id: Id) -> Result<Answer, Refusal> {
    if state.faults.remove(FaultId(id.number()?)) {
        Ok(Answer::empty())
    } else {
        Err(Refusal::not_found(format!("there is no fault {}", id.0)))
    }
}
