//! Faults that hit some requests and spare others, by a seed.

use std::time::Duration;

use chat_emulator::{ChatOperation, Fault, FaultMix};
use serde_json::{Value, json};

use crate::wire::End;
use crate::world::{World, both_ways, contents};

/// Which of so many requests are answered how.
fn statuses(world: &World, requests: usize) -> Vec<u16> {
    let user = world.user();
    let list = || {
        world
            .call(&user, "GET /chat/threads", Value::Null)
            .status()
            .unwrap()
    };
    (0..requests).map(|_| list()).collect()
}

fn sequence(fault: impl Into<FaultMix>) -> Vec<u16> {
    let world = World::new();
    world.emulator.inject(fault).unwrap();
    statuses(&world, 60)
}

fn with_seed(seed: u64) -> Vec<u16> {
    sequence(
        Fault::status(503)
            .with_probability(0.3, seed)
            .for_operation("listChatThreads"),
    )
}

#[test]
fn the_same_seed_gives_the_same_sequence_and_another_one_another() {
    let first = with_seed(7);
    let hits = first.iter().filter(|status| **status == 503).count();
    assert!((5..=35).contains(&hits), "{hits}");
    assert_eq!(first, with_seed(7));
    assert_ne!(first, with_seed(8));
}

#[test]
fn the_control_api_gives_the_sequence_that_rust_gives() {
    let expected = with_seed(7);
    both_ways(
        Fault::status(503)
            .with_probability(0.3, 7)
            .for_operation("listChatThreads"),
        json!({"kind": "status", "status": 503, "probability": 0.3, "seed": 7, "operation": "listChatThreads"}),
        |world, _| assert_eq!(statuses(world, 60), expected),
    );
}

fn mix() -> FaultMix {
    FaultMix::new(0.5, 11)
        .add(3, Fault::status(503).for_operation("listChatThreads"))
        .add(1, Fault::status(429).for_operation("listChatThreads"))
        .add(9, Fault::status(500).for_operation("sendChatMessage"))
}

#[test]
fn a_mix_draws_one_of_its_faults_by_weight_of_those_that_can_befall_the_operation() {
    let expected = sequence(mix());
    for status in [200, 429, 503] {
        assert!(expected.contains(&status), "{expected:?}");
    }
    assert!(!expected.contains(&500), "{expected:?}");
    let count = |status| expected.iter().filter(|other| **other == status).count();
    assert!(count(503) > count(429), "{expected:?}");
    let document = json!({
        "probability": 0.5,
        "seed": 11,
        "mix": [
            {"weight": 3, "fault": {"kind": "status", "status": 503, "operation": "listChatThreads"}},
            {"fault": {"kind": "status", "status": 429, "operations": ["listChatThreads"]}},
            {"weight": 9, "fault": {"kind": "status", "status": 500, "operation": "sendChatMessage"}},
        ],
    });
    both_ways(mix(), document, |world, _| {
        assert_eq!(statuses(world, 60), expected)
    });
}

#[test]
fn a_probability_of_one_always_hits_and_of_zero_never() {
    assert_eq!(
        sequence(
            Fault::status(503)
                .with_probability(0.0, 1)
                .for_operation("listChatThreads")
        ),
        [200; 60]
    );
    assert_eq!(
        sequence(
            Fault::status(503)
                .with_probability(1.0, 1)
                .for_operation("listChatThreads")
        ),
        [503; 60]
    );
}

#[test]
fn a_chance_may_end_after_some_hits() {
    let fault = Fault::status(503)
        .with_probability(0.5, 3)
        .times(2)
        .for_operation("listChatThreads");
    let hits = sequence(fault)
        .iter()
        .filter(|status| **status == 503)
        .count();
    assert_eq!(hits, 2);
}

#[test]
fn whoever_is_hit_by_what_the_journal_knows_what_is_stored() {
    const TASKS: usize = 8;
    const MESSAGES: usize = 25;

    let world = World::new();
    let chat = world.chat();
    let mix = FaultMix::new(0.5, 5)
        .add(2, Fault::status(503))
        .add(1, Fault::status(500).carried_out())
        .add(2, Fault::reset_before_execution())
        .add(2, Fault::reset_after_execution())
        .add(1, Fault::reset_mid_body())
        .add(1, Fault::executed_late(Duration::from_secs(3600)));
    world.emulator.inject(mix).unwrap();
    let answered: Vec<String> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let (world, chat) = (&world, &chat);
                scope.spawn(move || {
                    let contents = (0..MESSAGES).map(|number| format!("{task}-{number}"));
                    let answered = |content: &String| {
                        let reply = world.send_message(chat, content);
                        reply.status() == Some(201) && reply.end == End::Orderly
                    };
                    contents.filter(answered).collect::<Vec<_>>()
                })
            })
            .collect();
        tasks
            .into_iter()
            .flat_map(|task| task.join().unwrap())
            .collect()
    });
    assert!(
        answered.len() < TASKS * MESSAGES * 3 / 4,
        "{}",
        answered.len()
    );
    world.emulator.clear_faults();
    world.emulator.advance_clock(Duration::from_secs(3600));

    let mut carried_out: Vec<String> = world
        .emulator
        .journal()
        .iter()
        .filter(|entry| entry.carried_out())
        .filter(|entry| entry.operation() == Some(ChatOperation::SendChatMessage.into()))
        .map(|entry| {
            let body: Value = serde_json::from_str(entry.body().unwrap()).unwrap();
            body["content"].as_str().unwrap().to_owned()
        })
        .collect();
    let call = format!("GET {}/messages?maxPageSize=200", chat.thread);
    let mut page = world.call(&chat.user, &call, Value::Null).expect(200);
    let mut stored = contents(&page);
    while page["nextLink"].is_string() {
        page = world.follow(&chat.user, &page["nextLink"]).expect(200);
        stored.extend(contents(&page));
    }
    stored.sort();
    carried_out.sort();
    assert_eq!(stored, carried_out);
    assert!(answered.iter().all(|content| stored.contains(content)));
    assert!(stored.len() > answered.len());
}

#[test]
fn the_first_injected_fault_strikes_first() {
    let world = World::new();
    let two = [Fault::status(503), Fault::status(500)];
    for fault in two {
        world
            .emulator
            .inject(fault.for_operation("listChatThreads").times(1))
            .unwrap();
    }
    assert_eq!(statuses(&world, 3), [503, 500, 200]);
}

#[test]
fn a_removed_fault_no_longer_strikes() {
    let world = World::new();
    let fault = Fault::status(503).for_operation("listChatThreads");
    let (first, second) = (
        world.emulator.inject(fault.clone()).unwrap(),
        world.emulator.inject(fault).unwrap(),
    );
    assert_ne!(first, second);
    assert!(world.emulator.remove_fault(first));
    assert!(!world.emulator.remove_fault(first));
    assert_eq!(statuses(&world, 1), [503]);
    assert!(world.emulator.remove_fault(second));
    assert_eq!(statuses(&world, 1), [200]);
}

#[test]
fn faults_that_make_no_sense_are_refused_with_the_reason() {
    let world = World::new();
    let refused: [(FaultMix, &str); 12] = [
        (Fault::status(99).into(), "status"),
        (Fault::status(600).into(), "status"),
        (
            Fault::status(500).with_probability(1.5, 0).into(),
            "probability",
        ),
        (
            Fault::status(500).with_probability(f64::NAN, 0).into(),
            "probability",
        ),
        (Fault::status(500).times(0).into(), "times"),
        (
            Fault::status(500).for_operation("sendMessage").into(),
            "sendMessage",
        ),
        (
            Fault::empty_page().for_operation("sendChatMessage").into(),
            "sendChatMessage",
        ),
        (
            Fault::empty_page().wrong_content_length().into(),
            "content length",
        ),
        (
            Fault::reset_mid_body()
                .retry_after(std::time::Duration::ZERO)
                .into(),
            "retry-after",
        ),
        (Fault::foreign_next_link_to("example.com").into(), "origin"),
        (FaultMix::new(0.5, 1), "mix"),
        (FaultMix::new(0.5, 1).add(0, Fault::status(500)), "weight"),
    ];
    for (fault, reason) in refused {
        let error = world.emulator.inject(fault.clone()).unwrap_err();
        assert!(error.to_string().contains(reason), "{fault:?}: {error}");
    }
    assert_eq!(statuses(&world, 1), [200]);
}
