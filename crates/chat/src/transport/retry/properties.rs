//! The rules of repeating, held against any sequence of failures.

mod fault;

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use futures_core::future::BoxFuture;
use futures_util::FutureExt;
use proptest::prelude::*;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::time::Instant;

use super::*;
use crate::clock::testing::ManualClock;
use fault::{Fault, faults};

/// One call: how it may be repeated, and what becomes of its attempts; after those it goes well.
#[derive(Clone, Debug)]
struct Call {
    repeat: Repeat,
    options: RetryOptions,
    timeout: Duration,
    fraction: f64,
    attempts: Vec<Attempt>,
}

#[derive(Clone, Debug)]
struct Attempt {
    fault: Fault,
    retry_after: Option<Duration>,
    takes: Duration,
}

fn durations() -> impl Strategy<Value = Duration> {
    prop_oneof![
        8 => (0_u64..20_000).prop_map(Duration::from_millis),
        1 => Just(Duration::ZERO),
        1 => Just(Duration::MAX),
    ]
}

fn attempts() -> impl Strategy<Value = Attempt> {
    let takes = (0_u64..5_000).prop_map(Duration::from_millis);
    let retry_after = prop::option::weighted(0.3, durations());
    (faults(), retry_after, takes).prop_map(|(fault, retry_after, takes)| Attempt {
        fault,
        retry_after,
        takes,
    })
}

fn options() -> impl Strategy<Value = RetryOptions> {
    (0_u32..6, durations(), durations(), any::<bool>()).prop_map(
        |(retries, initial, most, budgeted)| {
            let options = RetryOptions::exponential()
                .max_retries(retries)
                .initial_delay(initial)
                .max_delay(most);
            if budgeted {
                options
            } else {
                options.without_budget()
            }
        },
    )
}

fn calls() -> impl Strategy<Value = Call> {
    let repeat = prop_oneof![Just(Repeat::Safe), Just(Repeat::Unsafe)];
    let fraction = prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0];
    let attempts = prop::collection::vec(attempts(), 0..7);
    let timeout = (0_u64..120_000).prop_map(Duration::from_millis);
    (repeat, options(), timeout, fraction, attempts).prop_map(
        |(repeat, options, timeout, fraction, attempts)| Call {
            repeat,
            options,
            timeout,
            fraction,
            attempts,
        },
    )
}

/// A clock that notes the waits.
#[derive(Debug)]
struct Notes {
    clock: Arc<ManualClock>,
    fraction: f64,
    waits: Mutex<Vec<Duration>>,
}

impl Clock for Notes {
    fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    fn instant(&self) -> Instant {
        self.clock.instant()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.waits.lock().unwrap().push(duration);
        self.clock.sleep(duration)
    }

    fn fraction(&self) -> f64 {
        self.fraction
    }
}

/// What a call did: how much time each attempt was told to have, and when it had failed.
#[derive(Debug)]
struct Done {
    left: Vec<Duration>,
    failed_at: Vec<Duration>,
    waits: Vec<Duration>,
    succeeded: bool,
    info: RetryInfo,
}

fn make(call: &Call, budget: &Budget) -> Done {
    let notes = Notes {
        clock: ManualClock::at(datetime!(2026-01-01 00:00 UTC)),
        fraction: call.fraction,
        waits: Mutex::default(),
    };
    let (left, failed_at) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
    let mut attempts = call.attempts.iter().cloned();
    let deadline = Deadline::after(call.timeout, &notes);
    let retry = Retry {
        options: &call.options,
        budget,
        clock: &notes,
        repeat: call.repeat,
        deadline,
    };
    let run = retry.run(|| {
        left.borrow_mut().push(deadline.left(&notes));
        let outcome = attempts.next().map(|attempt| {
            notes.clock.advance(attempt.takes);
            failed_at.borrow_mut().push(notes.clock.moved());
            attempt.fault.into_error(call.repeat, attempt.retry_after)
        });
        std::future::ready(Attempted {
            result: outcome.map_or(Ok(()), Err),
            requested: true,
            queued: Duration::ZERO,
            reauthorized: false,
        })
    });
    let (outcome, info) = run
        .now_or_never()
        .expect("no wait takes time but the clock's");
    Done {
        left: left.into_inner(),
        failed_at: failed_at.into_inner(),
        waits: notes.waits.into_inner().unwrap(),
        succeeded: outcome.is_ok(),
        info,
    }
}

/// Fifths of repeats that the model has saved up.
struct Saved(u32);

fn hold(call: &Call, done: &Done, saved: &mut Saved) -> Result<(), TestCaseError> {
    let made = done.left.len();
    let total = call.timeout;
    prop_assert!(made <= call.options.max_retries as usize + 1);
    prop_assert_eq!(done.info.attempts as usize, made);
    prop_assert_eq!(done.waits.len(), made - 1);
    prop_assert_eq!(done.info.waited, done.waits.iter().sum::<Duration>());
    prop_assert_eq!(done.left[0], total);
    let failed = if done.succeeded { made - 1 } else { made };
    prop_assert_eq!(done.failed_at.len(), failed);
    prop_assert!(done.succeeded == (made > call.attempts.len()));

    let mut in_doubt = false;
    for n in 0..failed {
        let Attempt {
            fault, retry_after, ..
        } = &call.attempts[n];
        let answered = !matches!(
            fault,
            Fault::Refused | Fault::NotSent | Fault::TimedOut(None) | Fault::Lost(None)
        );
        let retry_after = retry_after.filter(|_| answered).unwrap_or_default();
        let doubled = call
            .options
            .initial_delay
            .saturating_mul(2_u32.pow(n as u32));
        let most = doubled.min(call.options.max_delay);
        let left = total.saturating_sub(done.failed_at[n]);
        let may = fault.may_be_repeated(call.repeat);
        let affordable = !call.options.budgeted || saved.0 >= 5;
        if let Some(&wait) = done.waits.get(n) {
            prop_assert!(may, "{:?} was repeated", fault);
            prop_assert!(affordable, "there was nothing left for a repeat");
            prop_assert!(wait >= retry_after && wait <= most.saturating_add(retry_after));
            let chosen = most.as_secs_f64() * call.fraction + retry_after.as_secs_f64();
            prop_assert!((wait.as_secs_f64() - chosen).abs() < 1e-6);
            prop_assert!(wait < left, "the wait goes beyond the deadline");
            prop_assert_eq!(done.left[n + 1], left - wait);
            in_doubt |= fault.may_have_happened();
            if call.options.budgeted {
                saved.0 -= 5;
            }
        } else {
            // It was the last: there is a reason for that.
            let wait = jittered(most, call.fraction);
            let gives_up =
                n as u32 >= call.options.max_retries || wait.saturating_add(retry_after) >= left;
            prop_assert!(
                !may || gives_up || !affordable,
                "{:?} was not repeated",
                fault
            );
        }
    }
    prop_assert_eq!(done.info.in_doubt, in_doubt);
    if done.succeeded {
        saved.0 = (saved.0 + 1).min(500);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_repeat_keeps_the_rules_and_every_end_has_its_reason(
        spent in 0_u32..=100,
        calls in prop::collection::vec(calls(), 1..60),
    ) {
        let (budget, mut saved) = (Budget::default(), Saved(500 - 5 * spent));
        for _ in 0..spent {
            budget.withdraw();
        }
        for call in &calls {
            let done = make(call, &budget);
            hold(call, &done, &mut saved)?;
        }
    }

    #[test]
    fn what_may_not_be_repeated_is_never_done_twice(
        attempts in prop::collection::vec((attempts(), any::<bool>()), 0..10)
    ) {
        // The service does what it was asked for whenever it may have, if chance wants it.
        let faults = attempts.iter().map(|(attempt, _)| attempt.clone()).collect();
        let call = Call {
            repeat: Repeat::Unsafe,
            options: RetryOptions::exponential().max_retries(10).without_budget(),
            timeout: Duration::from_secs(120),
            fraction: 0.0,
            attempts: faults,
        };
        let done = make(&call, &Budget::default());
        let happened = attempts
            .iter()
            .take(done.failed_at.len())
            .filter(|(attempt, chance)| *chance && attempt.fault.may_have_happened())
            .count();
        prop_assert!(happened + usize::from(done.succeeded) <= 1);
    }
}
