//! When the refresher is called, and who gets what it returns.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::time::{Instant, advance};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_token_is_kept_until_two_minutes_before_its_expiry() {
    let (credential, calls) = credential(None, |_| Act::Token(HOUR));
    assert_eq!(calls.count(), 0, "nothing is asked before it is needed");
    assert_eq!(secret(&credential).await, "t1");
    advance(HOUR - 2 * MINUTE - SECOND).await;
    assert_eq!(secret(&credential).await, "t1");
    settle().await;
    assert_eq!(calls.count(), 1);
    advance(SECOND).await;
    assert_eq!(secret(&credential).await, "t1", "it is still valid");
    settle().await;
    assert_eq!(secret(&credential).await, "t2");
    assert_eq!(calls.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn thousands_of_callers_share_one_refresh() {
    let (credential, calls) = credential(None, |_| Act::SlowToken(HOUR, SECOND));
    let secrets = join_all((0..5000).map(|_| secret(&credential))).await;
    assert!(secrets.iter().all(|secret| secret == "t1"));
    assert_eq!(calls.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_is_waited_for_and_a_valid_one_is_not() {
    for (left, given) in [(SECOND, "initial"), (Duration::ZERO, "t1")] {
        let (credential, calls) = credential(initial(left), |_| Act::SlowToken(HOUR, SECOND));
        let begun = Instant::now();
        assert_eq!(secret(&credential).await, given);
        assert_eq!(begun.elapsed().is_zero(), given == "initial");
        tokio::time::sleep(2 * SECOND).await;
        assert_eq!(secret(&credential).await, "t1");
        assert_eq!(calls.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_goes_on_without_its_callers() {
    let (credential, calls) = credential(None, |_| Act::SlowToken(HOUR, SECOND));
    for _ in 0..5 {
        assert!(credential.token().now_or_never().is_none());
    }
    tokio::time::sleep(2 * SECOND).await;
    let token = credential.token().now_or_never().expect("it is at hand");
    assert_eq!(token.unwrap().secret(), "t1");
    assert_eq!(calls.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_everybodys_for_a_second_after_it() {
    let (credential, calls) = credential(None, |number| match number {
        1 => Act::SlowFail(5 * SECOND),
        _ => Act::Token(HOUR),
    });
    for error in join_all((0..1000).map(|_| failure(&credential))).await {
        assert_eq!(source(&error), "the identity service is away");
    }
    advance(SECOND - Duration::from_millis(1)).await;
    let error = failure(&credential).await;
    assert_eq!(source(&error), "the identity service is away");
    assert_eq!(calls.count(), 1);
    advance(Duration::from_millis(1)).await;
    assert_eq!(secret(&credential).await, "t2");
    assert_eq!(calls.begun(), [Duration::ZERO, 6 * SECOND]);
}

#[tokio::test(start_paused = true)]
async fn a_refresher_is_not_called_more_than_once_a_second() {
    // Whether it fails, with a valid token at hand or without, or gives tokens that do not last.
    for (initial_token, act) in [
        (None, Act::Fail),
        (initial(MINUTE), Act::Fail),
        (initial(MINUTE), Act::Token(MINUTE)),
    ] {
        let valid = initial_token.is_some();
        let (credential, calls) = credential(initial_token, move |_| act);
        for _ in 0..50 {
            assert_eq!(credential.token().await.is_ok(), valid);
            tokio::time::sleep(SECOND / 10).await;
        }
        assert_eq!(calls.begun(), [0, 1, 2, 3, 4].map(|n| n * SECOND));
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_expired_and_could_not_be_refreshed_is_told_of() {
    let (credential, calls) = credential(initial(HOUR), |_| Act::Fail);
    advance(HOUR - MINUTE).await;
    assert_eq!(secret(&credential).await, "initial");
    settle().await;
    advance(MINUTE).await;
    let error = failure(&credential).await;
    assert_eq!(
        error.to_string(),
        "no usable access token: \
         the token expired at 2026-01-01T01:00:00Z and could not be refreshed"
    );
    assert_eq!(source(&error), "the identity service is away");
    assert_eq!(calls.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_not_said_to_have_expired_if_there_was_none() {
    let (credential, _) = credential(None, |_| Act::Fail);
    let error = failure(&credential).await;
    assert_eq!(
        error.to_string(),
        "no usable access token: the token could not be refreshed"
    );
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_refreshers_own_can_be_reached() {
    let (credential, _) = credential(None, |_| Act::Fail);
    let error = failure(&credential).await;
    let shared: &Arc<dyn StdError + Send + Sync> =
        StdError::source(&error).unwrap().downcast_ref().unwrap();
    assert!(shared.downcast_ref::<Away>().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_token_that_expires_while_its_refresh_fails_is_not_handed_out() {
    let (credential, calls) = credential(initial(MINUTE), |_| Act::SlowFail(20 * SECOND));
    advance(MINUTE - 10 * SECOND).await;
    assert_eq!(secret(&credential).await, "initial");
    advance(10 * SECOND).await;
    failure(&credential).await;
    assert_eq!(calls.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_is_woken_after_the_new_token_has_expired_gets_another() {
    let (credential, calls) = credential(None, |_| Act::SlowToken(HOUR, SECOND));
    let mut sleeper = Box::pin(secret(&credential));
    assert!(sleeper.as_mut().now_or_never().is_none());
    assert_eq!(secret(&credential).await, "t1");
    advance(HOUR).await;
    assert_eq!(sleeper.await, "t2");
    assert_eq!(calls.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_returned_token_that_has_expired_is_an_error_that_says_since_when() {
    let (expired, _) = credential(None, |_| Act::Token(Duration::ZERO));
    let error = failure(&expired).await;
    assert_eq!(
        source(&error),
        "the refresher returned a token that expired at 2026-01-01T00:00:00Z"
    );
    let jwt = || async { Ok::<_, Error>("e30.eyJleHAiOjE3fQ.c2ln") };
    let error = failure(&CommunicationTokenCredential::refreshing(jwt)).await;
    assert!(source(&error).ends_with("expired at 1970-01-01T00:00:17Z"));
}

#[tokio::test(start_paused = true)]
async fn a_returned_text_that_is_no_token_is_an_error() {
    let credential =
        CommunicationTokenCredential::refreshing(|| async { Ok::<_, Error>("no JWT") });
    let error = failure(&credential).await;
    assert!(source(&error).contains("is not a JWT"), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_at_once_and_another_stays() {
    let (credential, calls) = credential(None, |_| Act::Token(HOUR));
    let first = credential.token().await.unwrap().header_value();
    assert!(credential.refused(&first));
    assert_eq!(secret(&credential).await, "t2");
    assert!(credential.refused(&first));
    assert_eq!(secret(&credential).await, "t2");
    assert_eq!(calls.begun(), [Duration::ZERO; 2]);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_clone_ends_a_refresh() {
    let (credential, calls) = credential(None, |_| Act::Hang);
    let clone = credential.clone();
    assert!(credential.token().now_or_never().is_none());
    settle().await;
    drop(credential);
    settle().await;
    assert_eq!(calls.running(), 1);
    drop(clone);
    settle().await;
    assert_eq!(calls.running(), 0);
    assert_eq!(Arc::strong_count(&calls), 1, "nothing holds the refresher");
}
