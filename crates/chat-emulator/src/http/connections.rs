//! The connections of a listener. There are only so many places; when all are taken and somebody else comes,
//! the connection on which nothing has happened for longest is closed.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// How soon somebody looks again for a connection to close, when there was none.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The places, and who has them.
#[derive(Debug)]
pub(super) struct Connections {
    places: Arc<Semaphore>,
    taken: Mutex<Vec<Weak<Place>>>,
    /// Counts connections and requests, to tell which one was first.
    turns: AtomicU64,
}

/// The place of one connection, which it has until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    connections: Arc<Connections>,
    requests: AtomicUsize,
    /// When its last request ended, or when it came.
    last_turn: AtomicU64,
    wanted: Notify,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            places: Arc::new(Semaphore::new(most)),
            taken: Mutex::default(),
            turns: AtomicU64::new(0),
        })
    }

    /// Takes a place, from an idle connection if there is no other. While all have requests under way, it
    /// waits.
    pub(super) async fn enter(self: &Arc<Self>) -> Arc<Place> {
        loop {
            if self.places.available_permits() == 0 {
                self.make_room();
            }
            let place = Arc::clone(&self.places).acquire_owned();
            // The semaphore is never closed.
            if let Ok(Ok(permit)) = tokio::time::timeout(LOOK_AGAIN, place).await {
                return self.place(permit);
            }
        }
    }

    fn place(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Arc<Place> {
        let place = Arc::new(Place {
            connections: Arc::clone(self),
            requests: AtomicUsize::new(0),
            last_turn: AtomicU64::new(self.next_turn()),
            wanted: Notify::new(),
            _permit: permit,
        });
        // Every change is a single step, so a panic leaves nothing half done.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() == taken.capacity() {
            taken.retain(|place| place.strong_count() > 0);
        }
        taken.push(Arc::downgrade(&place));
        place
    }

    /// Has the connection closed that has been idle for longest.
    pub(super) fn make_room(&self) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = taken.iter().filter_map(Weak::upgrade);
        let idle = idle.filter(|place| place.is_idle());
        let oldest = idle.min_by_key(|place| place.last_turn.load(Ordering::Relaxed));
        drop(taken);
        if let Some(place) = oldest {
            place.wanted.notify_one();
        }
    }

    fn next_turn(&self) -> u64 {
        self.turns.fetch_add(1, Ordering::Relaxed)
    }
}

impl Place {
    /// A request is under way until what this gives is dropped.
    pub(super) fn request(self: &Arc<Self>) -> UnderWay {
        self.requests.fetch_add(1, Ordering::Relaxed);
        UnderWay(Arc::clone(self))
    }

    /// Waits until the connection is to be closed for another one.
    pub(super) async fn wanted(&self) {
        loop {
            self.wanted.notified().await;
            if self.is_idle() {
                return;
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.requests.load(Ordering::Relaxed) == 0
    }
}

/// A request of a connection.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Place>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let place = &self.0;
        let turn = place.connections.next_turn();
        place.last_turn.store(turn, Ordering::Relaxed);
        place.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the place is given up now, if it is wanted.
    async fn is_wanted(place: &Place) -> bool {
        tokio::time::timeout(Duration::ZERO, place.wanted())
            .await
            .is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn the_connection_that_was_idle_for_longest_makes_room() {
        let connections = Connections::new(3);
        let first = connections.enter().await;
        let second = connections.enter().await;
        let third = connections.enter().await;
        drop(first.request());
        let busy = second.request();

        let entering = tokio::spawn({
            let connections = Arc::clone(&connections);
            async move { connections.enter().await }
        });
        third.wanted().await;
        assert!(!is_wanted(&first).await && !is_wanted(&second).await);
        drop(third);
        let fourth = entering.await.unwrap();
        drop((busy, fourth));
        assert_eq!(connections.places.available_permits(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_while_all_are_busy_waits_for_the_first_that_is_idle() {
        let connections = Connections::new(1);
        let place = connections.enter().await;
        let request = place.request();
        let entering = tokio::spawn({
            let connections = Arc::clone(&connections);
            async move { connections.enter().await }
        });
        let waited = tokio::time::timeout(Duration::from_secs(5), place.wanted());
        assert!(waited.await.is_err());
        drop(request);
        place.wanted().await;
        drop(place);
        entering.await.unwrap();
    }

    #[tokio::test]
    async fn connections_that_have_ended_are_forgotten() {
        let connections = Connections::new(4);
        for _ in 0..1_000 {
            connections.enter().await;
        }
        let taken = connections.taken.lock().unwrap();
        assert!(taken.len() <= 8, "{}", taken.len());
    }
}
