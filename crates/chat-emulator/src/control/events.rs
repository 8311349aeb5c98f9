//! `/events`: server-sent events that say that something has changed, so that nobody has to ask again and
//! again. What has changed is asked for where it always is.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};
use serde::Serialize;
use serde_json::json;

use crate::http::faults::Rule;

use super::controlled::Controlled;

/// How soon a change is told. Many changes within this time are told once. Looking costs two locks for a
/// moment and only while somebody listens; requests do not pay for it.
const INTERVAL: Duration = Duration::from_millis(100);
/// A listener that has gone is noticed when it is written to.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How things stand. A part that is as before has not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Revision {
    store: u64,
    /// The numbers of the first and the last request that the journal has.
    journal: (u64, u64),
    /// The number of faults, and of the last one.
    faults: (usize, u64),
    /// How far the clock is off, in milliseconds and in seconds.
    clock: (i64, i64),
    /// Another subscription, and what becomes of its events.
    event_grid: (u64, u64),
}

impl Revision {
    fn of(Controlled { state, event_grid }: &Controlled) -> Self {
        let last = |rules: &[Rule]| (rules.len(), rules.last().map_or(0, |rule| rule.id.0));
        Self {
            store: state.service.store().revision(),
            journal: state.journal.range(),
            faults: state.faults.with_rules(last),
            clock: (state.clock.offset_millis(), state.clock.skew_seconds()),
            event_grid: event_grid.revision(),
        }
    }
}

/// How things stand now, and again whenever that has changed.
pub(super) async fn stream(
    State(Controlled { state, event_grid }): State<Controlled>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // It keeps no emulator alive.
    let (state, event_grid) = (Arc::downgrade(&state), Arc::downgrade(&event_grid));
    let events = stream::unfold(None, move |last: Option<Revision>| {
        let (state, event_grid) = (state.clone(), event_grid.clone());
        async move {
            loop {
                let now = Revision::of(&Controlled {
                    state: state.upgrade()?,
                    event_grid: event_grid.upgrade()?,
                });
                if last != Some(now) {
                    let event = Event::default().data(json!(now).to_string());
                    return Some((Ok(event), Some(now)));
                }
                tokio::time::sleep(INTERVAL).await;
            }
        }
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}
