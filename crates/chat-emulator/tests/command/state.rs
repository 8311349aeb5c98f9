//! The state as a whole: kept, brought back, forgotten.

use std::time::Duration;

use chat_emulator::{Emulator, Fault, Snapshot};
use serde_json::{Value, json};

use crate::wire::{exchange, request};
use crate::world::World;

/// Takes a snapshot, and gives what brings it back, in either way.
fn keep(world: &World, over_http: bool) -> Box<dyn Fn() + '_> {
    if over_http {
        let kept = world
            .control("POST", "/snapshots", &Value::Null)
            .expect(201);
        let target = format!("/snapshots/{}/restore", kept["id"]);
        Box::new(move || {
            world.control("POST", &target, &Value::Null).expect(204);
        })
    } else {
        let snapshot = world.emulator.snapshot();
        Box::new(move || world.emulator.restore(&snapshot).unwrap())
    }
}

#[test]
fn a_snapshot_brings_everything_back_as_often_as_wanted() {
    for over_http in [false, true] {
        let world = World::new();
        let chat = world.chat();
        world.send_message(&chat, "before").expect(201);
        let restore = keep(&world, over_http);
        for _ in 0..2 {
            let stranger = world.user();
            world.send_message(&chat, "after").expect(201);
            world.thread(&chat.user);
            // Two days: every token has expired, and with the clock it is good again.
            world
                .emulator
                .advance_clock(Duration::from_secs(2 * 24 * 60 * 60));
            world.list_messages(&chat).expect(401);

            restore();
            assert_eq!(world.stored(&chat), ["before"]);
            let threads = world
                .call(&chat.user, "GET /chat/threads", Value::Null)
                .expect(200);
            assert_eq!(threads["value"].as_array().unwrap().len(), 1);
            world
                .call(&stranger, "GET /chat/threads", Value::Null)
                .expect(401);
        }
        // It goes on from there.
        world.send_message(&chat, "again").expect(201);
        assert_eq!(world.stored(&chat), ["again", "before"]);
    }
}

#[test]
fn what_was_put_off_does_not_come_into_a_restored_state() {
    for over_http in [false, true] {
        let world = World::new();
        let chat = world.chat();
        let restore = keep(&world, over_http);
        let late = Fault::executed_late(Duration::from_secs(60)).times(1);
        world.emulator.inject(late).unwrap();
        world.send_message(&chat, "late").expect_reset();
        restore();
        world.emulator.advance_clock(Duration::from_secs(120));
        assert_eq!(world.stored(&chat), [""; 0]);
    }
}

#[test]
fn a_reset_forgets_state_faults_journal_and_clock() {
    for over_http in [false, true] {
        let world = World::new();
        let chat = world.chat();
        world.emulator.advance_clock(Duration::from_secs(3600));
        world.emulator.set_clock_skew(3600);
        world.emulator.inject(Fault::status(503)).unwrap();
        if over_http {
            world.control("POST", "/reset", &Value::Null).expect(204);
        } else {
            world.emulator.reset();
        }
        assert_eq!(world.emulator.journal(), []);
        let clock = world.control("GET", "/clock", &Value::Null).expect(200);
        assert_eq!(
            (&clock["advancedSeconds"], &clock["skewSeconds"]),
            (&json!(0.0), &json!(0))
        );
        world.list_messages(&chat).expect(401);
        // The access key and the endpoint stay.
        let chat = world.chat();
        world.send_message(&chat, "a").expect(201);
        assert_eq!(world.stored(&chat), ["a"]);
    }
}

#[test]
fn a_reset_brings_back_what_the_seed_made() {
    let seed = r#"{"users": [{"name": "a"}], "threads": [{"topic": "t", "createdBy": "a"}]}"#;
    let seed = chat_emulator::Seed::from_json(seed).unwrap();
    let emulator = Emulator::builder().seed(seed).start_blocking().unwrap();
    let address = emulator.local_addr();
    let authorization = format!("Bearer {}", emulator.seeded_users()[0].token);
    let headers = [
        ("authorization", &*authorization),
        ("content-type", "application/json"),
    ];
    let call = |method, body| {
        let target = "/chat/threads?api-version=2025-03-15";
        exchange(address, &request(address, method, target, &headers, body))
    };
    call("POST", r#"{"topic":"u"}"#).expect(201);
    emulator.reset();
    let threads = call("GET", "").expect(200);
    let [thread] = &threads["value"].as_array().unwrap()[..] else {
        panic!("one thread: {threads}")
    };
    assert_eq!(thread["topic"], "t");
}

#[test]
fn a_restored_clock_leaves_no_rate_limit_behind() {
    use chat_emulator::EnforcedLimits;

    let emulator = Emulator::builder()
        .limits(EnforcedLimits::Service)
        .start_blocking()
        .unwrap();
    let world = World::with(emulator);
    let chat = world.chat();
    let snapshot = world.emulator.snapshot();
    world.emulator.advance_clock(Duration::from_secs(3600));
    let sent = |world: &World| world.send_message(&chat, "a").status();
    let passed = (0..50).take_while(|_| sent(&world) == Some(201)).count();
    assert!(passed < 50, "rates are limited");
    world.emulator.restore(&snapshot).unwrap();
    assert_eq!(sent(&world), Some(201));
}

#[test]
fn a_snapshot_of_another_emulator_is_refused() {
    let (one, two) = (World::new(), World::new());
    let chat = two.chat();
    let snapshot: Snapshot = one.emulator.snapshot();
    assert!(two.emulator.restore(&snapshot).is_err());
    two.list_messages(&chat).expect(200);
}

#[test]
fn snapshots_can_be_shared_and_show_no_user() {
    let world = World::new();
    let chat = world.chat();
    let shown = format!("{:?} {:?}", world.emulator.snapshot(), world.emulator);
    assert!(!shown.contains(&chat.user.id), "{shown}");
    fn check<T: Send + Sync + Clone + 'static>() {}
    check::<Snapshot>();
}
