//! Whatever the service does: what the program is told is consistent, and the service is not
//! flooded.

use proptest::prelude::*;

use super::*;

/// What a service does next, and after how many milliseconds.
type Step = (u64, Act);

#[derive(Clone, Debug)]
enum Act {
    Frame(&'static str),
    Lose,
    FailToRegister(Verdict),
    FailToOpen(Verdict),
    Go,
}

fn acts() -> impl Strategy<Value = Act> {
    let frames = prop::sample::select(vec![
        CONNECTED,
        "0::",
        "0:::dup",
        "0:::timeout",
        "2::",
        "5:2::{\"name\":\"trouter.reconnect\",\"args\":[{\"target\":\"self\"}]}",
        "5:2::{\"name\":\"trouter.reconnect\",\"args\":[{\"target\":\"global\"}]}",
        "5:2::{\"name\":\"trouter.message_loss\",\"args\":[]}",
        "3:::{\"id\":1,\"body\":\"{\\\"eventId\\\":200}\"}",
        "junk",
    ]);
    prop_oneof![
        3 => frames.prop_map(Act::Frame),
        1 => Just(Act::Lose),
        1 => Just(Act::FailToRegister(Verdict::Retry)),
        1 => Just(Act::FailToOpen(Verdict::Retry)),
        6 => Just(Act::Go),
    ]
}

/// A service that does what is asked for, unless a step says otherwise.
#[derive(Default)]
struct World {
    /// What is asked for and not answered yet.
    opening: Option<Number>,
    registering: Option<Number>,
    open: Vec<Number>,
    opened_at: Vec<Instant>,
    told: Vec<String>,
    has_ended: bool,
}

impl World {
    fn follow(&mut self, done: Vec<String>, now: Instant) {
        for done in done {
            assert!(!self.has_ended, "{done} after the end");
            let mut words = done.split(' ');
            let (what, number) = (words.next().unwrap(), words.next().unwrap_or_default());
            let number = number.parse().unwrap_or_default();
            match what {
                "open" => {
                    self.opening = Some(number);
                    self.opened_at.push(now);
                }
                "register" => self.registering = Some(number),
                "close" => self.open.retain(|open| *open != number),
                "send" => assert!(self.open.contains(&number), "{done} to a closed connection"),
                "received" | "refuse" => {}
                "end" => self.has_ended = true,
                _ => self.told.push(done),
            }
        }
    }
}

fn run(steps: Vec<Step>) -> World {
    let mut scene = Scene::new();
    let mut world = World::default();
    let begun = scene.take(Input::Begin);
    world.follow(begun, scene.now);
    for (wait, act) in steps {
        // Whatever is due in between is done.
        let until = scene.now + Duration::from_millis(wait);
        let mut ticks = 0;
        while let Some(due) = scene.session.due().filter(|due| *due <= until) {
            scene.now = due.max(scene.now);
            let done = scene.take(Input::Tick);
            world.follow(done, scene.now);
            ticks += 1;
            assert!(ticks < 10_000, "something is due again and again");
        }
        scene.now = until;
        let input = match act {
            Act::Frame(text) => world
                .open
                .last()
                .map(|open| Input::Received(*open, text.to_owned())),
            Act::Lose => world.open.pop().map(Input::Lost),
            Act::FailToRegister(verdict) => world.registering.take().map(|number| {
                let failure = failure(ErrorKind::ServiceUnavailable, verdict);
                Input::Registered(number, Err(failure))
            }),
            Act::FailToOpen(verdict) => world.opening.take().map(|number| {
                let failure = failure(ErrorKind::ServiceUnavailable, verdict);
                Input::Opened(number, Err(failure))
            }),
            Act::Go => match (world.opening.take(), world.registering.take()) {
                (Some(number), registering) => {
                    world.registering = registering;
                    world.open.push(number);
                    let opened = Opened {
                        allocation: allocation(),
                        heartbeat: seconds(70),
                    };
                    Some(Input::Opened(number, Ok(opened)))
                }
                (None, Some(number)) => Some(Input::Registered(number, Ok(None))),
                (None, None) => world
                    .open
                    .last()
                    .map(|open| Input::Received(*open, CONNECTED.to_owned())),
            },
        };
        if let Some(input) = input {
            let done = scene.take(input);
            world.follow(done, scene.now);
        }
        assert!(world.open.len() <= 3, "{:?}", world.open);
    }
    world
}

proptest! {
    #[test]
    fn what_is_told_is_consistent(
        steps in prop::collection::vec((0_u64..120_000, acts()), 0..120),
    ) {
        let world = run(steps);
        let (mut is_connected, mut was_connected, mut gap) = (false, false, false);
        for told in &world.told {
            match told.as_str() {
                "Connected" => {
                    // Each but the first comes after a gap, whether or not a loss was told.
                    prop_assert!(gap || !was_connected, "{:?}", world.told);
                    (is_connected, was_connected, gap) = (true, true, false);
                }
                "Gap(Reconnected)" => gap = true,
                told if told.starts_with("Gap") => prop_assert!(is_connected, "{:?}", world.told),
                told => {
                    prop_assert!(told.starts_with("Disconnected"), "{told}");
                    prop_assert!(is_connected, "{:?}", world.told);
                    is_connected = false;
                }
            }
        }
    }

    /// A service that accepts and drops whatever comes, as fast as it can, sees ever fewer attempts.
    #[test]
    fn the_service_is_not_flooded(
        acts in prop::collection::vec(acts(), 0..400), wait in 1_u64..2_000,
    ) {
        let world = run(acts.into_iter().map(|act| (wait, act)).collect());
        // No connection lasts for ten seconds where ten steps take less than that: all of them count
        // as failures, and what is opened within a minute is at most what growing waits allow.
        if wait * 400 < 10_000 {
            for window in world.opened_at.windows(8) {
                let took = window[7].duration_since(window[0]);
                prop_assert!(took >= seconds(8), "8 attempts in {took:?}");
            }
        }
    }
}
