//! `/clock`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use crate::http::faults::kind::Seconds;
use crate::http::state::AppState;
use crate::store::Clock;

use super::answer::{Answer, Document, Refusal};
use super::controlled::Controlled;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Change {
    advance_seconds: Option<Seconds>,
    skew_seconds: Option<i64>,
}

pub(super) async fn show(State(state): State<Arc<AppState>>) -> Answer {
    read(&state)
}

fn read(state: &AppState) -> Answer {
    let clock = &state.clock;
    Answer::ok(json!({
        "now": clock.now().with_millis(),
        "advancedSeconds": clock.offset_millis() as f64 / 1000.0,
        "skewSeconds": clock.skew_seconds(),
    }))
}

pub(super) async fn set(
    State(Controlled { state, event_grid }): State<Controlled>,
    Document(change): Document<Change>,
) -> Result<Answer, Refusal> {
    if change.advance_seconds.is_none() && change.skew_seconds.is_none() {
        return Err(Refusal::bad_request(
            "nothing to do: give advanceSeconds, skewSeconds, or both",
        ));
    }
    if let Some(seconds) = change.skew_seconds {
        state.set_clock_skew(seconds);
    }
    if let Some(Seconds(by)) = change.advance_seconds {
        state.advance_clock(by);
    }
    event_grid.clock_moved();
    Ok(read(&state))
}
