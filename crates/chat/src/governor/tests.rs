use std::sync::Mutex;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use time::macros::datetime;
use tokio::time::{Instant, advance, sleep, timeout};

use super::*;
use crate::clock::testing::TokioClock;

const SECOND: Duration = Duration::from_secs(1);
const SEND: Option<RateGroup> = Some(RateGroup::WriteMessages);
const READ: Option<RateGroup> = Some(RateGroup::GetMessage);

pub(super) fn governor(limits: RateLimits) -> RateGovernor {
    RateGovernor::with_clock(limits, TokioClock::at(datetime!(2026-01-01 00:00 UTC)))
}

pub(super) fn thread(n: usize) -> ChatThreadId {
    ChatThreadId::from(format!("19:{n}@thread.v2"))
}

pub(super) fn user(n: usize) -> User {
    User::RawId(format!("8:acs:{n}"))
}

/// One message a second in a thread.
fn one_a_second() -> RateGovernor {
    governor(RateLimits::none().limit(RateGroup::WriteMessages, RateScope::Thread, 1, SECOND))
}

fn later() -> Instant {
    Instant::now() + 24 * 3600 * SECOND
}

impl RateGovernor {
    /// A message of the first user in the first thread, by a deadline.
    fn send_by(&self, deadline: Instant) -> BoxFuture<'_, Result<Permit, NoRoom>> {
        let (user, thread) = (user(1), thread(1));
        Box::pin(async move { self.acquire(SEND, &user, Some(&thread), deadline).await })
    }

    fn send(&self) -> BoxFuture<'_, Result<Permit, NoRoom>> {
        self.send_by(later())
    }
}

/// Sends `count` messages at once, each taking `latency`; when each arrived, in order.
async fn arrivals(
    governor: &RateGovernor,
    user: &User,
    thread: &ChatThreadId,
    count: usize,
    latency: Duration,
) -> Vec<Duration> {
    let start = Instant::now();
    let arrived = Mutex::new(Vec::new());
    let send = |n: usize| {
        let arrived = &arrived;
        async move {
            let permit = governor.acquire(SEND, user, Some(thread), later()).await;
            assert!(permit.is_ok());
            // Every other request is slow on its way, every other answer on its way back.
            let (there, back) = if n.is_multiple_of(2) {
                (latency, Duration::ZERO)
            } else {
                (Duration::ZERO, latency)
            };
            sleep(there).await;
            arrived.lock().unwrap().push(start.elapsed());
            sleep(back).await;
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
    let arrivals = arrivals(&governor, &user(1), &thread(1), 200, latency).await;
    assert_within(&arrivals, 10, 10 * SECOND);
    assert_within(&arrivals, 30, 60 * SECOND);
    // 200 at 30 a minute: the last ones are let through after six minutes and a little.
    let least = 6 * 60 * SECOND;
    assert!(
        arrivals[199] >= least && arrivals[199] <= least + 15 * SECOND,
        "{:?}",
        arrivals[199]
    );
}

#[tokio::test(start_paused = true)]
async fn threads_do_not_wait_for_one_another() {
    let governor = governor(RateLimits::documented());
    let (user, threads): (_, Vec<_>) = (user(1), (0..50).map(thread).collect());
    let all = join_all(
        threads
            .iter()
            .map(|thread| arrivals(&governor, &user, thread, 10, SECOND)),
    )
    .await;
    for arrivals in all {
        assert!(arrivals[9] <= SECOND, "{arrivals:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn users_are_counted_together_in_a_thread_and_apart_where_the_limit_is_theirs() {
    let governor = governor(RateLimits::documented());
    let (one, thread) = (Duration::from_millis(1), thread(1));
    let (first, second) = (user(1), user(2));
    let (a, b) = tokio::join!(
        arrivals(&governor, &first, &thread, 10, one),
        arrivals(&governor, &second, &thread, 10, one),
    );
    let mut both = [a, b].concat();
    both.sort();
    assert_within(&both, 10, 10 * SECOND);

    let create = |user: &User| governor.try_acquire(Some(RateGroup::CreateThread), user, None);
    let unknown = [User::OfClient(1), User::OfClient(2)];
    for user in (0..100).map(user).chain(unknown) {
        // The raw id is what tells users from each other: two clients of one user are one.
        assert!((0..10).all(|_| create(&user.clone()).is_ok()));
        assert!(create(&user).is_err(), "{user:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_waiter_uses_up_nothing_and_those_behind_it_move_up() {
    let governor = one_a_second();
    let start = Instant::now();
    drop(governor.send().await);
    let (mut second, mut third, fourth) = (governor.send(), governor.send(), governor.send());
    assert!((&mut second).now_or_never().is_none() && (&mut third).now_or_never().is_none());
    let fourth = async {
        drop(fourth.await);
        start.elapsed()
    };
    // The first two give up, the one before and the other when its turn has come.
    let giving_up = async {
        drop(second);
        sleep(SECOND).await;
        drop(third);
    };
    let (fourth, ()) = tokio::join!(fourth, giving_up);
    assert_eq!(fourth, SECOND);
    assert!(timeout(SECOND, governor.send()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn who_came_first_is_served_first() {
    let governor = one_a_second();
    let order = Mutex::new(Vec::new());
    join_all((0..5).map(|n| {
        let (governor, order) = (&governor, &order);
        async move {
            drop(governor.send().await);
            order.lock().unwrap().push(n);
        }
    }))
    .await;
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn a_waiter_that_nobody_polls_does_not_hold_up_those_behind_it() {
    let limits = RateLimits::none().limit(RateGroup::WriteMessages, RateScope::Thread, 2, SECOND);
    let governor = governor(limits);
    let start = Instant::now();
    drop((governor.send().await, governor.send().await));
    let mut stalled = governor.send();
    assert!((&mut stalled).now_or_never().is_none());
    let _behind = governor.send().await.unwrap();
    assert_eq!(start.elapsed(), SECOND);
    // It was given its slot all the same, and has not used it when it is dropped.
    assert!(governor.send().now_or_never().is_none());
    drop(stalled);
    assert!(governor.send().now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_is_given_back_unused_is_the_next_waiters_at_once() {
    let governor = one_a_second();
    drop(governor.send().await);
    let (mut second, mut third) = (governor.send(), governor.send());
    assert!((&mut second).now_or_never().is_none() && (&mut third).now_or_never().is_none());
    advance(SECOND).await;
    // Whoever looks gives the slot to the second, which does not come for it.
    assert!(governor.send().now_or_never().is_none());
    drop(second);
    assert!(third.now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_would_end_after_the_deadline_is_refused_at_once_and_uses_up_nothing() {
    let governor = one_a_second();
    let start = Instant::now();
    drop(governor.send().await);
    let waiting = tokio::spawn({
        let governor = governor.clone();
        async move {
            let send = async |_| drop(governor.send().await);
            join_all((1..=3).map(send)).await.len()
        }
    });
    tokio::task::yield_now().await;
    // The one under way may end at once; three come before this one.
    for by in [
        Duration::ZERO,
        SECOND,
        4 * SECOND - Duration::from_millis(1),
    ] {
        let refused = governor.send_by(start + by).now_or_never().unwrap();
        assert_eq!(refused.err(), Some(NoRoom { wait: 4 * SECOND }), "{by:?}");
    }
    assert!(governor.send_by(start + 4 * SECOND).await.is_ok());
    assert_eq!(start.elapsed(), 4 * SECOND);
    assert_eq!(waiting.await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_grows_past_the_deadline_ends_when_that_is_known() {
    let governor = one_a_second();
    let start = Instant::now();
    let slow = governor.send().await;
    // The slot may be free in a second, so that it is worth waiting; it is not.
    let refused = governor.send_by(start + SECOND).await;
    assert_eq!(refused.err(), Some(NoRoom { wait: SECOND }));
    assert_eq!(start.elapsed(), SECOND);
    drop(slow);
    let start = Instant::now();
    assert!(governor.send().await.is_ok());
    assert_eq!(start.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn what_may_not_wait_is_refused_where_there_is_no_room_and_uses_up_nothing() {
    let governor = one_a_second();
    let (user, thread) = (user(1), thread(1));
    let send = || governor.try_acquire(SEND, &user, Some(&thread));
    drop(send().unwrap());
    for _ in 0..10 {
        assert_eq!(send().err(), Some(NoRoom { wait: SECOND }));
    }
    advance(SECOND).await;
    assert!(send().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_user_at_its_own_limit_does_not_hold_up_the_others_of_its_thread() {
    let limits = RateLimits::none()
        .limit(RateGroup::GetMessage, RateScope::Thread, 2, SECOND)
        .limit(
            RateGroup::GetMessage,
            RateScope::UserAndThread,
            1,
            60 * SECOND,
        );
    let governor = governor(limits);
    let thread = thread(1);
    let read = async |n: usize| {
        let user = user(n);
        let read = governor.acquire(READ, &user, Some(&thread), later());
        assert!(read.await.is_ok());
    };
    read(1).await;
    let (mut waiting, start) = (Box::pin(read(1)), Instant::now());
    assert!((&mut waiting).now_or_never().is_none());
    read(2).await;
    read(3).await;
    assert_eq!(start.elapsed(), SECOND);
    waiting.await;
    assert_eq!(start.elapsed(), 60 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_limited_never_waits() {
    let governor = governor(RateLimits::documented().without(RateGroup::WriteMessages));
    let (user, thread) = (user(1), thread(1));
    for group in [SEND, None] {
        assert!((0..1000).all(|_| governor.try_acquire(group, &user, Some(&thread)).is_ok()));
    }
    assert_eq!(governor.shared.queue().0.lanes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_limit_by_thread_does_not_apply_where_there_is_no_thread() {
    let limits = RateLimits::none().limit(RateGroup::ReadThreads, RateScope::Thread, 1, SECOND);
    let governor = governor(limits);
    let read = |thread| governor.try_acquire(Some(RateGroup::ReadThreads), &user(1), thread);
    assert!((0..10).all(|_| read(None).is_ok()));
    let thread = thread(1);
    assert!(read(Some(&thread)).is_ok() && read(Some(&thread)).is_err());
}

#[tokio::test(start_paused = true)]
async fn idle_lanes_are_forgotten() {
    let governor = governor(RateLimits::documented());
    let list = Some(RateGroup::ListMessages);
    for n in 0..4_000 {
        drop(governor.try_acquire(list, &user(n), Some(&thread(n))));
        advance(SECOND).await;
    }
    // A minute's worth of lanes, four for each, is in use.
    assert!(governor.shared.queue().0.lanes() <= Queue::LEAST_SWEEP);
}

#[tokio::test(start_paused = true)]
async fn lanes_in_use_are_never_forgotten() {
    let limits = RateLimits::none().limit(RateGroup::CreateThread, RateScope::User, 2, SECOND);
    let governor = governor(limits);
    let create = |n| governor.try_acquire(Some(RateGroup::CreateThread), &user(n), None);
    // Users with a request on its way, users whose window is not over, and idle ones.
    let under_way: Vec<_> = (0..3_000).map(|n| create(n).unwrap()).collect();
    for n in 3_000..6_000 {
        drop(create(n).unwrap());
    }
    advance(SECOND).await;
    for n in 6_000..10_000 {
        drop(create(n).unwrap());
    }
    let room = |n| {
        let permits: Vec<_> = std::iter::from_fn(|| create(n).ok()).collect();
        permits.len()
    };
    assert!((0..3_000).all(|n| room(n) == 1));
    assert!((6_000..10_000).all(|n| room(n) == 1));
    assert!((3_000..6_000).all(|n| room(n) == 2));
    drop(under_way);
}

#[tokio::test(start_paused = true)]
async fn idle_lanes_are_looked_for_when_there_are_twice_as_many_as_were_in_use() {
    let limits = RateLimits::none().limit(RateGroup::CreateThread, RateScope::User, 1, SECOND);
    let governor = governor(limits);
    let create = |n| governor.try_acquire(Some(RateGroup::CreateThread), &user(n), None);
    let lanes = || governor.shared.queue().0.lanes();
    let twice = 2 * Queue::LEAST_SWEEP;
    let (in_use, idle) = (Queue::LEAST_SWEEP + 1, 400);
    let _under_way: Vec<_> = (0..in_use).map(|n| create(n).unwrap()).collect();
    let users = |from: usize, to: usize| (from..to).for_each(|n| drop(create(n).unwrap()));
    users(in_use, in_use + idle);
    advance(SECOND).await;
    users(in_use + idle, in_use + idle + 2);
    assert_eq!(
        lanes(),
        in_use + idle + 2,
        "to look each time would cost too much"
    );
    users(in_use + idle + 2, twice);
    assert_eq!(lanes(), twice);
    users(twice, twice + 1);
    assert_eq!(lanes(), twice - idle + 1);
}
