//! Faults that hit some requests and spare others, by a seed.

use chat_emulator::{Fault, FaultMix};
use serde_json::{Value, json};

use crate::world::{World, both_ways};

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
