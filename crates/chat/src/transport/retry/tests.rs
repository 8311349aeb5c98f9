use std::collections::VecDeque;
use std::sync::Arc;

use time::macros::datetime;

use super::*;
use crate::clock::testing::ManualClock;
use crate::error::AnswerHead;

const SECOND: Duration = Duration::from_secs(1);

fn clock() -> Arc<ManualClock> {
    ManualClock::at(datetime!(2026-01-01 00:00 UTC))
}

fn options() -> RetryOptions {
    RetryOptions::exponential().initial_delay(SECOND)
}

fn status(status: u16, retry_after: Option<Duration>) -> Error {
    Error::new(ErrorKind::of_status(status)).with_head(Some(AnswerHead {
        status,
        ms_cv: None,
        request_id: None,
        location: None,
        retry_after,
        date: None,
    }))
}

/// Runs a call whose attempts fail with `failures` in turn and then succeed.
async fn run(
    options: &RetryOptions,
    repeat: Repeat,
    clock: &Arc<ManualClock>,
    failures: Vec<Error>,
) -> (Result<(), Error>, RetryInfo) {
    let mut failures = VecDeque::from(failures);
    let budget = Budget::default();
    let retry = Retry {
        options,
        budget: &budget,
        clock: &**clock,
        repeat,
    };
    retry
        .run(|_| {
            let failure = failures.pop_front();
            async move { failure.map_or(Ok(()), Err) }
        })
        .await
}

#[tokio::test]
async fn what_may_be_repeated_is_repeated_after_every_passing_failure() {
    for failure in [
        || Error::new(ErrorKind::Connect),
        || Error::new(ErrorKind::Timeout),
        || Error::new(ErrorKind::ConnectionLost),
        || status(408, None),
        || status(429, None),
        || status(500, None),
        || status(502, None),
        || status(503, None),
    ] as [fn() -> Error; 8]
    {
        let (result, tries) = run(&options(), Repeat::Safe, &clock(), vec![failure()]).await;
        assert!(result.is_ok(), "{:?}", failure());
        assert_eq!(tries.attempts, 2);
    }
}

#[tokio::test]
async fn what_may_not_be_repeated_is_repeated_only_if_it_was_not_carried_out() {
    for failure in [Error::new(ErrorKind::Connect), status(429, None)] {
        let (result, tries) = run(&options(), Repeat::Unsafe, &clock(), vec![failure]).await;
        assert!(result.is_ok());
        assert_eq!((tries.attempts, tries.in_doubt), (2, false));
    }
    for kind in [
        ErrorKind::OutcomeUnknown,
        ErrorKind::Timeout,
        ErrorKind::ConnectionLost,
    ] {
        let failures = vec![Error::new(kind)];
        let (result, tries) = run(&options(), Repeat::Unsafe, &clock(), failures).await;
        assert_eq!(result.unwrap_err().kind(), kind);
        assert_eq!(tries.attempts, 1);
    }
    for code in [408, 500, 503] {
        let failures = vec![status(code, Some(SECOND))];
        let (result, tries) = run(&options(), Repeat::Unsafe, &clock(), failures).await;
        assert!(result.is_err());
        assert_eq!(tries.attempts, 1, "{code}");
    }
}

#[tokio::test]
async fn refusals_are_never_repeated_whatever_headers_they_have() {
    for code in [400, 401, 403, 404, 409, 412] {
        let failures = vec![status(code, Some(SECOND))];
        let (result, tries) = run(&options(), Repeat::Safe, &clock(), failures).await;
        assert_eq!(result.unwrap_err().http_status(), Some(code));
        assert_eq!(tries.attempts, 1, "{code}");
    }
    for kind in [
        ErrorKind::InvalidArgument,
        ErrorKind::Credential,
        ErrorKind::InvalidResponse,
    ] {
        let (_, tries) = run(&options(), Repeat::Safe, &clock(), vec![Error::new(kind)]).await;
        assert_eq!(tries.attempts, 1, "{kind:?}");
    }
}

#[tokio::test]
async fn waits_double_up_to_the_longest_and_are_counted() {
    let clock = clock();
    let options = options().max_retries(5).max_delay(5 * SECOND);
    let failures = (0..5).map(|_| status(503, None)).collect();
    let (result, tries) = run(&options, Repeat::Safe, &clock, failures).await;
    assert!(result.is_ok());
    assert_eq!(clock.moved(), (1 + 2 + 4 + 5 + 5) * SECOND);
    assert_eq!(
        tries,
        RetryInfo {
            attempts: 6,
            waited: clock.moved(),
            queued: Duration::ZERO,
            in_doubt: true
        }
    );
}

#[tokio::test]
async fn the_wait_is_no_shorter_than_the_service_asks_for() {
    let clock = clock();
    let failures = vec![status(429, Some(7 * SECOND)), status(429, None)];
    let (result, _) = run(&options(), Repeat::Unsafe, &clock, failures).await;
    assert!(result.is_ok());
    assert_eq!(clock.moved(), (7 + 2) * SECOND);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let clock = clock();
    let options = options().max_total_elapsed(10 * SECOND);
    for wait in [10 * SECOND, Duration::MAX] {
        let failures = vec![status(429, Some(wait))];
        let (result, tries) = run(&options, Repeat::Safe, &clock, failures).await;
        assert_eq!(result.unwrap_err().retry_after(), Some(wait));
        assert_eq!((tries.attempts, clock.moved()), (1, Duration::ZERO));
    }
}

#[tokio::test]
async fn attempts_are_told_how_much_time_is_left() {
    let (clock, budget) = (clock(), Budget::default());
    let options = options().max_total_elapsed(10 * SECOND);
    let retry = Retry {
        options: &options,
        budget: &budget,
        clock: &*clock,
        repeat: Repeat::Safe,
    };
    let mut left = Vec::new();
    let (result, _) = retry
        .run(|time| {
            left.push(time);
            clock.advance(3 * SECOND);
            async { Err::<(), _>(Error::new(ErrorKind::Timeout)) }
        })
        .await;
    assert!(result.is_err());
    assert_eq!(left, [10 * SECOND, 6 * SECOND, SECOND]);
}

#[tokio::test]
async fn the_last_error_is_returned_when_attempts_are_used_up() {
    let failures = vec![
        status(500, None),
        status(502, None),
        status(503, None),
        status(504, None),
    ];
    let (result, tries) = run(&options(), Repeat::Safe, &clock(), failures).await;
    assert_eq!(result.unwrap_err().http_status(), Some(504));
    assert_eq!(tries.attempts, 4);
    let (result, tries) = run(
        &RetryOptions::none(),
        Repeat::Safe,
        &clock(),
        vec![status(503, None)],
    )
    .await;
    assert!(result.is_err());
    assert_eq!(tries.attempts, 1);
}

#[tokio::test]
async fn a_client_whose_budget_is_used_up_repeats_no_more_until_things_go_well() {
    let (clock, budget, options) = (clock(), Budget::default(), options().max_retries(1));
    let attempts = |options: RetryOptions, fail: bool| {
        let (clock, budget) = (&clock, &budget);
        async move {
            let retry = Retry {
                options: &options,
                budget,
                clock: &**clock,
                repeat: Repeat::Safe,
            };
            let outcome = || async move {
                if fail {
                    Err(Error::new(ErrorKind::Timeout))
                } else {
                    Ok(())
                }
            };
            retry.run(|_| outcome()).await.1.attempts
        }
    };
    for _ in 0..100 {
        assert_eq!(attempts(options.clone(), true).await, 2);
    }
    assert_eq!(attempts(options.clone(), true).await, 1);
    assert_eq!(attempts(options.clone().without_budget(), true).await, 2);
    for _ in 0..5 {
        assert_eq!(attempts(options.clone(), false).await, 1);
    }
    assert_eq!(attempts(options.clone(), true).await, 2);
}
