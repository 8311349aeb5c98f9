//! A subscription without an endpoint that answers: what becomes of events that it cannot keep up with.

use std::sync::Arc;

use crate::api::origin::Origins;
use crate::api::service::Service;
use crate::auth::keys::Keys;
use crate::http::journal::Journal;
use crate::http::state::AppState;
use crate::store::limits::{Capacity, Limits};
use crate::store::{Metadata, MovableClock, NewThread, RandomIds, Scope, Store};

use super::{EventGrid, EventGridSubscription};

#[tokio::test]
async fn events_that_nobody_could_take_in_are_counted_where_the_subscription_is_shown() {
    let clock = Arc::<MovableClock>::default();
    let (limits, capacity) = (Limits::default(), Capacity::default());
    let ids = Box::new(RandomIds);
    let store = Store::new(Arc::clone(&clock) as _, ids, limits, capacity);
    let service = Service::new(store, Keys::generate(None));
    let state = AppState::new(service, clock, Journal::new(0), Origins::default(), None);
    let state = Arc::new(state);
    let grid = EventGrid::new(Arc::clone(&state), tokio::runtime::Handle::current());
    let subscription = EventGridSubscription::new("http://127.0.0.1:1/");
    grid.subscribe(subscription.try_into().unwrap()).unwrap();
    let (caller, thread) = {
        let mut store = state.service.store();
        let (_, grant) = store.create_user(vec![Scope::Chat], 60).unwrap();
        let caller = store.authorize(&grant.unwrap()).unwrap();
        let new = NewThread {
            topic: "Lunch".to_owned(),
            participants: Vec::new(),
            metadata: Metadata::new(),
            retention: None,
            repeatability: None,
        };
        let created = store.create_thread(&caller, new).unwrap();
        (caller, created.properties.id.clone())
    };
    // The task of the subscription does not run in between, as there is one thread.
    for _ in 0..3_000 {
        let mut store = state.service.store();
        store.send_typing(&caller, &thread, String::new()).unwrap();
    }
    let before = grid.revision();
    let status = loop {
        let status = grid.status().unwrap();
        if status.lost + status.published == 3_001 {
            break status;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((status.lost, status.published), (3_001 - 1_024, 1_024));
    assert_eq!(status.document()["lost"], 3_001 - 1_024);
    assert_ne!(grid.revision(), before, "the page shows it at once");
}
