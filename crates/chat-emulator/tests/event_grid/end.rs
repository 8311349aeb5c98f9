//! How an emulator ends that delivers events.

use std::time::{Duration, Instant};

use crate::scene::{Scene, contents, messages};
use crate::webhook::{Reply, Webhook};

#[tokio::test]
async fn what_has_happened_is_delivered_before_it_ends() {
    let webhook = Webhook::start().await;
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    for number in 0..50 {
        scene.send(&number.to_string()).await;
    }
    scene.emulator.shutdown().await;
    let deliveries = webhook.delivered(50).await;
    let events: Vec<_> = deliveries.iter().flat_map(|d| d.events()).collect();
    let mut numbers: Vec<u32> = contents(&events)
        .iter()
        .map(|n| n.parse().unwrap())
        .collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..50));
}

#[tokio::test]
async fn what_waits_for_another_attempt_does_not_keep_it_from_ending() {
    let webhook = Webhook::start().await;
    webhook.answer_deliveries(&[Reply::Status(500)]);
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    scene.send("hello").await;
    scene.until(|status| status.failed_attempts == 1).await;
    let begin = Instant::now();
    scene.emulator.shutdown().await;
    assert!(begin.elapsed() < Duration::from_secs(5));
    webhook.delivered(1).await;
}

#[tokio::test]
async fn dropping_it_waits_for_no_webhook() {
    let webhook = Webhook::start().await;
    webhook.answer_deliveries(&[Reply::Never]);
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    scene.send("hello").await;
    webhook.delivered(1).await;
    let begin = Instant::now();
    drop(scene);
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn after_the_end_of_a_subscription_nothing_is_delivered() {
    let webhook = Webhook::start().await;
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    scene.send("one").await;
    webhook.delivered(1).await;
    assert!(scene.emulator.unsubscribe_event_grid());
    assert!(!scene.emulator.unsubscribe_event_grid());
    scene.send("two").await;
    assert_eq!(scene.emulator.event_grid(), None);
    scene.emulator.shutdown().await;
    webhook.delivered(1).await;
}

#[tokio::test]
async fn a_reset_forgets_events_and_keeps_the_subscription() {
    let webhook = Webhook::start().await;
    webhook.answer_deliveries(&[Reply::Status(500), Reply::Status(400)]);
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    for (failures, content) in [(1, "waits"), (2, "given up")] {
        scene.send(content).await;
        scene
            .until(|status| status.failed_attempts == failures)
            .await;
    }
    assert_eq!(
        (scene.status().waiting, scene.status().dead_lettered),
        (1, 1)
    );
    scene.emulator.reset();
    let status = scene.status();
    assert_eq!(
        (status.waiting, status.dead_lettered, status.published),
        (0, 0, 0)
    );
    assert!(scene.emulator.dead_letters().is_empty());
    scene.send("new").await;
    let deliveries = webhook.delivered(3).await;
    assert_eq!(contents(&deliveries[2].events()), ["new"]);
}
