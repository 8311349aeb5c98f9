//! The governor, held against any sequence of requests, cancellations and deadlines.

use std::time::Duration;

use futures_util::future::join_all;
use proptest::prelude::*;
use tokio::time::{Instant, sleep, timeout};

use super::tests::{governor, thread, user};
use super::*;

/// The limits of the test: group, scope, count, window in milliseconds.
const LIMITS: [(RateGroup, RateScope, u32, u64); 6] = [
    (RateGroup::WriteMessages, RateScope::Thread, 2, 100),
    (RateGroup::WriteMessages, RateScope::Thread, 3, 500),
    (RateGroup::GetMessage, RateScope::UserAndThread, 2, 200),
    (RateGroup::GetMessage, RateScope::Thread, 3, 200),
    (RateGroup::CreateThread, RateScope::User, 1, 100),
    (RateGroup::CreateThread, RateScope::Resource, 2, 300),
];

/// What timers may be late by, in milliseconds.
const LATE: u64 = 2;

/// Longer than all windows and all requests take.
const END: Duration = Duration::from_secs(3600);

/// A request, and what becomes of its caller. Times are in milliseconds.
#[derive(Clone, Debug)]
struct Request {
    at: u64,
    group: RateGroup,
    user: usize,
    thread: usize,
    takes: u64,
    deadline: Option<u64>,
    cancelled_after: Option<u64>,
}

impl Request {
    /// The limits that apply, and for whom.
    fn lanes(&self) -> Vec<(usize, Option<usize>, Option<usize>)> {
        let limits = LIMITS.iter().enumerate();
        let limits = limits.filter(|(_, limit)| limit.0 == self.group);
        let lane = |(index, limit): (usize, &(_, RateScope, _, _))| match limit.1 {
            RateScope::Resource => (index, None, None),
            RateScope::User => (index, Some(self.user), None),
            RateScope::Thread => (index, None, Some(self.thread)),
            RateScope::UserAndThread => (index, Some(self.user), Some(self.thread)),
        };
        limits.map(lane).collect()
    }
}

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let group = prop::sample::select(vec![
        RateGroup::WriteMessages,
        RateGroup::GetMessage,
        RateGroup::CreateThread,
    ]);
    let takes = prop_oneof![2 => Just(0_u64), 1 => 0_u64..400];
    let request = (
        (0_u64..600, group, 0_usize..3, 0_usize..2, takes),
        prop::option::weighted(0.3, 0_u64..1500),
        prop::option::weighted(0.3, 0_u64..800),
    );
    let request = request.prop_map(|(what, deadline, cancelled_after)| {
        let (at, group, user, thread, takes) = what;
        Request {
            at,
            group,
            user,
            thread,
            takes,
            deadline: deadline.map(|deadline| at + deadline),
            cancelled_after,
        }
    });
    prop::collection::vec(request, 0..40).prop_map(|mut requests| {
        requests.sort_by_key(|request| request.at);
        requests
    })
}

/// What became of a request: until when it waited, and how that ended.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Admitted { at: u64, ended: u64 },
    Refused { at: u64, wait: u64 },
    Cancelled { at: u64 },
}

impl Outcome {
    fn waited_until(self) -> u64 {
        match self {
            Self::Admitted { at, .. } | Self::Refused { at, .. } | Self::Cancelled { at } => at,
        }
    }
}

async fn carry_out(governor: &RateGovernor, start: Instant, request: &Request) -> Outcome {
    let now = || u64::try_from(start.elapsed().as_millis()).unwrap();
    sleep(Duration::from_millis(request.at)).await;
    let deadline = request.deadline.map_or(END, Duration::from_millis);
    let (user, thread) = (user(request.user), thread(request.thread));
    let permit = governor.acquire(Some(request.group), &user, Some(&thread), start + deadline);
    let patience = request.cancelled_after.map_or(END, Duration::from_millis);
    let permit = match timeout(patience, permit).await {
        Ok(Ok(permit)) => permit,
        Ok(Err(NoRoom { wait })) => {
            let (at, wait) = (now(), u64::try_from(wait.as_millis()).unwrap());
            return Outcome::Refused { at, wait };
        }
        Err(_) => return Outcome::Cancelled { at: now() },
    };
    let at = now();
    sleep(Duration::from_millis(request.takes)).await;
    drop(permit);
    Outcome::Admitted { at, ended: now() }
}

/// How many slots of a lane are in use at a time.
fn in_use(
    lane: (usize, Option<usize>, Option<usize>),
    time: u64,
    all: &[(Request, Outcome)],
) -> usize {
    let window = LIMITS[lane.0].3;
    let holds = |(request, outcome): &&(Request, Outcome)| match outcome {
        Outcome::Admitted { at, ended } => {
            *at <= time && time < ended + window && request.lanes().contains(&lane)
        }
        _ => false,
    };
    all.iter().filter(holds).count()
}

fn is_full(
    lane: (usize, Option<usize>, Option<usize>),
    time: u64,
    all: &[(Request, Outcome)],
) -> bool {
    in_use(lane, time, all) >= LIMITS[lane.0].2 as usize
}

fn check(all: &[(Request, Outcome)]) -> Result<(), TestCaseError> {
    // All times at which room may come about.
    let mut times: Vec<_> = all
        .iter()
        .map(|(_, outcome)| outcome.waited_until())
        .collect();
    times.extend(all.iter().flat_map(|(request, outcome)| {
        let ended = match outcome {
            Outcome::Admitted { ended, .. } => Some(*ended),
            _ => None,
        };
        let lanes = request.lanes().into_iter();
        lanes.filter_map(move |lane| Some(ended? + LIMITS[lane.0].3))
    }));
    for (index, (request, outcome)) in all.iter().enumerate() {
        let until = outcome.waited_until();
        let waiting = |time: u64| request.at + LATE < time && time + LATE < until;
        for &time in times.iter().filter(|time| waiting(**time)) {
            // It may take a moment until who waits has looked.
            let mut full = (time..=time + LATE).flat_map(|t| {
                let lanes = request.lanes().into_iter();
                lanes.map(move |lane| is_full(lane, t, all))
            });
            prop_assert!(
                full.any(|full| full),
                "{:?} waits for nothing at {}",
                request,
                time
            );
        }
        match *outcome {
            Outcome::Admitted { at, .. } => {
                for lane in request.lanes() {
                    let used = in_use(lane, at, all);
                    prop_assert!(used <= LIMITS[lane.0].2 as usize, "{:?}: {}", lane, used);
                }
                prop_assert!(
                    request
                        .deadline
                        .is_none_or(|deadline| at <= deadline + LATE)
                );
            }
            Outcome::Refused { at, wait } => {
                let deadline = request.deadline.unwrap();
                prop_assert!(at <= deadline + LATE, "{:?} was refused late", request);
                prop_assert!(at + wait >= deadline, "{:?} was refused too early", request);
            }
            Outcome::Cancelled { .. } => {}
        }
        // Those who came later were not admitted earlier, unless something else held this one up.
        for (later, other) in &all[index + 1..] {
            let Outcome::Admitted { at, .. } = *other else {
                continue;
            };
            let lanes = later.lanes();
            let mut own = request.lanes();
            let shared = own.iter().any(|lane| lanes.contains(lane));
            if shared && request.at < later.at && at + LATE < until {
                own.retain(|lane| !lanes.contains(lane));
                let held_up = own.iter().any(|lane| is_full(*lane, at, all));
                prop_assert!(held_up, "{:?} overtook {:?}", later, request);
            }
        }
    }
    Ok(())
}

/// Whether every slot of every lane is free again, and nobody is left waiting.
fn check_end(governor: &RateGovernor) -> Result<(), TestCaseError> {
    let mut permits = Vec::new();
    for (group, scope, count, _) in LIMITS {
        let bound = LIMITS
            .iter()
            .filter(|limit| limit.0 == group)
            .map(|limit| limit.2)
            .min();
        if bound != Some(count) {
            continue;
        }
        let users = if scope.by_user() { 0..1 } else { 0..3 };
        for n in 0..count as usize {
            let user = user(users.start + n % users.len());
            let permit = governor.try_acquire(Some(group), &user, Some(&thread(0)));
            prop_assert!(permit.is_ok(), "{:?} lost a slot", group);
            permits.push(permit);
        }
        let over = governor.try_acquire(Some(group), &user(0), Some(&thread(0)));
        prop_assert!(over.is_err(), "{:?} has a slot too many", group);
    }
    prop_assert_eq!(governor.shared.queue().0.waiters(), 0);
    Ok(())
}

proptest! {
    #[test]
    fn no_window_is_exceeded_no_slot_is_lost_and_the_order_is_kept(requests in requests()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let governor = governor(LIMITS.iter().fold(RateLimits::none(), |limits, limit| {
                limits.limit(limit.0, limit.1, limit.2, Duration::from_millis(limit.3))
            }));
            let start = Instant::now();
            let outcomes = requests.iter().map(|request| carry_out(&governor, start, request));
            let outcomes = join_all(outcomes).await;
            let all: Vec<_> = requests.iter().cloned().zip(outcomes).collect();
            check(&all)?;
            tokio::time::advance(END).await;
            check_end(&governor)
        })?;
    }
}
