//! What the default settings cost, held against the rates that the service documents.

use futures_util::future::select_all;

use super::*;
use crate::watch::follower::Follower;
use crate::watch::look::Look;
use crate::watch::pace::Pace;
use crate::watch::thread_watch::{FASTEST, SLOWEST};

const THREADS: usize = 100;

const MINUTES: u32 = 10;

/// A hundred threads, some busy and some idle.
fn threads() -> Arc<FakeService> {
    let service = FakeService::new();
    (0..THREADS).for_each(|n| service.create(&n.to_string()));
    service
}

/// Ten minutes in which a message is sent every two seconds, mostly to a few of the threads.
async fn chatter(service: &FakeService) -> usize {
    let mut sent = 0;
    for tick in 0..MINUTES * 30 {
        tokio::time::sleep(2 * SECOND).await;
        let thread = if tick % 3 == 0 {
            tick as usize % THREADS
        } else {
            tick as usize % 5
        };
        service.send(&thread.to_string());
        sent += 1;
    }
    tokio::time::sleep(70 * SECOND).await;
    sent
}

#[tokio::test(start_paused = true)]
async fn a_watch_of_100_threads_is_never_refused_and_sees_messages_within_the_documented_time() {
    let service = threads();
    let mut watch = Watch::new(&service, From::Now);
    let (mut seen, mut slowest) = (0, Duration::ZERO);
    let following = async {
        loop {
            let watched = watch.follower.next().await.unwrap();
            let place = watched
                .event()
                .message()
                .unwrap()
                .sequence_id()
                .as_u64()
                .unwrap();
            let state = service.state();
            let thread = &state.threads[watched.thread_id().as_str()].thread;
            let row = &thread.changes[usize::try_from(place).unwrap() - 1];
            slowest = slowest.max(service.now() - row.visible());
            seen += 1;
        }
    };
    let sent = tokio::select! {
        sent = chatter(&service) => sent,
        () = following => unreachable!("it has no end"),
    };
    assert_eq!(seen, sent);
    let state = service.state();
    assert_eq!(state.refused, 0);
    assert!(slowest <= 11 * SECOND, "{slowest:?}");
    let minutes = MINUTES as usize + 1;
    let looks = state.requests[&Kind::Messages] / minutes;
    // The default of one look a minute at each, and more at those that are busy.
    assert!((THREADS..4 * THREADS).contains(&looks), "{looks}");
    assert!(state.requests[&Kind::Threads] / minutes <= 80);
}

#[tokio::test(start_paused = true)]
async fn watches_of_100_single_threads_are_never_refused() {
    let service = threads();
    let follow = |n: usize| {
        let thread = ChatThreadId::from(n.to_string());
        let handle = WatchHandle::new(Some(thread.clone()));
        let interests = Interests {
            lateness: LATENESS,
            receipts: true,
        };
        let source = Arc::new(FakeSource(Arc::clone(&service)));
        let pace = Pace::new(FASTEST, SLOWEST);
        let look = Look::new(thread, None, interests);
        let mut follower = Follower::new(source, look, pace, handle, Doorbell::default());
        Box::pin(async move {
            loop {
                follower.follow().await.unwrap();
            }
        })
    };
    tokio::select! {
        sent = chatter(&service) => assert!(sent > 0),
        ((), ..) = select_all((0..THREADS).map(follow)) => unreachable!("it has no end"),
    }
    let state = service.state();
    assert_eq!(state.refused, 0);
    assert!(state.requests[&Kind::Messages] > 2 * THREADS * MINUTES as usize);
    assert!(state.requests[&Kind::Receipts] > THREADS * MINUTES as usize);
}

/// The model of the rates refuses, and refusals are counted.
#[tokio::test(start_paused = true)]
async fn looks_that_are_too_many_would_be_refused() {
    let service = threads();
    let watch = Watch::new(&service, From::Now);
    let ringing = async {
        let mut watch = watch;
        for _ in 0..60 {
            watch.handle.ring_thread(&ChatThreadId::from("1"));
            watch.events(SECOND / 10).await;
        }
    };
    ringing.await;
    assert!(service.state().refused > 0);
}
