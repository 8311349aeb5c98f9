//! `GET /health`, which no fault befalls and no journal notes.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use super::state::AppState;

/// 200 while the service answers, 503 when what it keeps cannot be written any more.
pub(crate) async fn check(State(state): State<Arc<AppState>>) -> (StatusCode, String) {
    let written = state.service.written().await;
    match written.and_then(|()| state.service.writable(true)) {
        Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}
