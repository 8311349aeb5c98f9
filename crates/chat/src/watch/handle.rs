//! Making a watch read at once, and seeing its state.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use crate::error::ErrorKind;
use crate::models::ChatThreadId;

/// How many threads can wait to be looked at. Of more, all threads are.
const MAX_RUNG: usize = 1000;

/// What a watch is doing.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use chat::watch::WatchState;
///
/// let mut watch = thread.watch().from_beginning().into_stream();
/// assert_eq!(watch.handle().state(), WatchState::Starting);
/// watch.try_next().await?;
/// match watch.handle().state() {
///     WatchState::Following => println!("up to date"),
///     WatchState::Retrying { failures, kind } => println!("{failures} readings failed: {kind}"),
///     other => println!("{other:?}"),
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WatchState {
    /// It has not been polled, or its first reading has not ended. A watch of all threads that begins
    /// from now on first reads each of them.
    Starting,
    /// Its last reading went well.
    Following,
    /// Readings fail with a transient error, and are repeated.
    Retrying {
        /// How many failed in a row.
        failures: u32,
        /// What the last one failed with.
        kind: ErrorKind,
    },
    /// It has ended.
    Ended,
}

/// Makes a watch read at once, and tells its state; from any task or thread. A clone is cheap.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, bobs_thread, .. }: Scene) -> Done {
/// use chat::watch::WatchState;
///
/// let mut watch = thread.watch().into_stream();
/// let handle = watch.handle();
/// let webhook = tokio::spawn(async move {
///     handle.wait_for(|state| state == WatchState::Following).await;
///     # bobs_thread.send_message("Hello").await.unwrap();
///     handle.ring(); // Something happened: the watch reads at once.
/// });
/// let watched = watch.try_next().await?.expect("the watch goes on");
/// assert!(watched.event().message().is_some());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug)]
pub struct WatchHandle {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// The thread, where one is watched.
    thread: Option<ChatThreadId>,
    rings: Mutex<Rings>,
    bell: Notify,
    state: watch::Sender<WatchState>,
}

/// What is to be looked at.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rings {
    pub(super) all: bool,
    pub(super) threads: HashSet<ChatThreadId>,
}

impl WatchHandle {
    /// Nothing for a thread watches all threads of a user.
    pub(super) fn new(thread: Option<ChatThreadId>) -> Self {
        Self {
            shared: Arc::new(Shared {
                thread,
                rings: Mutex::default(),
                bell: Notify::new(),
                state: watch::Sender::new(WatchState::Starting),
            }),
        }
    }

    /// Makes the watch read at once. Calls while it reads are answered by one more reading.
    ///
    /// A watch of all threads lists them and reads each, which takes a request for each thread:
    /// [`ring_thread`](Self::ring_thread) takes one.
    pub fn ring(&self) {
        self.rings().all = true;
        self.shared.bell.notify_one();
    }

    /// Makes the watch read this thread at once: for a webhook, or whatever else learns that
    /// something has happened in it. The thread need not be known: a watch of all threads then tries
    /// to read it, and a watch of another thread does nothing. So the id may come from a source that
    /// is not trusted.
    pub fn ring_thread(&self, thread_id: &ChatThreadId) {
        match &self.shared.thread {
            Some(own) if own != thread_id => return,
            Some(_) => self.rings().all = true,
            None => {
                let mut rings = self.rings();
                if rings.threads.len() < MAX_RUNG {
                    rings.threads.insert(thread_id.clone());
                } else {
                    rings.all = true;
                }
            }
        }
        self.shared.bell.notify_one();
    }

    /// What the watch is doing.
    #[must_use]
    pub fn state(&self) -> WatchState {
        *self.shared.state.borrow()
    }

    /// Waits until the watch is in a state for which `is_awaited` holds, or has ended, and gives the
    /// state. It may be so already. A state that passes quickly may be missed.
    ///
    /// A watch does something only while its stream is polled.
    pub async fn wait_for(&self, mut is_awaited: impl FnMut(WatchState) -> bool) -> WatchState {
        let mut states = self.shared.state.subscribe();
        let awaited = states
            .wait_for(|state| is_awaited(*state) || *state == WatchState::Ended)
            .await
            .map(|state| *state);
        // The sender lives as long as this does.
        awaited.unwrap_or(WatchState::Ended)
    }

    pub(super) fn set(&self, state: WatchState) {
        self.shared.state.send_if_modified(|current| {
            let is_new = *current != state;
            *current = state;
            is_new
        });
    }

    /// Waits until somebody rings, and gives what is to be looked at.
    pub(super) async fn rung(&self) -> Rings {
        loop {
            let rings = std::mem::take(&mut *self.rings());
            if rings != Rings::default() {
                return rings;
            }
            self.shared.bell.notified().await;
        }
    }

    fn rings(&self) -> std::sync::MutexGuard<'_, Rings> {
        self.shared
            .rings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_state_is_awaited_and_the_end_ends_every_wait() {
        let handle = WatchHandle::new(None);
        let mut following = Box::pin(handle.wait_for(|state| state == WatchState::Following));
        let mut never = Box::pin(handle.wait_for(|_| false));
        assert!((&mut following).now_or_never().is_none());
        handle.set(WatchState::Following);
        assert_eq!(following.now_or_never(), Some(WatchState::Following));
        assert!((&mut never).now_or_never().is_none());
        handle.set(WatchState::Ended);
        assert_eq!(never.now_or_never(), Some(WatchState::Ended));
    }

    #[test]
    fn rings_are_gathered_and_of_too_many_threads_all_are_rung() {
        let rung = |handle: &WatchHandle| handle.rung().now_or_never();
        let handle = WatchHandle::new(None);
        assert_eq!(rung(&handle), None);
        let thread = |n: usize| ChatThreadId::from(format!("19:{n}@thread.v2"));
        for n in [1, 2, 1] {
            handle.ring_thread(&thread(n));
        }
        let rings = rung(&handle).unwrap();
        assert_eq!((rings.all, rings.threads.len()), (false, 2));
        assert_eq!(rung(&handle), None, "they are taken once");
        (0..=MAX_RUNG).for_each(|n| handle.ring_thread(&thread(n)));
        let rings = rung(&handle).unwrap();
        assert_eq!((rings.all, rings.threads.len()), (true, MAX_RUNG));

        let handle = WatchHandle::new(Some(thread(1)));
        handle.ring_thread(&thread(2));
        assert_eq!(rung(&handle), None);
        handle.ring_thread(&thread(1));
        assert!(rung(&handle).is_some_and(|rings| rings.all));
    }
}
