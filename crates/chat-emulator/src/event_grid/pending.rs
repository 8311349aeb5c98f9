//! An event on its way, and what has become of it so far.

use std::sync::Arc;

use crate::store::timestamp::Timestamp;

use super::event::Event;
use super::retry::Outcome;

/// An event that is to be delivered.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) event: Arc<Event>,
    /// In the order in which things happened.
    pub(super) number: u64,
    pub(super) published: Timestamp,
    pub(super) attempts: u32,
    pub(super) last_attempt: Option<(Timestamp, Outcome)>,
}

impl Pending {
    pub(super) fn new(event: impl Into<Arc<Event>>, number: u64, published: Timestamp) -> Self {
        Self {
            event: event.into(),
            number,
            published,
            attempts: 0,
            last_attempt: None,
        }
    }
}
