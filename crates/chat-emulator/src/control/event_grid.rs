//! `/event-grid`

use std::sync::Arc;

use axum::extract::State;
use serde_json::json;

use crate::event_grid::{EventGrid, EventGridSubscription, InvalidSubscription};

use super::answer::{Answer, Document, Refusal};

type Grid = State<Arc<EventGrid>>;

pub(super) async fn show(State(grid): Grid) -> Answer {
    read(&grid)
}

fn read(grid: &EventGrid) -> Answer {
    let subscription = grid.status().map(|status| status.document());
    Answer::ok(json!({ "subscription": subscription }))
}

pub(super) async fn subscribe(
    State(grid): Grid,
    Document(subscription): Document<EventGridSubscription>,
) -> Result<Answer, Refusal> {
    let refused = |invalid: InvalidSubscription| Refusal::bad_request(invalid.to_string());
    grid.subscribe(subscription.try_into().map_err(refused)?)
        .map_err(refused)?;
    Ok(read(&grid))
}

pub(super) async fn unsubscribe(State(grid): Grid) -> Result<Answer, Refusal> {
    match grid.unsubscribe() {
        true => Ok(Answer::empty()),
        false => Err(Refusal::not_found("no webhook has subscribed to events")),
    }
}

pub(super) async fn dead_letters(State(grid): Grid) -> Answer {
    Answer::ok(json!({ "deadLetters": grid.dead_letters() }))
}

pub(super) async fn clear_dead_letters(State(grid): Grid) -> Answer {
    grid.clear_dead_letters();
    Answer::empty()
}
