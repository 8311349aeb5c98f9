//! What the control API commands.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::event_grid::EventGrid;
use crate::http::state::AppState;

/// The parts of an emulator that the control API commands.
#[derive(Clone, Debug)]
pub(crate) struct Controlled {
    pub(crate) state: Arc<AppState>,
    pub(crate) event_grid: Arc<EventGrid>,
}

impl FromRef<Controlled> for Arc<AppState> {
    fn from_ref(controlled: &Controlled) -> Self {
        Self::clone(&controlled.state)
    }
}

impl FromRef<Controlled> for Arc<EventGrid> {
    fn from_ref(controlled: &Controlled) -> Self {
        Self::clone(&controlled.event_grid)
    }
}
