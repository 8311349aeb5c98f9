//! What comes from outside, one function for each kind of it, for fuzzers to feed. Each panics where
//! something is read that must not be read so.
//!
//! Not part of the library: compiled for fuzzers and for the crate's own tests, which run what fuzzers have
//! found.

mod requests;
#[cfg(feature = "data")]
mod rows;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::api::operation::Operation;
use crate::api::paging::continuation::{MessagesState, ThreadsState};
use crate::http::faults::{Faults, document};
use crate::seed::Seed;
use crate::store::limits::{Capacity, Limits};
use crate::store::{MovableClock, RandomIds, Store, ThreadId};

pub use requests::requests;
#[cfg(feature = "data")]
pub use rows::rows;

/// The `syncState` of links: what is read is read again from what it is written as.
pub fn states(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let thread = ThreadId::parse("19:acsV2_0000000000000000000000000000000000000000001@thread.v2")
        .expect("an id of a thread");
    if let Ok(state) = MessagesState::decode(text, &thread) {
        let written = state.encode(&thread);
        assert_eq!(MessagesState::decode(&written, &thread), Ok(state));
    }
    if let Ok(state) = ThreadsState::decode(text) {
        assert_eq!(ThreadsState::decode(&state.encode()), Ok(state));
    }
}

/// Seeds: what is read is planted, or refused with its place; planted again it changes nothing.
pub fn seeds(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let seed = match Seed::from_json(text) {
        Ok(seed) => seed,
        Err(error) => {
            let _ = format!("{error} {error:?}");
            return;
        }
    };
    let mut store = store();
    store.note_changes();
    if seed.plant(&mut store).is_ok() {
        let (threads, _, count) = store.overview(usize::MAX, usize::MAX);
        seed.plant(&mut store).expect("what could be planted once");
        let (again, _, count_again) = store.overview(usize::MAX, usize::MAX);
        assert_eq!(count, count_again);
        let messages = |threads: &[crate::store::ThreadOverview]| -> usize {
            threads.iter().map(|thread| thread.message_count).sum()
        };
        assert_eq!(messages(&threads), messages(&again));
    }
}

/// Fault documents: what is read can be injected, shown, and strikes without harm.
pub fn fault_documents(data: &[u8]) {
    let Ok(json) = serde_json::from_slice(data) else {
        return;
    };
    let faults = Faults::default();
    match document::read(json).and_then(|mix| faults.inject(mix)) {
        Ok(_) => {
            for operation in Operation::all().map(Some).chain([None]) {
                faults.plan(operation);
            }
            faults.with_rules(|rules| {
                for rule in rules {
                    assert!(rule.document().is_object());
                }
            });
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn store() -> Store {
    let clock = Arc::new(MovableClock::default());
    let (limits, capacity) = (Limits::default(), Capacity::default());
    Store::new(clock, Box::new(RandomIds), limits, capacity)
}
