//! Refreshers that panic, and those that never end.

use tokio::time::{Instant, advance, sleep, timeout};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_refresher_that_hangs_once_is_called_again() {
    let (credential, calls) = credential(None, |number| match number {
        1 => Act::Hang,
        _ => Act::Token(HOUR),
    });
    let call = || timeout(12 * SECOND, credential.token());
    call().await.unwrap_err();
    call().await.unwrap_err();
    for _ in 0..2 {
        let error = call().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert_eq!(source(&error), "the refresher gave no token in time");
    }
    sleep(SECOND).await;
    assert_eq!(calls.running(), 0, "what hangs is dropped");
    assert_eq!(call().await.unwrap().unwrap().secret(), "t2");
    assert_eq!(calls.begun(), [Duration::ZERO, 31 * SECOND]);
}

#[tokio::test(start_paused = true)]
async fn a_valid_token_is_handed_out_at_once_while_a_refresh_hangs() {
    let (credential, calls) = credential(initial(90 * SECOND), |number| match number {
        1 => Act::Hang,
        _ => Act::Token(HOUR),
    });
    let begun = Instant::now();
    for _ in 0..5 {
        assert_eq!(secret(&credential).await, "initial");
        settle().await;
    }
    assert!(begun.elapsed().is_zero());
    assert_eq!(calls.count(), 1);
    sleep(31 * SECOND).await;
    assert_eq!(secret(&credential).await, "initial");
    settle().await;
    assert_eq!(secret(&credential).await, "t2");
    assert_eq!(calls.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_hangs_is_dropped_though_nobody_waits() {
    let (credential, calls) = credential(initial(MINUTE), |_| Act::Hang);
    assert_eq!(secret(&credential).await, "initial");
    settle().await;
    advance(30 * SECOND - Duration::from_millis(1)).await;
    settle().await;
    assert_eq!(calls.running(), 1);
    advance(Duration::from_millis(1)).await;
    settle().await;
    assert_eq!(calls.running(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_a_refresh_can_be_set() {
    let (credential, _) = credential(None, |_| Act::SlowToken(HOUR, 2 * MINUTE));
    let begun = Instant::now();
    let credential = credential.refresh_timeout(MINUTE);
    failure(&credential).await;
    assert_eq!(begun.elapsed(), MINUTE);
    sleep(SECOND).await;
    let credential = credential.refresh_timeout(Duration::MAX);
    assert_eq!(secret(&credential).await, "t2");
}

#[tokio::test(start_paused = true)]
async fn a_refresher_that_panics_fails_the_calls_that_wait_and_no_other() {
    for act in [Act::Panic, Act::PanicWhenPolled] {
        let (credential, calls) = credential(None, move |number| match number {
            1 => act,
            _ => Act::Token(HOUR),
        });
        let (one, two) = tokio::join!(failure(&credential), failure(&credential));
        for error in [one, two] {
            assert_eq!(source(&error), "the refresher panicked");
        }
        sleep(SECOND).await;
        assert_eq!(secret(&credential).await, "t2");
        assert_eq!(calls.count(), 2);
    }
}

/// It gives its thread to nobody, as one does that waits for another thread.
#[test]
fn a_refresher_that_blocks_its_thread_holds_up_no_other() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let (unblock, blocked) = std::sync::mpsc::channel::<()>();
    let blocked = Mutex::new(blocked);
    let refresher = move || {
        let _ = blocked.lock().unwrap().recv();
        async { Err::<AccessToken, _>(Away) }
    };
    let credential = CommunicationTokenCredential::refreshing(refresher)
        .refresh_timeout(Duration::from_millis(20));
    let error = runtime.block_on(failure(&credential));
    assert_eq!(source(&error), "the refresher gave no token in time");
    drop(unblock);
}
