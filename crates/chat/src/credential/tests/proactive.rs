//! Refreshing before anybody needs it.

use std::sync::Arc;

use tokio::time::sleep;

use super::*;
use crate::credential::proactive::wait;

#[tokio::test(start_paused = true)]
async fn the_token_is_replaced_ten_minutes_before_its_expiry() {
    let (credential, calls) = credential(None, |_| Act::Token(HOUR));
    let credential = credential.refresh_proactively();
    sleep(HOUR).await;
    assert_eq!(calls.count(), 0, "nothing happens before it is used");
    credential.token().await.unwrap();
    sleep(110 * MINUTE).await;
    assert_eq!(calls.begun(), [60, 110, 160].map(|n| n * MINUTE));
}

#[tokio::test(start_paused = true)]
async fn a_token_with_less_than_ten_minutes_is_replaced_after_half_of_them() {
    for left in [8 * MINUTE, 10 * MINUTE] {
        let (credential, calls) = credential(initial(left), |_| Act::Token(HOUR));
        let credential = credential.refresh_proactively();
        assert_eq!(secret(&credential).await, "initial");
        sleep(left).await;
        assert_eq!(calls.begun(), [left / 2]);
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_that_last_no_second_are_replaced_each_second() {
    let (credential, calls) = credential(None, |_| Act::Token(SECOND / 2));
    let credential = credential.refresh_proactively();
    credential.token().await.unwrap();
    sleep(3 * SECOND + SECOND / 2).await;
    assert_eq!(calls.begun(), [0, 1, 2, 3].map(|n| n * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_is_tried_again_ever_more_seldom() {
    let (credential, calls) = credential(None, |number| match number {
        2..=9 => Act::Fail,
        _ => Act::Token(HOUR),
    });
    let credential = credential.refresh_proactively();
    credential.token().await.unwrap();
    sleep(56 * MINUTE).await;
    let mut begun = vec![Duration::ZERO, 50 * MINUTE];
    for wait in [1, 2, 4, 8, 16, 32, 60, 60] {
        begun.push(begun[begun.len() - 1] + wait * SECOND);
    }
    assert_eq!(calls.begun(), begun);
    // It begins anew with what is there now, and failures count from one.
    sleep(50 * MINUTE).await;
    assert_eq!(calls.count(), 11);
}

#[tokio::test(start_paused = true)]
async fn calls_leave_the_wait_after_a_failure_as_it_is() {
    let (credential, calls) = credential(None, |number| match number {
        2 => Act::Fail,
        _ => Act::Token(HOUR),
    });
    let credential = credential.refresh_proactively();
    credential.token().await.unwrap();
    sleep(50 * MINUTE + SECOND / 2).await;
    assert_eq!(secret(&credential).await, "t1");
    sleep(SECOND).await;
    let failed = 50 * MINUTE;
    assert_eq!(calls.begun(), [Duration::ZERO, failed, failed + SECOND]);
}

#[test]
fn waits_after_failures_are_spread_over_their_second_half() {
    for (failures, fraction, seconds) in [
        (1, 0.0, 1.0),
        (3, 0.0, 2.0),
        (3, 0.5, 3.0),
        (3, 1.0, 4.0),
        (7, 0.0, 30.0),
        (u32::MAX, 1.0, 60.0),
    ] {
        let wait = wait(Some(HOUR), failures, fraction);
        assert_eq!(wait, Duration::from_secs_f64(seconds), "{failures}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_refresh_is_tried_again_too() {
    let (credential, calls) = credential(None, |number| match number {
        1 => Act::Fail,
        2 => Act::Hang,
        _ => Act::Token(HOUR),
    });
    let credential = credential.refresh_proactively();
    failure(&credential).await;
    sleep(MINUTE).await;
    assert_eq!(calls.begun(), [0, 1, 33].map(|n| n * SECOND));
    assert_eq!(secret(&credential).await, "t3");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_a_call_brought_is_not_replaced_early() {
    let (credential, calls) = credential(None, |_| Act::Token(HOUR));
    let credential = credential.refresh_proactively();
    let first = credential.token().await.unwrap();
    sleep(30 * MINUTE).await;
    credential.refused(&first.header_value());
    assert_eq!(secret(&credential).await, "t2");
    sleep(49 * MINUTE).await;
    assert_eq!(calls.count(), 2);
    sleep(MINUTE + SECOND).await;
    assert_eq!(calls.begun(), [0, 30, 80].map(|n| n * MINUTE));
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_the_last_clone_of_the_credential() {
    let (credential, calls) = credential(None, |_| Act::Token(HOUR));
    let credential = credential.refresh_proactively();
    let clone = credential.clone();
    credential.token().await.unwrap();
    drop(credential);
    sleep(55 * MINUTE).await;
    assert_eq!(calls.count(), 2);
    drop(clone);
    sleep(10 * HOUR).await;
    assert_eq!(calls.count(), 2);
    assert_eq!(Arc::strong_count(&calls), 1, "nothing holds the refresher");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_replaced_early_unless_it_is_wanted() {
    let (credential, calls) = credential(None, |_| Act::Token(HOUR));
    credential.token().await.unwrap();
    sleep(10 * HOUR).await;
    assert_eq!(calls.count(), 1);
}
