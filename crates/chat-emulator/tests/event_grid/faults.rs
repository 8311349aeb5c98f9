//! Events that are lost, doubled, out of order or late.

use std::time::Duration;

use chat_emulator::{Emulator, Fault, FaultMix};
use serde_json::json;

use crate::scene::{Scene, contents, messages};
use crate::webhook::Webhook;

#[tokio::test]
async fn a_lost_event_never_comes_and_counts_as_nothing_else() {
    let webhook = Webhook::start().await;
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    scene.emulator.inject(Fault::lost_event().times(1)).unwrap();
    for content in ["lost", "found"] {
        scene.send(content).await;
    }
    let deliveries = webhook.delivered(1).await;
    assert_eq!(contents(&deliveries[0].events()), ["found"]);
    scene.until(|status| status.delivered == 1).await;
    let status = scene.status();
    assert_eq!((status.published, status.lost, status.waiting), (2, 1, 0));
    assert_eq!(status.dead_lettered, 0);
}

#[tokio::test]
async fn a_duplicated_event_comes_twice_with_the_same_id() {
    let webhook = Webhook::start().await;
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    scene
        .emulator
        .inject(Fault::duplicated_event().times(1))
        .unwrap();
    scene.send("hello").await;
    let deliveries = webhook.delivered(2).await;
    assert_eq!(deliveries[0].body, deliveries[1].body);
}

#[tokio::test]
async fn a_reordered_event_comes_after_the_next_one() {
    let webhook = Webhook::start().await;
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    scene
        .emulator
        .inject(Fault::reordered_event().times(1))
        .unwrap();
    for content in ["first", "second"] {
        scene.send(content).await;
    }
    let deliveries = webhook.delivered(2).await;
    let order = deliveries.iter().flat_map(|delivery| delivery.events());
    assert_eq!(contents(&order.collect::<Vec<_>>()), ["second", "first"]);
}

#[tokio::test]
async fn a_late_event_comes_when_the_clock_is_there() {
    let webhook = Webhook::start().await;
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    let late = Fault::late_event(Duration::from_secs(3600)).times(1);
    scene.emulator.inject(late).unwrap();
    for content in ["late", "in time"] {
        scene.send(content).await;
    }
    let deliveries = webhook.delivered(1).await;
    assert_eq!(contents(&deliveries[0].events()), ["in time"]);
    scene.emulator.advance_clock(Duration::from_secs(3600));
    let deliveries = webhook.delivered(2).await;
    assert_eq!(contents(&deliveries[1].events()), ["late"]);
}

#[tokio::test]
async fn faults_of_events_befall_no_requests_and_those_of_requests_no_events() {
    let webhook = Webhook::start().await;
    let subscription = messages(&webhook);
    let scene = Scene::subscribed(&webhook, subscription).await;
    let mix = FaultMix::new(1.0, 7).add(1, Fault::lost_event().times(2));
    scene.emulator.inject(mix).unwrap();
    scene
        .emulator
        .inject(Fault::status(503).for_operation("getChatMessage"))
        .unwrap();
    for content in ["one", "two", "three"] {
        scene.send(content).await;
    }
    let deliveries = webhook.delivered(1).await;
    assert_eq!(contents(&deliveries[0].events()), ["three"]);
    let wrong = Fault::lost_event().for_operation("sendChatMessage");
    assert!(scene.emulator.inject(wrong).is_err());
    let wrong = Fault::lost_event().delayed_by(Duration::from_secs(1));
    assert!(scene.emulator.inject(wrong).is_err());
    let wrong = Fault::late_event(Duration::from_secs(31 * 24 * 3600));
    assert!(scene.emulator.inject(wrong).is_err());
}

#[tokio::test]
async fn faults_of_events_are_injected_over_the_control_api_as_all_others() {
    let webhook = Webhook::start().await;
    let scene = Scene::set(Emulator::builder().control_port(0)).await;
    scene
        .emulator
        .subscribe_event_grid(messages(&webhook))
        .unwrap();
    for kind in ["lostEvent", "duplicatedEvent", "reorderedEvent"] {
        let fault = json!({ "kind": kind, "times": 3 });
        assert_eq!(scene.control("POST", "faults", Some(fault)).await.0, 201);
    }
    let fault = json!({ "kind": "lateEvent", "seconds": 60 });
    assert_eq!(scene.control("POST", "faults", Some(fault)).await.0, 201);
    scene.send("lost and late at once").await;
    scene.until(|status| status.lost == 1).await;
    let (_, listed) = scene.control("GET", "faults", None).await;
    let hits = |fault: &serde_json::Value| fault["hits"].as_u64();
    let listed = listed["faults"].as_array().unwrap();
    assert!(
        listed.iter().all(|fault| hits(fault) == Some(1)),
        "{listed:?}"
    );
    assert_eq!(listed.len(), 4);
}
