//! What happens in threads, for those who listen.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::store::ThreadEvent;

use super::service::Service;

/// The machine's clock may be set, and threads get another retention: no wait is longer than this before the
/// store is looked at again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The events of a service from some time on.
#[derive(Debug)]
pub(crate) struct ThreadEvents {
    events: Receiver<Arc<ThreadEvent>>,
    service: Arc<Service>,
}

impl ThreadEvents {
    /// From now on.
    pub(crate) fn of(service: &Arc<Service>) -> Self {
        Self {
            events: service.events(),
            service: Arc::clone(service),
        }
    }

    /// The next event. Whoever is too far behind is told how many are lost.
    pub(crate) async fn next(&mut self) -> Result<Arc<ThreadEvent>, RecvError> {
        loop {
            tokio::select! {
                biased;
                event = self.events.recv() => return event,
                // A thread that deletes itself is an event that no request brings. Looking at the store makes it.
                () = next_expiry(&self.service) => drop(self.service.store()),
            }
        }
    }
}

/// Waits until a thread may have deleted itself.
async fn next_expiry(service: &Service) {
    let wait = {
        let store = service.store();
        let next = store.next_expiry();
        next.map_or(LONGEST_WAIT, |at| store.now().until(at))
    };
    tokio::time::sleep(wait.min(LONGEST_WAIT)).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::keys::Keys;
    use crate::store::limits::{Capacity, Limits};
    use crate::store::{
        ManualClock, Metadata, NewThread, RetentionPolicy, Scope, SequentialIds, Store,
        ThreadEventKind,
    };

    #[tokio::test(start_paused = true)]
    async fn a_thread_that_deletes_itself_is_an_event_though_nobody_asks_for_anything() {
        let clock = ManualClock::at("2026-01-01T00:00:00Z");
        let ids = Box::<SequentialIds>::default();
        let (limits, capacity) = (Limits::default(), Capacity::default());
        let store = Store::new(Arc::clone(&clock) as _, ids, limits, capacity);
        let service = Arc::new(Service::new(store, Keys::generate(None)));
        let mut events = ThreadEvents::of(&service);
        {
            let mut store = service.store();
            let (_, grant) = store.create_user(vec![Scope::Chat], 60).unwrap();
            let caller = store.authorize(&grant.unwrap()).unwrap();
            let new = NewThread {
                topic: "Lunch".to_owned(),
                participants: Vec::new(),
                metadata: Metadata::new(),
                retention: Some(RetentionPolicy::ThreadCreationDate { days: 30 }),
                repeatability: None,
            };
            store.create_thread(&caller, new).unwrap();
        }
        events.next().await.unwrap();
        clock.advance(Duration::from_secs(30 * 24 * 60 * 60 - 100));
        let begin = tokio::time::Instant::now();
        let passing = async {
            for _ in 0..1_000 {
                tokio::time::sleep(Duration::from_secs(1)).await;
                clock.advance(Duration::from_secs(1));
            }
        };
        let event = tokio::select! {
            event = events.next() => event.unwrap(),
            () = passing => panic!("nobody was told"),
        };
        assert!(matches!(event.kind, ThreadEventKind::ThreadExpired));
        let seconds = begin.elapsed().as_secs();
        assert!((100..=101).contains(&seconds), "{seconds}");
    }
}
