//! `/about`: how programs find the service.

use std::future::ready;

use axum::Router;
use axum::routing::get;
use serde_json::json;

use super::answer::Answer;

pub(super) fn router<S: Clone + Send + Sync + 'static>(connection_string: &str) -> Router<S> {
    let document = json!({
        "connectionString": connection_string,
        "version": env!("CARGO_PKG_VERSION"),
    });
    Router::new().route("/about", get(move || ready(Answer::ok(document.clone()))))
}
