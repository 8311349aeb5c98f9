use std::sync::Mutex;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use time::macros::datetime;
use tokio::time::Instant;

use super::*;
use crate::clock::testing::TokioClock;

const SECOND: Duration = Duration::from_secs(1);

fn governor(limits: RateLimits) -> RateGovernor {
    RateGovernor::with_clock(limits, TokioClock::at(datetime!(2026-01-01 00:00 UTC)))
}

fn thread(n: usize) -> ChatThreadId {
    ChatThreadId::from(format!("19:{n}@thread.v2"))
}

/// Sends `count` messages at once, each taking `latency`; when each arrived, in order.
async fn arrivals(
    governor: &RateGovernor,
    user: u64,
    thread: &ChatThreadId,
    count: usize,
    latency: Duration,
) -> Vec<Duration> {
    let start = Instant::now();
    let arrived = Mutex::new(Vec::new());
    let send = |n: usize| {
        let arrived = &arrived;
        async move {
            let _permit = governor.admit("sendChatMessage", user, Some(thread)).await;
            // Every other request is slow on its way, every other answer on its way back.
            let (there, back) = if n.is_multiple_of(2) {
                (latency, Duration::ZERO)
            } else {
                (Duration::ZERO, latency)
            };
            tokio::time::sleep(there).await;
            arrived.lock().unwrap().push(start.elapsed());
            tokio::time::sleep(back).await;
        }
    };
    join_all((0..count).map(send)).await;
    let mut arrived = arrived.into_inner().unwrap();
    arrived.sort();
    arrived
}

#[track_caller]
fn assert_within(arrivals: &[Duration], count: usize, window: Duration) {
    for pair in arrivals.windows(count + 1) {
        assert!(
            pair[count] - pair[0] >= window,
            "{count} and one more within {:?}",
            pair[count] - pair[0]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn no_window_ever_sees_more_than_the_limits_allow_and_time_is_not_wasted() {
    let latency = Duration::from_millis(300);
    let governor = governor(RateLimits::documented());
    let arrivals = arrivals(&governor, 1, &thread(1), 200, latency).await;
    assert_within(&arrivals, 10, 10 * SECOND);
    assert_within(&arrivals, 30, 60 * SECOND);
    // 200 at 30 a minute: the last ones are let through after six minutes and a little.
    let least = 6 * 60 * SECOND;
    assert!(
        arrivals[199] >= least && arrivals[199] <= least + 30 * SECOND,
        "{:?}",
        arrivals[199]
    );
}

#[tokio::test(start_paused = true)]
async fn threads_do_not_wait_for_one_another() {
    let governor = governor(RateLimits::documented());
    let threads: Vec<_> = (0..50).map(thread).collect();
    let all = join_all(
        threads
            .iter()
            .map(|thread| arrivals(&governor, 1, thread, 10, SECOND)),
    )
    .await;
    for arrivals in all {
        assert!(arrivals[9] <= SECOND, "{arrivals:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn clients_that_share_a_governor_are_counted_together_in_a_thread() {
    let governor = governor(RateLimits::documented());
    let (one, thread) = (Duration::from_millis(1), thread(1));
    let (a, b) = tokio::join!(
        arrivals(&governor, 1, &thread, 10, one),
        arrivals(&governor, 2, &thread, 10, one),
    );
    let mut both = [a, b].concat();
    both.sort();
    assert_within(&both, 10, 10 * SECOND);

    // Users are counted apart where the service does so.
    for user in 0..100 {
        assert!(
            governor
                .admit("createChatThread", user, None)
                .now_or_never()
                .is_some()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_while_waiting_leaves_the_turn_to_the_next() {
    let limits = RateLimits::none().limit(RateGroup::WriteMessages, RateScope::Thread, 1, SECOND);
    let (governor, thread) = (governor(limits), thread(1));
    let first = governor.admit("sendChatMessage", 1, Some(&thread)).await;
    let waiting = governor.admit("sendChatMessage", 1, Some(&thread));
    assert!(tokio::time::timeout(SECOND, waiting).await.is_err());
    drop(first);
    let start = Instant::now();
    drop(governor.admit("sendChatMessage", 1, Some(&thread)).await);
    assert_eq!(start.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_limited_never_waits() {
    let governor = governor(RateLimits::documented().without(RateGroup::WriteMessages));
    for _ in 0..1000 {
        let thread = thread(1);
        let admitted = governor
            .admit("sendChatMessage", 1, Some(&thread))
            .now_or_never();
        assert!(admitted.is_some());
    }
    assert!(governor.lanes().by_subject.is_empty());
}

#[tokio::test(start_paused = true)]
async fn idle_threads_are_forgotten() {
    let governor = governor(RateLimits::documented());
    for n in 0..100_000 {
        drop(governor.admit("sendChatMessage", 1, Some(&thread(n))).await);
        tokio::time::advance(SECOND).await;
    }
    assert!(governor.lanes().by_subject.len() <= LEAST_SWEEP);
}
