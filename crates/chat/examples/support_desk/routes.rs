//! The desk over HTTP.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::desk::{Author, Desk};

pub(crate) fn app(desk: Desk) -> Router {
    Router::new()
        .route("/tickets", post(open))
        .route("/tickets/{number}", get(read).delete(close))
        .route("/tickets/{number}/messages", post(say))
        .with_state(desk)
}

#[derive(Deserialize)]
struct Question {
    customer: String,
    text: String,
}

#[derive(Deserialize)]
struct Message {
    from: From,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum From {
    Customer,
    Agent,
}

async fn open(State(desk): State<Desk>, Json(question): Json<Question>) -> Response {
    let Question { customer, text } = question;
    match desk.open_ticket(customer, text).await {
        Ok(number) => (StatusCode::CREATED, Json(json!({ "id": number }))).into_response(),
        Err(error) => refusal(&error),
    }
}

async fn say(
    State(desk): State<Desk>,
    Path(number): Path<String>,
    Json(message): Json<Message>,
) -> Response {
    let author = match message.from {
        From::Customer => Author::Customer,
        From::Agent => Author::Agent,
    };
    match desk.say(&number, author, message.text).await {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(Ok(())) => StatusCode::CREATED.into_response(),
        Some(Err(error)) => refusal(&error),
    }
}

async fn read(State(desk): State<Desk>, Path(number): Path<String>) -> Response {
    match desk.conversation(&number).await {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(Ok(said)) => {
            let said = said.into_iter();
            let said = said.map(|said| json!({ "from": said.from, "text": said.text }));
            Json(said.collect::<Vec<_>>()).into_response()
        }
        Some(Err(error)) => refusal(&error),
    }
}

async fn close(State(desk): State<Desk>, Path(number): Path<String>) -> Response {
    match desk.close(&number).await {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(Ok(())) => StatusCode::NO_CONTENT.into_response(),
        Some(Err(error)) => refusal(&error),
    }
}

/// What a customer is told when the chat service says no.
fn refusal(error: &chat::Error) -> Response {
    match (
        error.is_forbidden() || error.is_not_found(),
        error.is_throttled(),
    ) {
        (true, _) => (StatusCode::GONE, "the ticket is closed").into_response(),
        (_, true) => (StatusCode::SERVICE_UNAVAILABLE, "try again in a minute").into_response(),
        _ => (StatusCode::BAD_GATEWAY, "the chat service is out of reach").into_response(),
    }
}
