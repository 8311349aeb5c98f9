//! `GET /health`, which no fault befalls and no journal notes.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use super::state::AppState;

/// 200 while the service answers, 503 when what it keeps cannot be written any more.
pub(crate) async fn check(State(state): State<Arc<AppState>>) -> (StatusCode, &'static str) {
    match state.service.written().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the data file cannot be written\n",
        ),
    }
}
