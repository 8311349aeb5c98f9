//! What a watch costs that hears of everything, and that nothing depends on what it hears.

use super::*;
use crate::notifications::{
    DisconnectReason, GapReason, NotificationEvent, Teller, read_notification,
};

const THREADS: usize = 100;

fn requests(service: &FakeService) -> (usize, usize) {
    let state = service.state();
    let count = |kind| state.requests.get(&kind).copied().unwrap_or_default();
    (count(Kind::Messages), count(Kind::Threads))
}

fn notification(thread: &str) -> NotificationEvent {
    let payload = serde_json::json!({"eventId": 200, "groupId": thread});
    NotificationEvent::Received(read_notification(payload).unwrap())
}

/// A watch of a hundred threads that hears of them, and has looked at each.
async fn begun(service: &Arc<FakeService>) -> (Watch, Teller) {
    for n in 0..THREADS {
        service.create(&n.to_string());
    }
    let mut watch = Watch::new(service, From::Now);
    let teller = Teller::default();
    watch.follower.doorbell = Doorbell::of(teller.subscribe());
    teller.tell(NotificationEvent::Connected);
    assert_eq!(watch.events(300 * SECOND).await, []);
    (watch, teller)
}

#[tokio::test(start_paused = true)]
async fn while_everything_is_heard_of_a_watch_at_rest_looks_every_three_minutes() {
    let service = FakeService::new();
    let (mut watch, teller) = begun(&service).await;
    let (messages, threads) = requests(&service);
    assert_eq!(watch.events(1800 * SECOND).await, []);
    let (later_messages, later_threads) = requests(&service);
    let looks = (later_messages - messages) / THREADS;
    assert!((9..=13).contains(&looks), "{looks} looks in half an hour");
    assert!(later_threads - threads <= 13);

    // Without the connection it is as without notifications.
    let lost = DisconnectReason::ConnectionLost;
    teller.tell(NotificationEvent::Disconnected(lost));
    assert_eq!(watch.events(600 * SECOND).await, []);
    let looks = (requests(&service).0 - later_messages) / THREADS;
    assert!(looks >= 10, "{looks} looks in ten minutes");
}

#[tokio::test(start_paused = true)]
async fn what_is_heard_of_comes_at_once_and_what_is_not_comes_with_the_safety_net() {
    let service = FakeService::new();
    let (mut watch, teller) = begun(&service).await;
    service.send("7");
    teller.tell(notification("7"));
    assert_eq!(watch.events(SECOND).await, [event("7", "received")]);
    // Nobody tells of this one.
    service.send("8");
    assert_eq!(watch.events(190 * SECOND).await, [event("8", "received")]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_lags_behind_what_was_heard_of_is_looked_at_again() {
    let service = FakeService::new();
    let (mut watch, teller) = begun(&service).await;
    service.state().lag = 4 * SECOND;
    service.send("7");
    teller.tell(notification("7"));
    assert_eq!(watch.events(2 * SECOND).await, []);
    assert_eq!(watch.events(6 * SECOND).await, [event("7", "received")]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_lags_behind_a_gap_is_looked_at_again() {
    let service = FakeService::new();
    let (mut watch, teller) = begun(&service).await;
    service.state().lag = 2 * SECOND;
    service.send("7");
    teller.tell(NotificationEvent::Gap(GapReason::MessageLoss));
    assert_eq!(watch.events(30 * SECOND).await, [event("7", "received")]);
    assert_eq!(service.state().refused, 0);
}
