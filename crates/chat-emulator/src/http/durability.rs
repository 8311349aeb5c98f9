//! The one place where an answer waits for the disk: nobody is told anything that could still be lost.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::wire::error::ApiError;
use crate::wire::query::Query;
use crate::wire::version::Envelope;

use super::state::AppState;

/// Lets an answer go when all that it may have been made of is written down.
pub(crate) async fn written(
    State(state): State<Arc<AppState>>,
    request: Request,
    next: Next,
) -> Response {
    let uri = request.uri().clone();
    let response = next.run(request).await;
    match state.service.written().await {
        Ok(()) => response,
        Err(error) => {
            let query = Query::parse(uri.query().unwrap_or_default()).ok();
            let version = query.as_ref().and_then(|query| query.get("api-version"));
            let envelope = Envelope::of(uri.path(), version);
            ApiError::not_written(error)
                .into_response(envelope)
                .map(Into::into)
        }
    }
}
