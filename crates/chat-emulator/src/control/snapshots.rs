//! `/snapshots`

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use serde_json::{Value, json};

use crate::store::Snapshot;

use super::answer::{Answer, Id, Refusal};
use super::controlled::Controlled;

/// Each may be as large as the store.
const MAX_SNAPSHOTS: usize = 32;

/// Snapshots that are known by a number.
#[derive(Debug, Default)]
pub(super) struct Snapshots(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    all: BTreeMap<u64, Snapshot>,
    last: u64,
}

/// What the handlers here share.
type Shared = State<(Controlled, Arc<Snapshots>)>;

impl Snapshots {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Every change is a single step, so a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn take(State((controlled, snapshots)): Shared) -> Result<Answer, Refusal> {
    let mut kept = snapshots.kept();
    if kept.all.len() >= MAX_SNAPSHOTS {
        let message = format!("there are {MAX_SNAPSHOTS} snapshots already; remove some");
        return Err(Refusal::conflict(message));
    }
    kept.last += 1;
    let id = kept.last;
    kept.all.insert(id, controlled.state.snapshot());
    Ok(Answer::created(json!({ "id": id })))
}

pub(super) async fn list(State((_, snapshots)): Shared) -> Answer {
    let kept = snapshots.kept();
    let snapshots: Vec<Value> = kept.all.keys().map(|id| json!({ "id": id })).collect();
    Answer::ok(json!({ "snapshots": snapshots }))
}

pub(super) async fn restore(
    State((controlled, snapshots)): Shared,
    id: Id,
) -> Result<Answer, Refusal> {
    let snapshot = snapshots.kept().all.get(&id.number()?).cloned();
    let snapshot = snapshot.ok_or_else(|| unknown(&id))?;
    controlled
        .state
        .restore(&snapshot)
        .map_err(|foreign| Refusal::conflict(foreign.to_string()))?;
    controlled.event_grid.reset();
    Ok(Answer::empty())
}

pub(super) async fn remove(State((_, snapshots)): Shared, id: Id) -> Result<Answer, Refusal> {
    let removed = snapshots.kept().all.remove(&id.number()?);
    removed.map(|_| Answer::empty()).ok_or_else(|| unknown(&id))
}

fn unknown(id: &Id) -> Refusal {
    Refusal::not_found(format!("there is no snapshot {}", id.0))
}
