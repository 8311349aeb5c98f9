//! `/snapshots`

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::command::Snapshot;
use crate::http::front::Front;

use super::answer::{Answer, Refusal, number};

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

impl Snapshots {
    pub(super) fn take(&self, front: &Front) -> Result<Answer, Refusal> {
        let mut kept = self.kept();
        if kept.all.len() >= MAX_SNAPSHOTS {
            let message = format!("there are {MAX_SNAPSHOTS} snapshots already; remove some");
            return Err(Refusal::conflict(message));
        }
        kept.last += 1;
        let id = kept.last;
        kept.all.insert(id, front.snapshot());
        Ok(Answer::created(json!({ "id": id })))
    }

    pub(super) fn list(&self) -> Answer {
        let kept = self.kept();
        let snapshots: Vec<Value> = kept.all.keys().map(|id| json!({ "id": id })).collect();
        Answer::ok(json!({ "snapshots": snapshots }))
    }

    pub(super) fn restore(&self, front: &Front, id: &str) -> Result<Answer, Refusal> {
        let snapshot = self.kept().all.get(&number(id)?).cloned();
        let snapshot = snapshot.ok_or_else(|| unknown(id))?;
        front
            .restore(&snapshot)
            .map_err(|foreign| Refusal::conflict(foreign.to_string()))?;
        Ok(Answer::empty())
    }

    pub(super) fn remove(&self, id: &str) -> Result<Answer, Refusal> {
        let removed = self.kept().all.remove(&number(id)?);
        removed.map(|_| Answer::empty()).ok_or_else(|| unknown(id))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Every change is a single step, so a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown(id: &str) -> Refusal {
    Refusal::not_found(format!("there is no snapshot {id}"))
}
