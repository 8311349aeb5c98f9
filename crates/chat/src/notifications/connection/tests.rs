use proptest::prelude::*;

use super::*;

const HEARTBEAT: Duration = Duration::from_secs(70);
const CONNECTED: &str =
    "5:1::{\"name\":\"trouter.connected\",\"args\":[{\"ttl\":585731,\"dur\":\"21\"}]}";

struct Scene {
    connection: Connection,
    start: Instant,
    now: Instant,
}

impl Scene {
    fn opened() -> Self {
        let now = Instant::now();
        Self {
            connection: Connection::new(HEARTBEAT, "trace", now),
            start: now,
            now,
        }
    }

    fn established() -> Self {
        let mut scene = Self::opened();
        scene.receive("1::");
        let signals = scene.receive(CONNECTED);
        assert_eq!(
            signals,
            [
                "Established(Some(585731s))",
                "Send(\"5:1+::{\\\"args\\\":[{\\\"cv\\\":\\\"trace.2\\\",\\\"state\\\":\\\"active\\\"}],\\\"name\\\":\\\"user.activity\\\"}\")"
            ]
        );
        scene
    }

    fn receive(&mut self, text: &str) -> Vec<String> {
        show(self.connection.receive(text, self.now))
    }

    /// What is due next, and after how many seconds since the beginning.
    fn next(&mut self) -> (u64, Vec<String>) {
        self.now = self.connection.due().max(self.now);
        let signals = self.connection.tick(self.now);
        (self.now.duration_since(self.start).as_secs(), show(signals))
    }
}

fn show(signals: Vec<Signal>) -> Vec<String> {
    signals.iter().map(|signal| format!("{signal:?}")).collect()
}

fn ended(reason: &str) -> Vec<String> {
    vec![format!("Ended(For({reason}))")]
}

#[test]
fn a_connection_that_the_service_does_not_confirm_ends_after_20_seconds() {
    let mut scene = Scene::opened();
    assert_eq!(scene.receive("1::"), Vec::<String>::new());
    assert_eq!(scene.next(), (20, ended("NoAnswer")));
}

#[test]
fn an_activity_is_said_twice_ten_seconds_apart_and_then_pings_follow_each_other() {
    let mut scene = Scene::established();
    scene.receive("6:::1+[]");
    let (at, signals) = scene.next();
    assert_eq!((at, signals.len()), (10, 1));
    assert!(
        signals[0].contains("5:2+::") && signals[0].contains("trace.3"),
        "{signals:?}"
    );
    scene.receive("6:::2+[]");
    for number in 3..6 {
        let (at, signals) = scene.next();
        let ping = format!("Send(\"5:{number}+::{{\\\"name\\\":\\\"ping\\\"}}\")");
        assert_eq!((at, signals), (40 * (number - 2), vec![ping]));
        scene.receive(&format!("6:::{number}+[\"pong\"]"));
    }
}

#[test]
fn an_activity_without_an_answer_ends_the_connection_after_ten_seconds() {
    let mut scene = Scene::established();
    assert_eq!(scene.next(), (10, ended("NoAnswer")));
}

#[test]
fn a_ping_without_an_answer_ends_the_connection_after_five_seconds() {
    let mut scene = Scene::established();
    scene.receive("6:::1+[]");
    scene.next();
    scene.receive("6:::2+[]");
    assert_eq!(scene.next().0, 40);
    // Another frame is no answer, and neither is that to another event.
    scene.receive("2::");
    scene.receive("6:::2+[]");
    assert_eq!(scene.next(), (45, ended("NoAnswer")));
}

#[test]
fn silence_ends_the_connection_after_the_heartbeat() {
    let now = Instant::now();
    let mut scene = Scene {
        connection: Connection::new(Duration::from_secs(12), "trace", now),
        start: now,
        now,
    };
    scene.receive(CONNECTED);
    scene.receive("6:::1+[]");
    scene.next();
    scene.receive("2::");
    scene.receive("6:::2+[]");
    assert_eq!(scene.next(), (10 + 14, ended("NoAnswer")));
}

#[test]
fn a_heartbeat_is_answered_by_one() {
    assert_eq!(Scene::opened().receive("2::"), ["Send(\"2::\")"]);
}

#[test]
fn every_reason_of_a_disconnect_is_known() {
    for (frame, reason) in [
        ("0::", "ClosedByService"),
        ("0:::dup", "Duplicate"),
        ("0:::{\"reason\":\"timeout\"}", "Timeout"),
        ("0:::timeout", "Timeout"),
        (
            "0:::{\"reason\":\"unauthorized\",\"claims\":\"x\"}",
            "Unauthorized",
        ),
        ("0:::something else", "ClosedByService"),
        ("0:::{}", "ClosedByService"),
    ] {
        assert_eq!(
            Scene::established().receive(frame),
            ended(reason),
            "{frame}"
        );
    }
    let deprecated = Scene::opened().receive("0:::{\"reason\":\"skypetoken-deprecated\"}");
    assert_eq!(deprecated, ["Ended(Deprecated)"]);
}

#[test]
fn a_command_to_reconnect_says_where() {
    let mut scene = Scene::established();
    let mut command = |target: &str| {
        let args = format!("[{{\"target\":\"{target}\",\"url\":\"https://x.example\"}}]");
        scene.receive(&format!(
            "5:2::{{\"name\":\"trouter.reconnect\",\"args\":{args}}}"
        ))
    };
    assert_eq!(command("self"), ["Replace(Same)"]);
    for target in ["host", "global", "?"] {
        assert_eq!(command(target), ["Replace(Anywhere)"], "{target}");
    }
}

#[test]
fn message_loss_is_confirmed_as_it_was_said_and_is_a_gap() {
    let mut scene = Scene::established();
    let args = "[{\"droppedIndicators\":[{\"tag\":\"\",\"etag\":\"2026-11-24T15:30:32.449Z\"}]}]";
    let frame = format!("5:2::{{\"name\":\"trouter.message_loss\",\"args\":{args}}}");
    let Signal::Send(answer) = scene.connection.receive(&frame, scene.now).remove(0) else {
        panic!();
    };
    let answer: Value = serde_json::from_str(answer.strip_prefix("5:2+::").unwrap()).unwrap();
    assert_eq!(answer["name"], "trouter.processed_message_loss");
    assert_eq!(answer["args"], serde_json::from_str::<Value>(args).unwrap());
    assert_eq!(scene.receive(&frame)[1], "Gap(MessageLoss)");
}

#[test]
fn a_request_is_answered_first_whether_it_can_be_read_or_not() {
    let mut scene = Scene::opened();
    let mut request = |body: &str| {
        let request = json!({"id": 7, "body": body});
        scene.receive(&format!("3:::{request}"))
    };
    let [answer, what] = &request("{\"eventId\":200}")[..] else {
        panic!();
    };
    assert!(
        answer.contains("200") && what.starts_with("Notified("),
        "{answer} {what}"
    );
    let [answer, what] = &request("{\"eventId\":999}")[..] else {
        panic!();
    };
    assert!(
        answer.contains("200") && what.starts_with("Notified("),
        "{answer} {what}"
    );
    let [answer, what] = &request("H4sIAAAA")[..] else {
        panic!();
    };
    assert!(
        answer.contains("404") && what == "Gap(Unreadable)",
        "{answer} {what}"
    );
    assert_eq!(scene.receive("3:::}"), ["Gap(Unreadable)"]);
    assert_eq!(scene.receive("5:::}"), ["Gap(Unreadable)"]);
    assert_eq!(scene.receive("what?"), ["Gap(Unreadable)"]);
}

proptest! {
    /// Whatever comes whenever: nothing panics, and something is due at a time that comes nearer.
    #[test]
    fn something_is_always_due_and_no_frame_makes_it_panic(
        steps in prop::collection::vec((0_u64..60, prop::sample::select(vec![
            "1::", "2::", CONNECTED, "6:::1+[]", "6:::2+[]", "6:::3+[]", "3:::{}", "5:::{}", "", "9::x",
        ])), 0..40),
    ) {
        let mut scene = Scene::opened();
        for (wait, frame) in steps {
            scene.now += Duration::from_secs(wait);
            let signals = scene.connection.tick(scene.now);
            if signals.iter().any(|signal| matches!(signal, Signal::Ended(_))) {
                return Ok(());
            }
            prop_assert!(scene.connection.due() > scene.now);
            scene.receive(frame);
            prop_assert!(scene.connection.due() >= scene.now);
            prop_assert!(scene.connection.due() <= scene.now + HEARTBEAT + GRACE);
        }
    }
}
