//! What the service is made of: one store, the keys of its owner, and the limits.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::auth::keys::Keys;
use crate::auth::token::TokenKey;
use crate::data::batch::Batch;
use crate::data::writer::{NotWritten, Writer};
use crate::seed::SeededUser;
use crate::store::timestamp::Timestamp;
use crate::store::{Caller, Grant, Store, ThreadId};
use crate::wire::error::ApiError;

use super::operation::Operation;
use super::rate_limits::{RateLimiter, TooManyRequests};

/// The chat and identity service over one store.
pub(crate) struct Service {
    store: Mutex<Store>,
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
        StoreGuard {
            store: self.store.lock().unwrap_or_else(PoisonError::into_inner),
            writer: self.writer.as_ref(),
            clock_offset_millis: None,
        }
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

/// The store, held by one request. When it is let go, what has changed is on its way to the data file.
#[derive(Debug)]
pub(crate) struct StoreGuard<'a> {
    store: MutexGuard<'a, Store>,
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
        // Still under the lock: changes are written in the order in which they were made.
        if let Some(writer) = self.writer {
            writer.enqueue(Batch {
                changes: self.store.take_changes(),
                clock_offset_millis: self.clock_offset_millis,
                keys: None,
            });
        }
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}
