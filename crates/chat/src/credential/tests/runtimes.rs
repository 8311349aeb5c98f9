//! Runtimes that end, stand still, or are not there.

use std::sync::Arc;

use futures_util::FutureExt;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};

use super::*;

fn runtime() -> Runtime {
    let mut runtime = Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap()
}

/// A credential whose first refresh hangs, and was started on this runtime.
fn hanging_on(runtime: &Runtime) -> (CommunicationTokenCredential, Arc<Calls>) {
    runtime.block_on(async {
        let (credential, calls) = credential(None, |number| match number {
            1 => Act::Hang,
            _ => Act::Token(HOUR),
        });
        assert!(credential.token().now_or_never().is_none());
        settle().await;
        assert_eq!(calls.count(), 1);
        (credential, calls)
    })
}

#[test]
fn a_refresh_that_ended_with_its_runtime_is_begun_anew_at_once() {
    let ending = runtime();
    let (credential, calls) = hanging_on(&ending);
    drop(ending);
    runtime().block_on(async {
        let begun = Instant::now();
        assert_eq!(secret(&credential).await, "t2");
        assert!(begun.elapsed().is_zero());
    });
    assert_eq!(calls.count(), 2);
}

#[test]
fn who_waits_for_a_refresh_on_a_runtime_that_ends_starts_another() {
    let ending = runtime();
    let (credential, calls) = hanging_on(&ending);
    runtime().block_on(async {
        let mut waiting = Box::pin(secret(&credential));
        assert!(waiting.as_mut().now_or_never().is_none());
        ending.shutdown_background();
        assert_eq!(waiting.await, "t2");
    });
    assert_eq!(calls.count(), 2);
}

#[test]
fn a_refresh_on_a_runtime_that_is_not_driven_is_given_up_in_time() {
    let idle = runtime();
    let (credential, calls) = hanging_on(&idle);
    runtime().block_on(async {
        let begun = Instant::now();
        let error = failure(&credential).await;
        assert_eq!(source(&error), "the refresher gave no token in time");
        // A little of the time limit was over when the call began.
        let waited = begun.elapsed();
        assert!(waited > 29 * SECOND && waited <= 30 * SECOND, "{waited:?}");
        // That counts as a failure: it is not asked again at once.
        let error = failure(&credential).await;
        assert_eq!(source(&error), "the refresher gave no token in time");
        assert_eq!(calls.count(), 1);
        sleep(SECOND).await;
        assert_eq!(secret(&credential).await, "t2");
        assert_eq!(calls.count(), 2);
    });
}

#[test]
fn a_refresh_that_was_given_up_unseen_long_ago_is_no_error_now() {
    let idle = runtime();
    let (credential, calls) = hanging_on(&idle);
    runtime().block_on(async {
        sleep(10 * MINUTE).await;
        assert_eq!(secret(&credential).await, "t2");
    });
    assert_eq!(calls.count(), 2);
}

#[test]
fn a_call_on_a_runtime_that_is_shutting_down_is_an_error() {
    let ended = runtime();
    let (credential, _) = ended.block_on(async { credential(None, |_| Act::Token(HOUR)) });
    let handle = ended.handle().clone();
    drop(ended);
    let _entered = handle.enter();
    let outcome = credential.token().now_or_never().expect("it does not wait");
    assert_eq!(
        source(&outcome.unwrap_err()),
        "the runtime of the refresh ended before the refresher gave a token"
    );
}

#[test]
fn without_a_runtime_a_valid_token_is_handed_out_and_none_is_refreshed() {
    let (valid, calls) = credential(initial(MINUTE), |_| Act::Token(HOUR));
    let token = valid.token().now_or_never().unwrap().unwrap();
    assert_eq!(token.secret(), "initial");
    assert_eq!(calls.count(), 0);

    let (empty, calls) = credential(None, |_| Act::Token(HOUR));
    let error = failure(&empty).now_or_never().unwrap();
    assert_eq!(
        source(&error),
        "a refresh needs a Tokio runtime, and there is none"
    );
    assert_eq!(calls.count(), 0);
    // It is no failure of the refresher.
    assert_eq!(runtime().block_on(secret(&empty)), "t1");
}

#[test]
fn proactive_refreshing_goes_on_with_the_next_call_on_another_runtime() {
    let ending = runtime();
    let (credential, calls) = ending.block_on(async {
        let (credential, calls) = credential(None, |_| Act::Token(HOUR));
        let credential = credential.refresh_proactively();
        credential.token().await.unwrap();
        (credential, calls)
    });
    drop(ending);
    runtime().block_on(async {
        assert_eq!(secret(&credential).await, "t1");
        sleep(51 * MINUTE).await;
        assert_eq!(calls.count(), 2);
        assert_eq!(secret(&credential).await, "t2");
    });
}
