//! What the service's port answers.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

use super::cors::{AllowedOrigins, Cors};
use super::state::AppState;
use super::{durability, exchange, health};

/// The service with its layers. Its own operations are routed by the table of `api::route` and not by this
/// router: faults and journal need the route before the handler has it, a request that is put off takes it
/// along, and the service answers a wrong method with 400 and takes percent-encoded verbs.
pub(crate) fn service(state: &Arc<AppState>, origins: AllowedOrigins) -> Cors {
    let mut service = Router::new().fallback(exchange::answer);
    if state.service.writes() {
        service = service.layer(from_fn_with_state(Arc::clone(state), durability::written));
    }
    let service = service
        .route("/health", get(health::check))
        .with_state(Arc::clone(state));
    Cors::new(service, origins)
}
