//! The session, told what happens at times that are set.

mod lasting;
mod properties;
mod registering;

use std::time::Duration;

use time::OffsetDateTime;
use url::Url;

use super::super::failure::{Failure, Verdict};
use super::*;
use crate::error::ErrorKind;

const CONNECTED: &str = "5:1::{\"name\":\"trouter.connected\",\"args\":[{\"ttl\":585731}]}";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn allocation() -> Arc<Allocation> {
    let url = Url::parse("https://pub.trouter.teams.microsoft.com/").unwrap();
    Arc::new(Allocation {
        base: url.clone(),
        callback: "https://pub.trouter.teams.microsoft.com/v4/f/a/".to_owned(),
        parameters: vec![("sig".to_owned(), "x".to_owned())],
        expires_on: Some(OffsetDateTime::UNIX_EPOCH),
        client_id: String::new(),
        lasts: None,
        registrar: url,
    })
}

fn failure(kind: ErrorKind, verdict: Verdict) -> Failure {
    Failure::new(Error::new(kind), verdict)
}

/// A session, and a service that does what a test says.
struct Scene {
    session: Session,
    now: Instant,
    /// Whether acknowledgements come by themselves.
    acknowledges: bool,
}

impl Scene {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            session: Session::new("trace".to_owned()),
            now,
            acknowledges: true,
        }
    }

    /// A session that is connected, by connection 1.
    fn connected() -> Self {
        let mut scene = Self::new();
        assert_eq!(scene.take(Input::Begin), ["open 1 anew"]);
        assert_eq!(scene.connect(1), ["Connected"]);
        scene
    }

    /// Opens, establishes and registers a connection that was asked for; gives what is told.
    fn connect(&mut self, number: Number) -> Vec<String> {
        assert_eq!(self.open(number), Vec::<String>::new());
        let mut told = self.receive(number, CONNECTED);
        // An earlier one that was to be replaced may have to go for it.
        let register = told.pop();
        assert!(register.is_some_and(|done| done.starts_with("register ")));
        told.retain(|done| !done.starts_with("send ") && !done.starts_with("close "));
        told.extend(self.take(Input::Registered(number, Ok(None))));
        told
    }

    fn open(&mut self, number: Number) -> Vec<String> {
        let opened = Opened {
            allocation: allocation(),
            heartbeat: seconds(70),
        };
        self.take(Input::Opened(number, Ok(opened)))
    }

    fn fail_to_open(&mut self, number: Number, verdict: Verdict) -> Vec<String> {
        let failure = failure(ErrorKind::UnexpectedStatus, verdict);
        self.take(Input::Opened(number, Err(failure)))
    }

    fn receive(&mut self, number: Number, text: &str) -> Vec<String> {
        self.take(Input::Received(number, text.to_owned()))
    }

    /// What is to be done, in words. What is sent to stay alive is left out, and acknowledged.
    fn take(&mut self, input: Input) -> Vec<String> {
        let outputs = self.session.take(input, self.now, 0.5);
        let mut shown = Vec::new();
        for output in outputs {
            shown.push(match output {
                Output::Open(number, None) => format!("open {number} anew"),
                Output::Open(number, Some(_)) => format!("open {number} again"),
                Output::Close(number) => format!("close {number}"),
                Output::Register(number, _, ttl) => {
                    format!("register {number} for {}", ttl.as_secs())
                }
                Output::RefuseToken => "refuse token".to_owned(),
                Output::End(error) => format!("end {:?}", error.map(|error| error.kind())),
                Output::Tell(NotificationEvent::Received(notification)) => {
                    format!("received {}", notification.event_id().unwrap())
                }
                Output::Tell(event) => format!("{event:?}"),
                Output::Send(number, text) => {
                    if let Some(event) = text.strip_prefix("5:") {
                        if let (true, Some((id, _))) = (self.acknowledges, event.split_once('+')) {
                            let acknowledged = Input::Received(number, format!("6:::{id}+[]"));
                            self.session.take(acknowledged, self.now, 0.5);
                        }
                        continue;
                    }
                    format!("send {number} {text}")
                }
            });
        }
        shown
    }

    /// Goes on to the next thing that is due and does something, and gives when that was, counted
    /// from `since`, and what it is.
    fn next_since(&mut self, since: Instant) -> (Duration, Vec<String>) {
        for _ in 0..100_000 {
            let due = self.session.due().expect("something is due");
            assert!(due > self.now || self.session.due().is_some());
            self.now = due.max(self.now);
            let done = self.take(Input::Tick);
            if !done.is_empty() {
                return (self.now.duration_since(since), done);
            }
        }
        panic!("nothing happens any more");
    }

    fn next(&mut self) -> (Duration, Vec<String>) {
        self.next_since(self.now)
    }

    /// Lets time pass, in which nothing is to be done but to stay alive.
    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(due) = self.session.due().filter(|due| *due < until) {
            self.now = due;
            assert_eq!(self.take(Input::Tick), Vec::<String>::new());
        }
        self.now = until;
    }
}

fn request(id: u64) -> String {
    let body = format!(
        "{{\\\"eventId\\\":200,\\\"groupId\\\":\\\"19:a\\\",\\\"messageId\\\":\\\"{id}\\\"}}"
    );
    format!("3:::{{\"id\":{id},\"body\":\"{body}\"}}")
}

#[test]
fn the_program_is_told_of_the_connection_once_it_is_registered() {
    let mut scene = Scene::new();
    assert_eq!(scene.take(Input::Begin), ["open 1 anew"]);
    assert_eq!(scene.open(1), Vec::<String>::new());
    assert_eq!(scene.receive(1, "1::"), Vec::<String>::new());
    assert_eq!(scene.receive(1, CONNECTED), ["register 1 for 7200"]);
    // A real service says this at the beginning of each connection.
    let loss = "5:2::{\"name\":\"trouter.message_loss\",\"args\":[]}";
    assert_eq!(scene.receive(1, loss), Vec::<String>::new());
    assert_eq!(scene.take(Input::Registered(1, Ok(None))), ["Connected"]);
    assert_eq!(scene.receive(1, loss), ["Gap(MessageLoss)"]);
}

#[test]
fn a_notification_is_answered_before_it_is_told_and_told_once() {
    let mut scene = Scene::connected();
    let [answer, told] = &scene.receive(1, &request(7))[..] else {
        panic!();
    };
    assert!(
        answer.starts_with("send 1 3:::") && told == "received 200",
        "{answer} {told}"
    );
    let again = scene.receive(1, &request(7));
    assert_eq!(again.len(), 1, "{again:?}");
    assert!(again[0].starts_with("send 1 3:::"));
}

#[test]
fn a_lost_connection_is_opened_again_with_what_identifies_it_and_leaves_a_gap() {
    let mut scene = Scene::connected();
    scene.wait(seconds(11));
    let lost = scene.take(Input::Lost(1));
    assert_eq!(lost, ["close 1", "Disconnected(ConnectionLost)"]);
    let (after, open) = scene.next();
    assert_eq!(
        (after, open),
        (Duration::from_millis(100), vec!["open 2 again".to_owned()])
    );
    assert_eq!(scene.connect(2), ["Gap(Reconnected)", "Connected"]);
    // Nothing comes of what is said about the old one.
    assert_eq!(scene.take(Input::Lost(1)), Vec::<String>::new());
    assert_eq!(scene.receive(1, "0::"), Vec::<String>::new());
}

#[test]
fn every_reason_of_a_disconnect_is_told_and_another_connection_is_made() {
    for (frame, reason) in [
        ("0::", "ClosedByService"),
        ("0:::dup", "Duplicate"),
        ("0:::{\"reason\":\"timeout\"}", "Timeout"),
        ("0:::whatever", "ClosedByService"),
    ] {
        let mut scene = Scene::connected();
        scene.wait(seconds(11));
        let expected = ["close 1".to_owned(), format!("Disconnected({reason})")];
        assert_eq!(scene.receive(1, frame), expected);
        assert_eq!(scene.next().1, ["open 2 again"], "{frame}");
        assert_eq!(
            scene.connect(2),
            ["Gap(Reconnected)", "Connected"],
            "{frame}"
        );
    }
}

#[test]
fn a_connection_that_is_not_authorized_any_more_gives_up_its_token_up_to_three_times() {
    let unauthorized = "0:::{\"reason\":\"unauthorized\"}";
    let mut scene = Scene::connected();
    for number in 1..4 {
        let told = scene.receive(number, unauthorized);
        let expected = [
            format!("close {number}"),
            "refuse token".into(),
            "Disconnected(Unauthorized)".into(),
        ];
        assert_eq!(told, expected);
        let open = scene.next().1;
        assert!(
            open[0].starts_with(&format!("open {}", number + 1)),
            "{open:?}"
        );
        scene.connect(number + 1);
    }
    let last = scene.receive(4, unauthorized);
    assert_eq!(last[..2], ["close 4", "refuse token"]);
    assert_eq!(last.last().unwrap(), "end Some(Unauthorized)");
    assert_eq!(scene.session.due(), None);

    // Long after, it is the first time again.
    let mut scene = Scene::connected();
    for number in 1..20 {
        scene.wait(seconds(60));
        scene.receive(number, unauthorized);
        scene.next();
        assert_eq!(scene.connect(number + 1), ["Gap(Reconnected)", "Connected"]);
    }
}

#[test]
fn a_service_that_takes_no_such_tokens_ends_everything() {
    let mut scene = Scene::connected();
    let end = scene.receive(1, "0:::{\"reason\":\"skypetoken-deprecated\"}");
    let expected = [
        "send 1 0::",
        "close 1",
        "Disconnected(Closed)",
        "end Some(Unauthorized)",
    ];
    assert_eq!(end, expected);
    assert_eq!(scene.receive(1, &request(1)), Vec::<String>::new());
    assert_eq!(scene.take(Input::Stop), Vec::<String>::new());
}

#[test]
fn a_second_duplicate_in_a_row_is_followed_by_another_identity() {
    let mut scene = Scene::connected();
    scene.receive(1, "0:::dup");
    assert_eq!(scene.next().1, ["open 2 again"]);
    scene.connect(2);
    scene.receive(2, "0:::dup");
    assert_eq!(scene.next().1, ["open 3 anew"]);
}

#[test]
fn connections_that_do_not_last_are_opened_after_growing_waits() {
    let mut scene = Scene::connected();
    let mut waits = Vec::new();
    for number in 1..6 {
        scene.receive(number, "0::");
        let (wait, open) = scene.next();
        assert!(open[0].starts_with("open"), "{open:?}");
        waits.push(wait);
        scene.connect(number + 1);
    }
    let expected = [100, 1000, 2000, 4000, 8000].map(Duration::from_millis);
    assert_eq!(waits, expected);
    scene.wait(seconds(11));
    scene.receive(6, "0::");
    assert_eq!(scene.next().0, Duration::from_millis(100));
}

#[test]
fn stopping_closes_everything_and_is_the_last_thing() {
    let mut scene = Scene::connected();
    let stopped = scene.take(Input::Stop);
    assert_eq!(
        stopped,
        ["send 1 0::", "close 1", "Disconnected(Closed)", "end None"]
    );
    let mut scene = Scene::new();
    scene.take(Input::Begin);
    assert_eq!(scene.take(Input::Stop), ["end None"]);
    // A socket that is opened too late is closed.
    assert_eq!(scene.open(1), ["close 1"]);
    assert_eq!(scene.session.due(), None);
}
