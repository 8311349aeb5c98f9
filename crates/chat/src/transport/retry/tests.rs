use std::collections::VecDeque;
use std::sync::Arc;

use time::macros::datetime;

use super::*;
use crate::clock::testing::ManualClock;
use crate::response::ResponseHead;
use crate::transport::failure::Failure;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn clock() -> Arc<ManualClock> {
    ManualClock::at(datetime!(2026-01-01 00:00 UTC))
}

fn options() -> RetryOptions {
    RetryOptions::exponential().initial_delay(SECOND)
}

fn status(status: u16, retry_after: Option<Duration>) -> Error {
    let head = ResponseHead {
        retry_after,
        ..ResponseHead::of_status(status)
    };
    Failure::Status(None).into_error(Repeat::Safe, Some(head), "host")
}

fn attempted<T>(result: Result<T, Error>) -> Attempted<T> {
    Attempted {
        result,
        requested: true,
        queued: Duration::ZERO,
        reauthorized: false,
    }
}

/// Runs a call whose attempts fail with `failures` in turn and then succeed.
async fn run(
    options: &RetryOptions,
    repeat: Repeat,
    clock: &Arc<ManualClock>,
    failures: Vec<Error>,
) -> (Result<(), Error>, RetryInfo) {
    run_within(MINUTE, options, repeat, clock, failures).await
}

async fn run_within(
    timeout: Duration,
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
        deadline: Deadline::after(timeout, &**clock),
    };
    retry
        .run(|| {
            let failure = failures.pop_front();
            async move { attempted(failure.map_or(Ok(()), Err)) }
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
    for code in [400, 401, 403, 404, 409, 412, 501, 505] {
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
async fn the_wait_begins_when_the_one_that_the_service_asks_for_is_over() {
    let clock = clock();
    let failures = vec![status(429, Some(7 * SECOND)), status(429, None)];
    let (result, _) = run(&options(), Repeat::Unsafe, &clock, failures).await;
    assert!(result.is_ok());
    assert_eq!(clock.moved(), (7 + 1 + 2) * SECOND);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let clock = clock();
    for wait in [9 * SECOND, Duration::MAX] {
        let failures = vec![status(429, Some(wait))];
        let (result, tries) =
            run_within(10 * SECOND, &options(), Repeat::Safe, &clock, failures).await;
        assert_eq!(result.unwrap_err().retry_after(), Some(wait));
        assert_eq!((tries.attempts, clock.moved()), (1, Duration::ZERO));
    }
}

#[tokio::test]
async fn what_was_refused_on_this_side_is_not_repeated() {
    let failures = vec![Error::new(ErrorKind::TooManyRequests)];
    let (result, tries) = run(&options(), Repeat::Safe, &clock(), failures).await;
    assert!(result.unwrap_err().is_throttled());
    assert!(!tries.in_doubt);
}

#[tokio::test]
async fn a_refused_authorization_is_repeated_once_and_at_once_if_there_is_another() {
    let (clock, budget) = (clock(), Budget::default());
    let retry = Retry {
        options: &RetryOptions::none(),
        budget: &budget,
        clock: &*clock,
        repeat: Repeat::Unsafe,
        deadline: Deadline::after(MINUTE, &*clock),
    };
    let (result, tries) = retry
        .run(|| async {
            Attempted {
                reauthorized: true,
                ..attempted(Err::<(), _>(status(401, None)))
            }
        })
        .await;
    assert!(result.unwrap_err().is_unauthorized());
    assert_eq!((tries.attempts, clock.moved()), (2, Duration::ZERO));
}

#[tokio::test]
async fn only_requests_that_were_made_are_counted_and_queueing_is_added_up() {
    let (clock, budget) = (clock(), Budget::default());
    let retry = Retry {
        options: &options(),
        budget: &budget,
        clock: &*clock,
        repeat: Repeat::Safe,
        deadline: Deadline::after(MINUTE, &*clock),
    };
    let mut results = [
        Err(status(503, None)),
        Err(Error::new(ErrorKind::Credential)),
    ]
    .into_iter();
    let (result, tries) = retry
        .run(|| {
            let result: Result<(), _> = results.next().unwrap();
            let requested = !matches!(&result, Err(error) if error.kind() == ErrorKind::Credential);
            async move {
                Attempted {
                    requested,
                    queued: SECOND,
                    ..attempted(result)
                }
            }
        })
        .await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Credential);
    assert_eq!((tries.attempts, tries.queued), (1, 2 * SECOND));
    assert!(tries.in_doubt);
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
                deadline: Deadline::after(MINUTE, &**clock),
            };
            let outcome = || async move {
                if fail {
                    Err(Error::new(ErrorKind::Timeout))
                } else {
                    Ok(())
                }
            };
            retry
                .run(|| async { attempted(outcome().await) })
                .await
                .1
                .attempts
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
