//! The one place where an answer waits for the disk: nobody is told anything that could still be lost.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::api::headers;
use crate::wire::error::ApiError;
use crate::wire::query::Query;
use crate::wire::version::{Api, Envelope};

use super::state::AppState;

/// Carries out what can be written down, and lets an answer go when all that it may have been made of is written down.
pub(crate) async fn written(
    State(state): State<Arc<AppState>>,
    request: Request,
    next: Next,
) -> Response {
    if !state.service.writes() {
        return next.run(request).await;
    }
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    // What could not be written down is not carried out.
    let error = match state.service.writable(!request.method().is_safe()) {
        Ok(()) => {
            let response = next.run(request).await;
            match state.service.written().await {
                Ok(()) => return response,
                Err(error) => error,
            }
        }
        Err(error) => error,
    };
    let query = Query::parse(uri.query().unwrap_or_default()).ok();
    let version = query.as_ref().and_then(|query| query.get("api-version"));
    let envelope = Envelope::of(uri.path(), version);
    let mut response = ApiError::not_written(error).into_response(envelope);
    headers::add(&headers, Api::of(uri.path()), response.headers_mut());
    response.map(Into::into)
}
