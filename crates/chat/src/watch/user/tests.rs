#[cfg(feature = "realtime")]
mod notified;
mod properties;
mod rates;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::super::doorbell::Doorbell;
use super::super::driver::Follow;
use super::super::event::WatchedEvent;
use super::super::handle::{WatchHandle, WatchState};
use super::super::look::Interests;
use super::super::testing::{FakeService, FakeSource, Kind};
use super::super::thread_watch::LATENESS;
use super::follower::{Settings, UserFollower};
use crate::error::ErrorKind;
use crate::models::chat_event::ChatEvent;
use crate::models::places::Places;
use crate::models::{ChatThreadId, UserCursor};

const SECOND: Duration = Duration::from_secs(1);

/// A watch of all threads, with the default settings.
struct Watch {
    follower: UserFollower,
    handle: WatchHandle,
}

enum From {
    Now,
    Beginning,
    Cursor(UserCursor),
}

impl Watch {
    fn new(service: &Arc<FakeService>, from: From) -> Self {
        Self::with(service, from, false)
    }

    fn with(service: &Arc<FakeService>, from: From, receipts: bool) -> Self {
        let handle = WatchHandle::new(None);
        let source = Arc::new(FakeSource(Arc::clone(service)));
        let settings = Settings {
            pace: (SECOND, 60 * SECOND),
            interests: Interests {
                lateness: LATENESS,
                receipts,
            },
            from_now: matches!(from, From::Now),
        };
        let (user, places) = match from {
            From::Cursor(cursor) => (cursor.user, cursor.places),
            _ => (None, Places::default()),
        };
        let follower = UserFollower::new(
            source,
            settings,
            user,
            places,
            handle.clone(),
            Doorbell::default(),
        );
        Self { follower, handle }
    }

    /// The next event that comes within this time.
    async fn within(&mut self, time: Duration) -> Option<WatchedEvent<UserCursor>> {
        timeout(time, self.follower.next())
            .await
            .ok()
            .map(Result::unwrap)
    }

    /// What comes within this time: threads and events in short.
    async fn events(&mut self, time: Duration) -> Vec<(String, &'static str)> {
        let (start, mut events) = (tokio::time::Instant::now(), Vec::new());
        while let Some(watched) = self.within(time.saturating_sub(start.elapsed())).await {
            events.push((watched.thread_id().to_string(), short(watched.event())));
        }
        events
    }
}

fn short(event: &ChatEvent) -> &'static str {
    match event {
        ChatEvent::MessageReceived(_) => "received",
        ChatEvent::MessageEdited(_) => "edited",
        ChatEvent::ParticipantsAdded(_) => "added",
        ChatEvent::ReadReceipt(_) => "read",
        ChatEvent::AccessLost => "lost",
        ChatEvent::ThreadDeleted => "gone",
        other => panic!("{other:?}"),
    }
}

fn event(thread: &str, what: &'static str) -> (String, &'static str) {
    (thread.to_owned(), what)
}

#[tokio::test(start_paused = true)]
async fn from_now_on_new_messages_and_new_threads_are_told_and_nothing_older() {
    let service = FakeService::new();
    for n in 0..30 {
        service.create(&n.to_string());
        service.send(&n.to_string());
    }
    let mut watch = Watch::new(&service, From::Now);
    assert_eq!(watch.events(30 * SECOND).await, []);
    assert_eq!(watch.handle.state(), WatchState::Following);
    service.send("17");
    service.create("new");
    service.edit("3", 0);
    let mut events = watch.events(70 * SECOND).await;
    events.sort();
    let expected = [
        event("17", "received"),
        event("3", "edited"),
        event("new", "added"),
    ];
    assert_eq!(events, expected);
}

#[tokio::test(start_paused = true)]
async fn a_watch_goes_on_after_a_cursor_and_refuses_that_of_another_user() {
    let service = FakeService::new();
    service.create("a");
    service.create("b");
    let mut watch = Watch::new(&service, From::Beginning);
    let first = watch.within(SECOND).await.unwrap();
    drop(watch);
    let cursor: UserCursor = first.cursor().to_string().parse().unwrap();
    let other = if first.thread_id().as_str() == "a" {
        "b"
    } else {
        "a"
    };
    service.send(other);
    let mut watch = Watch::new(&service, From::Cursor(cursor.clone()));
    let expected = [event(other, "added"), event(other, "received")];
    assert_eq!(watch.events(30 * SECOND).await, expected);

    let user = Some("8:acs:another".to_owned());
    let mut watch = Watch::new(&service, From::Cursor(UserCursor { user, ..cursor }));
    let error = watch.follower.next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

#[tokio::test(start_paused = true)]
async fn a_ring_has_one_thread_looked_at_at_once_also_one_that_is_not_known() {
    let service = FakeService::new();
    service.create("a");
    let mut watch = Watch::new(&service, From::Now);
    assert_eq!(watch.events(100 * SECOND).await, []);
    let looks = |service: &FakeService| service.state().requests[&Kind::Messages];
    let before = looks(&service);
    service.edit("a", 0);
    service.send("a");
    service.create("new");
    for rung in ["a", "new", "unknown"] {
        watch.handle.ring_thread(&ChatThreadId::from(rung));
    }
    let mut events = watch.events(SECOND / 4).await;
    events.sort();
    assert_eq!(events, [event("a", "received"), event("new", "added")]);
    assert_eq!(looks(&service), before + 4, "the new one is read again");
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_ids_that_nobody_knows_does_not_hold_up_the_threads_that_are_known() {
    let service = FakeService::new();
    service.create("a");
    let mut watch = Watch::new(&service, From::Now);
    assert_eq!(watch.events(10 * SECOND).await, []);
    service.send("a");
    let mut events = Vec::new();
    for flood in 0..40 {
        let ids = (0..500).map(|n| ChatThreadId::from(format!("{flood}-{n}")));
        ids.for_each(|id| watch.handle.ring_thread(&id));
        watch.handle.ring_thread(&ChatThreadId::from("a"));
        events.extend(watch.events(SECOND / 10).await);
    }
    assert_eq!(events, [event("a", "received")]);
    // Four at once, each in a twentieth of a second, with some room for the look at the thread itself.
    let looks = service.state().requests[&Kind::Messages];
    assert!(looks < 400, "{looks}");
    assert_eq!(service.state().refused, 0);
}

#[tokio::test(start_paused = true)]
async fn threads_that_fail_or_hang_do_not_hold_up_the_others_and_are_told_of() {
    let service = FakeService::new();
    for thread in ["failing", "hanging", "a"] {
        service.create(thread);
    }
    let mut watch = Watch::new(&service, From::Beginning);
    assert_eq!(watch.events(20 * SECOND).await.len(), 3);
    let fail = |kind| service.state().threads.get_mut("failing").unwrap().fails = kind;
    fail(Some(ErrorKind::ServiceUnavailable));
    service.state().threads.get_mut("hanging").unwrap().hangs = true;
    for thread in ["failing", "hanging", "a"] {
        service.send(thread);
    }
    assert_eq!(watch.events(20 * SECOND).await, [event("a", "received")]);
    assert!(matches!(watch.handle.state(), WatchState::Retrying { failures, .. } if failures > 2));
    service.send("a");
    assert_eq!(watch.events(20 * SECOND).await, [event("a", "received")]);
    fail(None);
    assert_eq!(
        watch.events(70 * SECOND).await,
        [event("failing", "received")]
    );
    assert_eq!(watch.handle.state(), WatchState::Following);
}

#[tokio::test(start_paused = true)]
async fn a_thread_that_is_gone_or_refused_is_told_once_and_one_that_is_open_again_goes_on() {
    let service = FakeService::new();
    for thread in ["a", "b", "c"] {
        service.create(thread);
    }
    let mut watch = Watch::new(&service, From::Beginning);
    assert_eq!(watch.events(20 * SECOND).await.len(), 3);
    service.state().threads.get_mut("a").unwrap().is_deleted = true;
    service.state().threads.get_mut("b").unwrap().fails = Some(ErrorKind::Forbidden);
    let mut told = BTreeMap::new();
    let mut cursor = None;
    while let Some(watched) = watch.within(70 * SECOND).await {
        told.insert(watched.thread_id().to_string(), short(watched.event()));
        cursor = Some(watched.cursor().clone());
    }
    let expected = [event("a", "gone"), event("b", "lost")];
    assert_eq!(told.into_iter().collect::<Vec<_>>(), expected);

    let mut watch = Watch::new(&service, From::Cursor(cursor.unwrap()));
    assert_eq!(watch.events(700 * SECOND).await, [], "it is not told again");
    service.state().threads.get_mut("b").unwrap().fails = None;
    service.send("b");
    service.send("c");
    let mut events = watch.events(20 * SECOND).await;
    events.sort();
    assert_eq!(events, [event("b", "received"), event("c", "received")]);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_ends_the_watch_with_its_cursor() {
    let service = FakeService::new();
    service.create("a");
    let mut watch = Watch::new(&service, From::Beginning);
    assert_eq!(watch.events(20 * SECOND).await.len(), 1);
    service.state().failures = [ErrorKind::Unauthorized].into();
    let error = watch.follower.next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(error.user_cursor().unwrap().thread_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn read_receipts_come_where_they_are_asked_for() {
    let service = FakeService::new();
    service.create("a");
    let read = |user, message| {
        let mut state = service.state();
        state
            .threads
            .get_mut("a")
            .unwrap()
            .receipts
            .push((user, message));
    };
    read("8:acs:b", 5);
    let mut watch = Watch::with(&service, From::Now, true);
    assert_eq!(watch.events(20 * SECOND).await, []);
    read("8:acs:b", 7);
    let mut events = watch.events(70 * SECOND).await;
    assert_eq!(events, [event("a", "read")]);
    read("8:acs:c", 6);
    service.send("a");
    events = watch.events(70 * SECOND).await;
    assert_eq!(events, [event("a", "received"), event("a", "read")]);
    let state = service.state();
    assert!(state.requests[&Kind::Receipts] > 3 && state.refused == 0);
}

#[tokio::test(start_paused = true)]
async fn a_long_backlog_of_one_thread_comes_among_the_events_of_the_others() {
    let service = FakeService::new();
    service.create("long");
    (0..5_000).for_each(|_| service.send("long"));
    (0..40).for_each(|n| service.create(&n.to_string()));
    let mut watch = Watch::new(&service, From::Beginning);
    let events = watch.events(60 * SECOND).await;
    assert_eq!(events.len(), 5_041);
    let last_of_others = events
        .iter()
        .rposition(|(thread, _)| thread != "long")
        .unwrap();
    assert!(last_of_others < 200, "{last_of_others}");
}

#[tokio::test(start_paused = true)]
async fn a_watch_from_now_on_follows_when_each_thread_was_looked_at_and_not_before() {
    let service = FakeService::new();
    service.create("a");
    service.state().threads.get_mut("a").unwrap().hangs = true;
    let mut watch = Watch::new(&service, From::Now);
    assert_eq!(watch.events(SECOND).await, []);
    assert_eq!(watch.handle.state(), WatchState::Starting);

    service.state().threads.get_mut("a").unwrap().hangs = false;
    let mut watch = Watch::new(&service, From::Now);
    assert_eq!(watch.events(SECOND).await, []);
    assert_eq!(watch.handle.state(), WatchState::Following);
}
