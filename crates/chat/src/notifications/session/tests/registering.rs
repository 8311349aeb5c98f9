//! Registrations: made, renewed, refused, lapsed.

use super::*;

fn refused(kind: ErrorKind, verdict: Verdict) -> Input {
    Input::Registered(1, Err(failure(kind, verdict)))
}

fn unregistered() -> Scene {
    let mut scene = Scene::new();
    scene.take(Input::Begin);
    scene.open(1);
    assert_eq!(scene.receive(1, CONNECTED), ["register 1 for 7200"]);
    scene
}

#[test]
fn a_registration_is_renewed_30_seconds_before_its_end_and_nothing_is_told() {
    let mut scene = Scene::connected();
    for _ in 0..5 {
        let (after, done) = scene.next();
        assert_eq!(
            (after, done),
            (seconds(7170), vec!["register 1 for 7200".to_owned()])
        );
        assert_eq!(
            scene.take(Input::Registered(1, Ok(None))),
            Vec::<String>::new()
        );
    }
}

#[test]
fn a_registration_is_renewed_before_its_token_expires() {
    let mut scene = unregistered();
    let token = Some(seconds(600));
    assert_eq!(scene.take(Input::Registered(1, Ok(token))), ["Connected"]);
    assert_eq!(scene.next().0, seconds(510));
    // The credential has not got another one yet.
    scene.take(Input::Registered(1, Ok(Some(seconds(90)))));
    assert_eq!(scene.next().0, seconds(30));
    scene.take(Input::Registered(1, Ok(Some(seconds(86_400)))));
    assert_eq!(scene.next().0, seconds(7170));
}

#[test]
fn a_registration_that_fails_is_tried_again_and_nothing_is_told_meanwhile() {
    let mut scene = unregistered();
    let mut waits = Vec::new();
    for _ in 0..8 {
        let failed = refused(ErrorKind::ServiceUnavailable, Verdict::Retry);
        assert_eq!(scene.take(failed), Vec::<String>::new());
        let (wait, done) = scene.next();
        assert_eq!(done, ["register 1 for 7200"]);
        waits.push(wait.as_secs());
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 50, 50]);
    assert_eq!(scene.take(Input::Registered(1, Ok(None))), ["Connected"]);
}

#[test]
fn a_registration_that_is_refused_for_good_ends_the_session() {
    for (verdict, times) in [(Verdict::TokenRefused, 4), (Verdict::Refused, 5)] {
        let mut scene = unregistered();
        for _ in 1..times {
            let failed = refused(ErrorKind::Unauthorized, verdict);
            assert_eq!(scene.take(failed), Vec::<String>::new());
            assert_eq!(scene.next().1, ["register 1 for 7200"]);
        }
        let end = scene.take(refused(ErrorKind::Unauthorized, verdict));
        assert_eq!(end, ["send 1 0::", "close 1", "end Some(Unauthorized)"]);
    }
}

#[test]
fn a_registration_that_lapses_is_told_and_so_is_the_next_one() {
    let mut scene = Scene::connected();
    let registered = scene.now;
    assert_eq!(scene.next().0, seconds(7170));
    let mut done = Vec::new();
    let lapsed = loop {
        if done == ["register 1 for 7200"] || done.is_empty() {
            scene.take(refused(ErrorKind::ServiceUnavailable, Verdict::Retry));
        }
        let (after, next) = scene.next_since(registered);
        if next.contains(&"Disconnected(RegistrationExpired)".to_owned()) {
            break after;
        }
        done = next;
    };
    assert_eq!(lapsed, seconds(7200));
    // It is still tried.
    loop {
        let (_, next) = scene.next();
        assert_eq!(next, ["register 1 for 7200"]);
        if scene.now.duration_since(registered) > seconds(8000) {
            break;
        }
        scene.take(refused(ErrorKind::ServiceUnavailable, Verdict::Retry));
    }
    let told = scene.take(Input::Registered(1, Ok(None)));
    assert_eq!(told, ["Gap(Reconnected)", "Connected"]);
}

#[test]
fn an_answer_for_a_connection_that_is_gone_counts_for_nothing() {
    let mut scene = unregistered();
    scene.take(Input::Lost(1));
    assert_eq!(
        scene.take(Input::Registered(1, Ok(None))),
        Vec::<String>::new()
    );
    assert_eq!(scene.next().1, ["open 2 again"]);
    assert_eq!(scene.connect(2), ["Connected"]);
}

#[test]
fn a_lost_registration_is_not_waited_for_by_the_next_connection() {
    let mut scene = Scene::connected();
    scene.wait(seconds(11));
    scene.take(Input::Lost(1));
    scene.next();
    assert_eq!(scene.connect(2), ["Gap(Reconnected)", "Connected"]);
    let (after, done) = scene.next();
    assert_eq!(
        (after, done),
        (seconds(7170), vec!["register 2 for 7200".to_owned()])
    );
}
