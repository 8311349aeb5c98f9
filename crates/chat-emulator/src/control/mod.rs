//! The control API: what the emulator does on command, over HTTP and on a port of its own.

mod about;
mod answer;
mod clock;
mod controlled;
mod event_grid;
mod events;
mod export;
mod faults;
mod guard;
mod journal;
mod notifications;
mod page;
mod snapshots;
mod thread_commands;
mod thread_document;
mod threads;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, patch, post};
use http::{Method, Uri};

use crate::http::{durability, health};

use answer::{Answer, Refusal};
use snapshots::Snapshots;

pub(crate) use controlled::Controlled;
pub(crate) use guard::Hosts;

/// The control API of one emulator, which programs find by its `connection_string`, for those who ask for one
/// of its `hosts`.
pub(crate) fn router(controlled: Controlled, connection_string: &str, hosts: Hosts) -> Router {
    let snapshots = Router::new()
        .route("/snapshots", get(snapshots::list).post(snapshots::take))
        .route("/snapshots/{id}", delete(snapshots::remove))
        .route("/snapshots/{id}/restore", post(snapshots::restore))
        .with_state((controlled.clone(), Arc::new(Snapshots::default())));
    Router::new()
        .route(
            "/faults",
            get(faults::list).post(faults::inject).delete(faults::clear),
        )
        .route("/faults/{id}", delete(faults::remove))
        .route("/clock", get(clock::show).post(clock::set))
        .route("/journal", get(journal::list).delete(journal::clear))
        .route("/threads", get(threads::list))
        .route("/threads/{id}", get(threads::show))
        .route("/threads/{id}/messages", post(thread_commands::send))
        .route(
            "/threads/{id}/messages/{message}",
            patch(thread_commands::edit).delete(thread_commands::delete),
        )
        .route("/threads/{id}/typing", post(thread_commands::notify_typing))
        .route("/threads/{id}/receipts", post(thread_commands::read))
        .route(
            "/notifications",
            get(notifications::show).post(notifications::command),
        )
        .route("/users", get(users::list))
        .route("/users/{id}/tokens", post(users::issue_token))
        .route(
            "/event-grid",
            get(event_grid::show)
                .put(event_grid::subscribe)
                .delete(event_grid::unsubscribe),
        )
        .route(
            "/event-grid/dead-letters",
            get(event_grid::dead_letters).delete(event_grid::clear_dead_letters),
        )
        .route("/export", get(export::export))
        .route("/reset", post(reset))
        .merge(snapshots)
        .layer(from_fn_with_state(
            Arc::clone(&controlled.state),
            durability::written,
        ))
        .merge(page::router())
        .merge(about::router(connection_string))
        .route("/events", get(events::stream))
        .route("/health", get(health::check))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::new(hosts), guard::guard))
        .with_state(controlled)
}

async fn reset(State(controlled): State<Controlled>) -> Answer {
    controlled.state.reset();
    controlled.event_grid.reset();
    Answer::empty()
}

async fn not_found(method: Method, uri: Uri) -> Refusal {
    let path = uri.path();
    Refusal::not_found(format!("there is no {method} {path} in the control API"))
}

async fn method_not_allowed(method: Method, uri: Uri) -> Refusal {
    Refusal::method_not_allowed(format!("{} has no {method}", uri.path()))
}
