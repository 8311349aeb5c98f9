//! Opening in vain, being told to reconnect, and connections that end by themselves.

use super::*;

fn reconnect(target: &str) -> String {
    format!("5:3::{{\"name\":\"trouter.reconnect\",\"args\":[{{\"target\":\"{target}\"}}]}}")
}

#[test]
fn opening_that_fails_is_tried_again_after_growing_waits_for_ever() {
    let mut scene = Scene::new();
    scene.take(Input::Begin);
    let mut waits = Vec::new();
    for number in 1..200 {
        assert_eq!(
            scene.fail_to_open(number, Verdict::Retry),
            Vec::<String>::new()
        );
        let (wait, open) = scene.next();
        assert_eq!(open, [format!("open {} anew", number + 1)]);
        waits.push(wait.as_secs());
    }
    assert_eq!(waits[..8], [1, 2, 4, 8, 16, 32, 50, 50]);
    assert_eq!(scene.connect(200), ["Connected"]);
}

#[test]
fn what_identified_a_connection_is_given_up_after_three_failures_or_a_refusal() {
    let mut scene = Scene::connected();
    scene.wait(seconds(11));
    scene.take(Input::Lost(1));
    assert_eq!(scene.next().1, ["open 2 again"]);
    // The loss was the first.
    scene.fail_to_open(2, Verdict::Retry);
    assert_eq!(scene.next().1, ["open 3 again"]);
    scene.fail_to_open(3, Verdict::Retry);
    assert_eq!(scene.next().1, ["open 4 anew"]);

    let mut scene = Scene::connected();
    scene.wait(seconds(11));
    scene.take(Input::Lost(1));
    scene.next();
    scene.fail_to_open(2, Verdict::Refused);
    assert_eq!(scene.next().1, ["open 3 anew"]);
}

#[test]
fn what_can_not_go_well_ends_the_session() {
    let mut scene = Scene::new();
    scene.take(Input::Begin);
    assert_eq!(
        scene.fail_to_open(1, Verdict::Final),
        ["end Some(UnexpectedStatus)"]
    );
    for (verdict, times) in [
        (Verdict::TokenRefused, 4),
        (Verdict::Refused, 5),
        (Verdict::NoToken, 10),
    ] {
        let mut scene = Scene::new();
        scene.take(Input::Begin);
        for number in 1..times {
            assert_eq!(scene.fail_to_open(number, verdict), Vec::<String>::new());
            assert_eq!(scene.next().1, [format!("open {} anew", number + 1)]);
        }
        let end = scene.fail_to_open(times, verdict);
        assert_eq!(end, ["end Some(UnexpectedStatus)"], "{verdict:?}");
    }
}

#[test]
fn a_connection_that_is_not_confirmed_is_followed_by_another() {
    let mut scene = Scene::new();
    scene.take(Input::Begin);
    scene.open(1);
    assert_eq!(scene.next(), (seconds(20), vec!["close 1".to_owned()]));
    // Nothing was connected, so nothing is told.
    assert_eq!(scene.next().1, ["open 2 anew"]);
}

#[test]
fn a_replaced_connection_stays_for_a_minute_and_what_it_tells_counts() {
    for (target, how) in [("self", "again"), ("host", "anew"), ("global", "anew")] {
        let mut scene = Scene::connected();
        scene.wait(seconds(11));
        assert_eq!(scene.receive(1, &reconnect(target)), Vec::<String>::new());
        assert_eq!(scene.next().1, [format!("open 2 {how}")]);
        // A second command changes nothing.
        assert_eq!(scene.receive(1, &reconnect(target)), Vec::<String>::new());
        assert_eq!(scene.connect(2), ["Gap(Reconnected)", "Connected"]);
        let replaced = scene.now;
        let told = scene.receive(1, &request(1));
        assert_eq!(told.last().unwrap(), "received 200");
        // The same by the new one is known.
        assert_eq!(scene.receive(2, &request(1)).len(), 1);
        let (after, parted) = scene.next_since(replaced);
        assert_eq!(
            (after, parted),
            (seconds(60), vec!["send 1 0::".into(), "close 1".into()])
        );
    }
}

#[test]
fn what_the_next_connection_has_lost_at_its_beginning_is_part_of_one_gap() {
    let loss = "5:2::{\"name\":\"trouter.message_loss\",\"args\":[]}";
    let mut scene = Scene::connected();
    scene.wait(seconds(11));
    scene.receive(1, &reconnect("self"));
    scene.next();
    scene.open(2);
    assert_eq!(scene.receive(2, loss), Vec::<String>::new());
    assert_eq!(scene.receive(2, CONNECTED), ["register 2 for 7200"]);
    assert_eq!(scene.receive(2, loss), Vec::<String>::new());
    // What the replaced one has lost was meant for the program.
    assert_eq!(scene.receive(1, loss), ["Gap(MessageLoss)"]);
    let told = scene.take(Input::Registered(2, Ok(None)));
    assert_eq!(told, ["Gap(Reconnected)", "Connected"]);
    assert_eq!(scene.receive(2, loss), ["Gap(MessageLoss)"]);
}

#[test]
fn a_connection_that_ends_while_another_one_is_made_is_told() {
    let mut scene = Scene::connected();
    scene.wait(seconds(11));
    scene.receive(1, &reconnect("self"));
    scene.next();
    let lost = scene.take(Input::Lost(1));
    assert_eq!(lost, ["close 1", "Disconnected(ConnectionLost)"]);
    // The one that is being made is awaited.
    assert_eq!(scene.connect(2), ["Gap(Reconnected)", "Connected"]);
}

#[test]
fn commands_to_reconnect_in_a_row_are_followed_after_growing_waits() {
    let mut scene = Scene::connected();
    let mut waits = Vec::new();
    for number in 1..5 {
        scene.receive(number, &reconnect("self"));
        let (wait, open) = loop {
            let (wait, done) = scene.next();
            if done[0].starts_with("open") {
                break (wait, done);
            }
        };
        assert_eq!(open, [format!("open {} again", number + 1)]);
        waits.push(wait.as_millis());
        scene.connect(number + 1);
    }
    assert_eq!(waits, [100, 1000, 2000, 4000]);
}

#[test]
fn a_connection_is_replaced_before_it_ends() {
    let mut scene = Scene::new();
    scene.take(Input::Begin);
    scene.open(1);
    let connected = "5:1::{\"name\":\"trouter.connected\",\"args\":[{\"ttl\":\"3600\"}]}";
    // A registration does not outlast its connection.
    assert_eq!(scene.receive(1, connected), ["register 1 for 3300"]);
    scene.take(Input::Registered(1, Ok(None)));
    let since = scene.now;
    assert_eq!(
        scene.next_since(since),
        (seconds(3270), vec!["register 1 for 3300".to_owned()])
    );
    scene.take(Input::Registered(1, Ok(None)));
    assert_eq!(
        scene.next_since(since),
        (seconds(3300), vec!["open 2 anew".to_owned()])
    );
    assert_eq!(scene.connect(2), ["Gap(Reconnected)", "Connected"]);
}
