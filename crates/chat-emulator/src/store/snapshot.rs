//! The state as a whole: kept, and brought back.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::store::identifier::RawId;

use super::Store;
use super::ids::ThreadId;
use super::saved::Mark;
use super::thread::{Activity, Thread};
use super::threads::CreatedThread;
use super::users::User;

/// Everything that the store knew at one time. It is not cheap: all but the texts of messages is copied.
#[derive(Clone, Debug)]
pub(crate) struct StoreState {
    resource: Uuid,
    pub(super) users: HashMap<RawId, User>,
    pub(super) threads: HashMap<ThreadId, Thread>,
    pub(super) created: HashMap<(RawId, String), Arc<CreatedThread>>,
    last_activity: Activity,
    bytes: usize,
}

/// The state is that of another resource, to which other users and tokens belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OtherResource;

impl Store {
    /// Everything that is known.
    pub(crate) fn state(&self) -> StoreState {
        StoreState {
            resource: self.resource,
            users: self.users.clone(),
            threads: self.threads.clone(),
            created: self.created.clone(),
            last_activity: self.last_activity,
            bytes: self.bytes,
        }
    }

    /// Knows what was known in `state`, and nothing else.
    pub(crate) fn set_state(&mut self, state: &StoreState) -> Result<(), OtherResource> {
        if state.resource != self.resource {
            return Err(OtherResource);
        }
        let StoreState {
            resource: _,
            users,
            threads,
            created,
            last_activity,
            bytes,
        } = state.clone();
        self.users = users;
        self.threads = threads;
        self.created = created;
        self.last_activity = last_activity;
        self.bytes = bytes;
        self.mark(|| Mark::Everything);
        Ok(())
    }
}

/// The state of an emulator at one time. Copies of it are cheap.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) store: Arc<StoreState>,
    pub(crate) clock_offset_millis: i64,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

/// The snapshot is of another emulator, to which other users and tokens belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot is of another emulator")]
#[non_exhaustive]
pub struct ForeignSnapshot;
