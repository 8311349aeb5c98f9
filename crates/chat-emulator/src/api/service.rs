//! What the service is made of: one store, the keys of its owner, and the limits.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use crate::auth::keys::Keys;
use crate::auth::token::TokenKey;
use crate::data::batch::Batch;
use crate::data::writer::{NotWritten, Writer};
use crate::seed::SeededUser;
use crate::store::timestamp::Timestamp;
use crate::store::{Caller, Grant, Store, ThreadEvent, ThreadId};
use crate::wire::error::ApiError;

use super::operation::Operation;
use super::rate_limits::{RateLimiter, TooManyRequests};

/// How many events whoever listens may be behind before it loses some, which it is told.
const MOST_EVENTS_BEHIND: usize = 1024;

/// The chat and identity service over one store.
pub(crate) struct Service {
    store: Mutex<Store>,
    events: broadcast::Sender<Arc<ThreadEvent>>,
    token_key: TokenKey,
    access_key: Vec<u8>,
    rate_limiter: Option<Mutex<RateLimiter>>,
    writer: Option<Writer>,
}

impl Service {
    /// A service that knows its owner and its tokens by `keys`.
    pub(crate) fn new(store: Store, keys: Keys) -> Self {
        let token_key = TokenKey::new(keys.token_key, store.resource());
        Self {
            store: Mutex::new(store),
            events: broadcast::Sender::new(MOST_EVENTS_BEHIND),
            token_key,
            access_key: keys.access_key,
            rate_limiter: None,
            writer: None,
        }
    }

    /// Writes down what changes from now on.
    pub(crate) fn write_to(&mut self, writer: Writer) {
        self.writer = Some(writer);
    }

    /// Begins to refuse requests that come too often.
    pub(crate) fn limit_rates(&mut self) {
        self.rate_limiter = Some(Mutex::new(RateLimiter::new()));
    }

    /// The users of a seed with the tokens that they were granted.
    pub(crate) fn seeded(&self, grants: Vec<(String, Grant)>) -> Vec<SeededUser> {
        let users = grants.into_iter().map(|(name, grant)| SeededUser {
            name,
            id: grant.user.to_string(),
            token: self.token_key.sign(&grant),
        });
        users.collect()
    }

    /// Counts a request whose caller is known at `now`, and refuses what comes too often.
    pub(crate) fn admit(
        &self,
        operation: Operation,
        caller: Option<&Caller>,
        thread: &str,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let Some(limiter) = &self.rate_limiter else {
            return Ok(());
        };
        let thread = ThreadId::parse(thread);
        let mut limiter = limiter.lock().unwrap_or_else(PoisonError::into_inner);
        let user = caller.map(|caller| &caller.user);
        limiter
            .admit(operation, user, thread.as_ref(), now)
            .map_err(|TooManyRequests { retry_after }| ApiError::too_many_requests(retry_after))
    }

    /// Forgets how many requests have come.
    pub(crate) fn forget_rates(&self) {
        if let Some(limiter) = &self.rate_limiter {
            *limiter.lock().unwrap_or_else(PoisonError::into_inner) = RateLimiter::new();
        }
    }

    /// The store, for one command or question.
    pub(crate) fn store(&self) -> StoreGuard<'_> {
        // Commands check everything before they change anything, so a panic leaves nothing half done.
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.keep_events(self.events.receiver_count() > 0);
        store.expire_threads();
        StoreGuard {
            store,
            events: &self.events,
            writer: self.writer.as_ref(),
            clock_offset_millis: None,
        }
    }

    /// What happens in threads from now on, in the order in which it happens. An event is told while it may
    /// not be written down yet, for which [`Self::written`] waits.
    pub(super) fn events(&self) -> broadcast::Receiver<Arc<ThreadEvent>> {
        self.events.subscribe()
    }

    /// Whether the state is written down at all.
    pub(crate) fn writes(&self) -> bool {
        self.writer.is_some()
    }

    /// Refuses to carry out what could not be written down. What `changes` nothing is still answered when
    /// the disk is full.
    pub(crate) fn writable(&self, changes: bool) -> Result<(), NotWritten> {
        match &self.writer {
            Some(writer) => writer.writable(changes),
            None => Ok(()),
        }
    }

    /// Waits until all that has changed so far is written down, where it is.
    pub(crate) async fn written(&self) -> Result<(), NotWritten> {
        match &self.writer {
            Some(writer) => writer.written().await,
            None => Ok(()),
        }
    }

    pub(crate) fn token_key(&self) -> &TokenKey {
        &self.token_key
    }

    pub(crate) fn access_key(&self) -> &[u8] {
        &self.access_key
    }
}

/// The store, held by one request. When it is let go, what has changed is on its way to the data file, and
/// what has happened to those who listen.
#[derive(Debug)]
pub(crate) struct StoreGuard<'a> {
    store: MutexGuard<'a, Store>,
    events: &'a broadcast::Sender<Arc<ThreadEvent>>,
    writer: Option<&'a Writer>,
    clock_offset_millis: Option<i64>,
}

impl StoreGuard<'_> {
    /// Has it written down how far the clock has been moved in all, together with what changes here.
    pub(crate) fn write_clock(&mut self, offset_millis: i64) {
        self.clock_offset_millis = Some(offset_millis);
    }
}

impl Deref for StoreGuard<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl DerefMut for StoreGuard<'_> {
    fn deref_mut(&mut self) -> &mut Store {
        &mut self.store
    }
}

impl Drop for StoreGuard<'_> {
    fn drop(&mut self) {
        // Still under the lock: changes are written, and events are told, in the order in which they were made.
        if let Some(writer) = self.writer {
            writer.enqueue(Batch {
                changes: self.store.take_changes(),
                clock_offset_millis: self.clock_offset_millis,
                keys: None,
            });
        }
        for event in self.store.take_events() {
            // Whoever listened a moment ago may have gone.
            let _ = self.events.send(Arc::new(event));
        }
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::limits::{Capacity, Limits};
    use crate::store::{ManualClock, Metadata, NewThread, Scope, SequentialIds, ThreadEventKind};

    #[test]
    fn who_listens_is_told_what_happens_from_then_on_until_it_goes() {
        let clock = ManualClock::at("2026-01-01T00:00:00Z");
        let ids = Box::<SequentialIds>::default();
        let store = Store::new(clock, ids, Limits::default(), Capacity::default());
        let service = Service::new(store, Keys::generate(None));
        let create = || {
            let mut store = service.store();
            let (_, grant) = store.create_user(vec![Scope::Chat], 60).unwrap();
            let caller = store.authorize(&grant.unwrap()).unwrap();
            let new = NewThread {
                topic: "Lunch".to_owned(),
                participants: Vec::new(),
                metadata: Metadata::new(),
                retention: None,
                repeatability: None,
            };
            store
                .create_thread(&caller, new)
                .unwrap()
                .properties
                .id
                .clone()
        };
        create();
        let mut events = service.events();
        let thread = create();
        let event = events.try_recv().unwrap();
        assert_eq!(event.thread.id, thread);
        assert!(matches!(event.kind, ThreadEventKind::ThreadCreated { .. }));
        assert!(events.try_recv().is_err());
        drop(events);
        create();
        assert!(service.store().take_events().is_empty());
    }
}
