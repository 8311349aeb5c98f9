use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::Notify;

use super::*;
use crate::clock::testing::{ManualClock, TokioClock};
use crate::error::ErrorKind;

const START: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);
const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

/// A token that names the refresh it is from and expires an hour after the clock's time.
fn token(name: &str, clock: &ManualClock) -> AccessToken {
    AccessToken::new(name, clock.now() + HOUR).unwrap()
}

/// A credential whose refresher counts its calls and waits for `gate` if there is one.
fn counting(
    clock: &Arc<ManualClock>,
    gate: Option<Arc<Notify>>,
) -> (CommunicationTokenCredential, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let (counter, time) = (Arc::clone(&calls), Arc::clone(clock));
    let refresher = move || {
        let n = counter.fetch_add(1, Ordering::SeqCst) + 1;
        let (gate, time) = (gate.clone(), Arc::clone(&time));
        async move {
            if let Some(gate) = gate {
                gate.notified().await;
            }
            Ok::<_, Error>(token(&format!("t{n}"), &time))
        }
    };
    let credential =
        CommunicationTokenCredential::refreshing_by(refresher, None, Arc::clone(clock) as _);
    (credential, calls)
}

async fn secret(credential: &CommunicationTokenCredential) -> String {
    credential.token().await.unwrap().secret().to_owned()
}

#[tokio::test]
async fn a_token_is_kept_until_two_minutes_before_its_expiry() {
    let clock = ManualClock::at(START);
    let (credential, calls) = counting(&clock, None);
    assert_eq!(
        calls.load(Ordering::SeqCst),
        0,
        "nothing is asked before it is needed"
    );
    assert_eq!(secret(&credential).await, "t1");
    clock.advance(HOUR - 3 * MINUTE);
    assert_eq!(secret(&credential).await, "t1");
    clock.advance(MINUTE);
    assert_eq!(secret(&credential).await, "t2");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn thousands_of_callers_share_one_refresh() {
    let clock = ManualClock::at(START);
    let gate = Arc::new(Notify::new());
    let (credential, calls) = counting(&clock, Some(Arc::clone(&gate)));
    let callers = join_all((0..5000).map(|_| secret(&credential)));
    let open = async {
        tokio::task::yield_now().await;
        gate.notify_one();
    };
    let (secrets, ()) = tokio::join!(callers, open);
    assert!(secrets.iter().all(|secret| secret == "t1"));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_valid_token_is_handed_out_while_a_refresh_runs() {
    let clock = ManualClock::at(START);
    let gate = Arc::new(Notify::new());
    let (credential, calls) = counting(&clock, Some(Arc::clone(&gate)));
    gate.notify_one();
    assert_eq!(secret(&credential).await, "t1");

    clock.advance(HOUR - MINUTE);
    let mut first = Box::pin(secret(&credential));
    assert!(
        first.as_mut().now_or_never().is_none(),
        "the first caller waits for the refresh"
    );
    assert_eq!(
        secret(&credential).await,
        "t1",
        "the second takes the token at hand"
    );
    gate.notify_one();
    assert_eq!(first.await, "t2");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_refresh_whose_caller_has_gone_is_finished_by_the_next() {
    let clock = ManualClock::at(START);
    let gate = Arc::new(Notify::new());
    let (credential, calls) = counting(&clock, Some(Arc::clone(&gate)));
    assert!(credential.token().now_or_never().is_none());
    gate.notify_one();
    assert_eq!(secret(&credential).await, "t1");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_failed_refresh_is_everybodys_and_the_next_call_asks_again() {
    let clock = ManualClock::at(START);
    let gate = Arc::new(Notify::new());
    let calls = Arc::new(AtomicUsize::new(0));
    let (counter, time, notified) = (Arc::clone(&calls), Arc::clone(&clock), Arc::clone(&gate));
    let refresher = move || {
        let n = counter.fetch_add(1, Ordering::SeqCst);
        let (time, gate) = (Arc::clone(&time), Arc::clone(&notified));
        async move {
            gate.notified().await;
            if n == 0 {
                Err("the identity service is away")
            } else {
                Ok(token("t", &time))
            }
        }
    };
    let credential =
        CommunicationTokenCredential::refreshing_by(refresher, None, Arc::clone(&clock) as _);
    let mut callers: Vec<_> = (0..1000).map(|_| Box::pin(credential.token())).collect();
    for caller in &mut callers {
        assert!(caller.as_mut().now_or_never().is_none());
    }
    gate.notify_one();
    for result in join_all(callers).await {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), "the identity service is away");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    gate.notify_one();
    assert_eq!(secret(&credential).await, "t");
}

#[tokio::test]
async fn a_failed_refresh_leaves_a_token_that_is_still_valid_in_use() {
    let clock = ManualClock::at(START);
    let credential = CommunicationTokenCredential::refreshing_by(
        || async { Err::<AccessToken, _>("away") },
        Some(token("initial", &clock)),
        Arc::clone(&clock) as _,
    );
    clock.advance(HOUR - MINUTE);
    assert_eq!(secret(&credential).await, "initial");
    clock.advance(MINUTE);
    assert_eq!(
        credential.token().await.unwrap_err().kind(),
        ErrorKind::Credential
    );
}

#[tokio::test]
async fn a_token_that_expires_while_its_refresh_fails_is_not_handed_out() {
    let clock = ManualClock::at(START);
    let slow = Arc::clone(&clock);
    let credential = CommunicationTokenCredential::refreshing_by(
        move || {
            slow.advance(MINUTE);
            async { Err::<AccessToken, _>("away") }
        },
        Some(token("initial", &clock)),
        Arc::clone(&clock) as _,
    );
    clock.advance(HOUR - MINUTE);
    assert_eq!(
        credential.token().await.unwrap_err().kind(),
        ErrorKind::Credential
    );
}

#[tokio::test]
async fn who_is_woken_after_the_new_token_has_expired_gets_another() {
    let clock = ManualClock::at(START);
    let gate = Arc::new(Notify::new());
    let (credential, calls) = counting(&clock, Some(Arc::clone(&gate)));
    let mut sleeper = Box::pin(secret(&credential));
    assert!(sleeper.as_mut().now_or_never().is_none());
    gate.notify_one();
    assert_eq!(secret(&credential).await, "t1");

    clock.advance(HOUR);
    gate.notify_one();
    assert_eq!(sleeper.await, "t2");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_refreshed_token_that_has_expired_is_an_error() {
    let credential = CommunicationTokenCredential::refreshing(|| async {
        Ok::<_, Error>("e30.eyJleHAiOjE3fQ.c2ln")
    });
    let error = credential.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
}

#[tokio::test]
async fn a_refresher_that_panics_fails_the_call_and_no_other() {
    let clock = ManualClock::at(START);
    let calls = Arc::new(AtomicUsize::new(0));
    let (counter, time) = (Arc::clone(&calls), Arc::clone(&clock));
    let refresher = move || {
        assert_ne!(
            counter.fetch_add(1, Ordering::SeqCst),
            0,
            "the first call panics"
        );
        let time = Arc::clone(&time);
        async move { Ok::<_, Error>(token("t", &time)) }
    };
    let credential =
        CommunicationTokenCredential::refreshing_by(refresher, None, Arc::clone(&clock) as _);
    assert_eq!(
        credential.token().await.unwrap_err().kind(),
        ErrorKind::Credential
    );
    assert_eq!(secret(&credential).await, "t");
}

#[test]
fn a_fixed_token_is_a_jwt_or_what_identity_returns() {
    let jwt = "e30.eyJleHAiOjE3fQ.c2ln";
    for credential in [
        CommunicationTokenCredential::new(jwt),
        CommunicationTokenCredential::new(jwt.to_owned()),
        CommunicationTokenCredential::new(AccessToken::new("opaque", START).unwrap()),
    ] {
        credential.unwrap();
    }
    for bad in ["", "opaque", "e30.eyJleHAiOjE3fQ.c2ln\n", "a.b.c"] {
        let error = CommunicationTokenCredential::new(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{bad:?}");
    }
}

#[test]
fn tokens_are_never_printed() {
    let secret = "e30.eyJleHAiOjE3fQ.c2ln";
    let token = AccessToken::try_from(secret).unwrap();
    assert_eq!(token.secret(), secret);
    let credential = CommunicationTokenCredential::new(token.clone()).unwrap();
    let error = AccessToken::try_from("e30.c2VjcmV0.c2ln").unwrap_err();
    let printed = format!("{token:?} {credential:?} {error:?} {error}");
    assert!(
        !printed.contains("eyJleHAiOjE3fQ") && !printed.contains("c2VjcmV0"),
        "{printed}"
    );
}

/// A proactive credential whose refreshes number `fails` do not work, and when each was begun.
fn proactive(
    clock: &Arc<TokioClock>,
    fails: std::ops::Range<usize>,
) -> (
    CommunicationTokenCredential,
    Arc<std::sync::Mutex<Vec<Duration>>>,
) {
    let calls = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (log, time) = (Arc::clone(&calls), Arc::clone(clock));
    let refresher = move || {
        let mut log = log.lock().unwrap();
        let n = log.len();
        log.push(Duration::try_from(time.now() - START).unwrap());
        let expires_on = time.now() + HOUR;
        let fails = fails.contains(&n);
        async move {
            if fails {
                Err("away")
            } else {
                Ok(AccessToken::new("t", expires_on).unwrap())
            }
        }
    };
    let credential =
        CommunicationTokenCredential::refreshing_by(refresher, None, Arc::clone(clock) as _);
    (credential.refresh_proactively(), calls)
}

#[tokio::test(start_paused = true)]
async fn a_proactive_credential_replaces_the_token_ten_minutes_before_its_expiry() {
    let clock = TokioClock::at(START);
    let (credential, calls) = proactive(&clock, 0..0);
    assert!(
        calls.lock().unwrap().is_empty(),
        "nothing happens before it is used"
    );
    credential.token().await.unwrap();
    tokio::time::sleep(110 * MINUTE).await;
    assert_eq!(
        *calls.lock().unwrap(),
        [Duration::ZERO, 50 * MINUTE, 100 * MINUTE]
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_proactive_refresh_is_tried_again_ever_more_seldom() {
    let clock = TokioClock::at(START);
    let (credential, calls) = proactive(&clock, 1..5);
    credential.token().await.unwrap();
    tokio::time::sleep(55 * MINUTE).await;
    let second = Duration::from_secs(1);
    let begun: Vec<_> = [0, 1, 1 + 2, 1 + 2 + 4, 1 + 2 + 4 + 8]
        .map(|wait| 50 * MINUTE + wait * second)
        .into();
    assert_eq!(calls.lock().unwrap()[1..], begun);
}

#[tokio::test(start_paused = true)]
async fn a_proactive_refresh_stops_with_the_last_clone_of_the_credential() {
    let clock = TokioClock::at(START);
    let (credential, calls) = proactive(&clock, 0..0);
    let clone = credential.clone();
    credential.token().await.unwrap();
    drop(credential);
    tokio::time::sleep(55 * MINUTE).await;
    assert_eq!(calls.lock().unwrap().len(), 2);
    drop(clone);
    tokio::time::sleep(10 * HOUR).await;
    assert_eq!(calls.lock().unwrap().len(), 2);
    assert_eq!(
        Arc::strong_count(&calls),
        1,
        "nothing holds the refresher any more"
    );
}
