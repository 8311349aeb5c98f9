//! `/users`: who there is, and tokens for them.

use std::sync::Arc;

use axum::extract::State;
use serde_json::{Value, json};

use crate::http::state::AppState;
use crate::store::identifier::RawId;
use crate::store::{Scope, UserOverview};
use crate::wire::error::ApiError;

use super::answer::{Answer, Id, Refusal};

/// As many as people look at.
const MOST_USERS: usize = 200;
/// As long as the service lets a token last at most.
const TOKEN_MINUTES: u32 = 24 * 60;

pub(super) async fn list(State(state): State<Arc<AppState>>) -> Answer {
    let (users, count) = state.service.store().users_overview(MOST_USERS);
    let users: Vec<Value> = users.iter().map(document).collect();
    Answer::ok(json!({ "users": users, "count": count }))
}

/// A token for chat, as the identity API would issue it.
pub(super) async fn issue_token(
    State(state): State<Arc<AppState>>,
    Id(id): Id,
) -> Result<Answer, Refusal> {
    let user = user_id(&id)?;
    let grant = state
        .service
        .store()
        .issue_token(&user, vec![Scope::Chat], TOKEN_MINUTES)
        .map_err(ApiError::from)?;
    Ok(Answer::created(json!({
        "token": state.service.token_key().sign(&grant),
        "expiresOn": grant.expires,
    })))
}

pub(super) fn user_id(text: &str) -> Result<RawId, Refusal> {
    RawId::parse(text).map_err(|_| Refusal::bad_request(format!("{text:?} is no id of a user")))
}

fn document(user: &UserOverview) -> Value {
    json!({
        "id": user.id.as_str(),
        "name": user.name,
        "threadCount": user.thread_count,
    })
}
