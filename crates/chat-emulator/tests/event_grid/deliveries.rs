//! Deliveries that fail, and what becomes of their events.

use std::time::Duration;

use chat_emulator::EventGridSchema;
use serde_json::Value;

use crate::scene::{Scene, contents, messages};
use crate::webhook::{Reply, Webhook};

#[tokio::test]
async fn a_failed_delivery_is_repeated_by_the_clock_of_the_emulator() {
    let webhook = Webhook::start().await;
    webhook.answer_deliveries(&[500, 429, 302, 404].map(Reply::Status));
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    scene.send("hello").await;
    // As documented, and not a second earlier.
    for (failures, pause) in [(1, 10), (2, 30), (3, 60), (4, 300)] {
        scene
            .until(|status| status.failed_attempts == failures)
            .await;
        scene.emulator.advance_clock(Duration::from_secs(pause));
    }
    let deliveries = webhook.delivered(5).await;
    let counts = deliveries
        .iter()
        .map(|delivery| delivery.header("aeg-delivery-count"));
    assert!(counts.eq(["0", "1", "2", "3", "4"].map(Some)));
    // It is the same event each time.
    assert!(
        deliveries
            .iter()
            .all(|delivery| delivery.body == deliveries[0].body)
    );
    scene.until(|status| status.delivered == 1).await;
    assert_eq!(
        (scene.status().waiting, scene.status().dead_lettered),
        (0, 0)
    );
}

#[tokio::test]
async fn some_answers_make_dead_letters_at_once() {
    for (status, reason) in [
        (400, "UndeliverableDueToHttpBadRequest"),
        (401, "UndeliverableDueToHttpUnauthorized"),
        (403, "UndeliverableDueToHttpForbidden"),
        (413, "UndeliverableDueToHttpPayloadTooLarge"),
    ] {
        let webhook = Webhook::start().await;
        webhook.answer_deliveries(&[Reply::Status(status)]);
        let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
        scene.send("hello").await;
        scene.until(|status| status.dead_lettered == 1).await;
        scene.emulator.advance_clock(Duration::from_secs(12 * 3600));
        let letters = scene.emulator.dead_letters();
        assert_eq!(contents(&letters), ["hello"]);
        assert_eq!(letters[0]["deadLetterReason"], reason);
        assert_eq!(letters[0]["lastHttpStatusCode"], status);
        // What was refused does not keep others from coming.
        scene.send("next").await;
        let deliveries = webhook.delivered(2).await;
        assert_eq!(contents(&deliveries[1].events()), ["next"]);
    }
}

#[tokio::test]
async fn an_event_that_nobody_takes_is_a_dead_letter_after_the_last_attempt() {
    let webhook = Webhook::start().await;
    webhook.answer_deliveries(&[Reply::Status(503), Reply::Status(503)]);
    let subscription = messages(&webhook).max_delivery_attempts(2);
    let subscription = subscription.schema(EventGridSchema::CloudEvents);
    let scene = Scene::subscribed(&webhook, subscription).await;
    scene.send("hello").await;
    scene.until(|status| status.failed_attempts == 1).await;
    scene.emulator.advance_clock(Duration::from_secs(30));
    scene.until(|status| status.dead_lettered == 1).await;
    let letters = scene.emulator.dead_letters();
    assert_eq!(
        letters[0]["deadletterreason"],
        "MaxDeliveryAttemptsExceeded"
    );
    assert_eq!(letters[0]["deliveryattempts"], 2);
    assert_eq!(letters[0]["lastdeliveryoutcome"], "Busy");
    webhook.delivered(2).await;
}

#[tokio::test]
async fn events_that_wait_come_in_one_delivery_where_that_is_asked_for() {
    for schema in crate::scene::SCHEMAS {
        let webhook = Webhook::start().await;
        webhook.answer_handshakes(&[Reply::Status(503)]);
        let subscription = messages(&webhook).max_events_per_batch(2).schema(schema);
        let scene = Scene::set(chat_emulator::Emulator::builder()).await;
        scene.emulator.subscribe_event_grid(subscription).unwrap();
        for content in ["one", "two", "three"] {
            scene.send(content).await;
        }
        scene.until(|status| status.waiting == 3).await;
        scene.until(|status| status.failed_handshakes == 1).await;
        scene.emulator.advance_clock(Duration::from_secs(5));
        let deliveries = webhook.delivered(2).await;
        let mut sizes: Vec<_> = deliveries.iter().map(|d| d.events().len()).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 2]);
        assert!(deliveries.iter().all(|delivery| delivery.body.is_array()));
        let expected = match schema {
            EventGridSchema::CloudEvents => "application/cloudevents-batch+json; charset=utf-8",
            _ => "application/json; charset=utf-8",
        };
        assert_eq!(deliveries[0].header("content-type"), Some(expected));
    }
}

#[tokio::test]
async fn a_subscription_has_only_the_types_it_asks_for_and_its_headers() {
    let webhook = Webhook::start().await;
    let subscription = messages(&webhook)
        .include("Microsoft.Communication.ChatMessageReceived")
        .delivery_header("x-secret", "s3cret");
    let scene = Scene::subscribed(&webhook, subscription).await;
    scene.send("hello").await;
    let deliveries = webhook.delivered(2).await;
    let mut types: Vec<_> = deliveries
        .iter()
        .flat_map(|delivery| delivery.events())
        .map(|event| event["eventType"].as_str().unwrap().to_owned())
        .collect();
    types.sort_unstable();
    assert_eq!(
        types,
        [
            "Microsoft.Communication.ChatMessageReceived",
            "Microsoft.Communication.ChatMessageReceivedInThread"
        ]
    );
    assert!(
        deliveries
            .iter()
            .all(|delivery| delivery.header("x-secret") == Some("s3cret"))
    );
    assert!(webhook.handshakes(1).await[0].header("x-secret").is_none());
    let recipients = deliveries.iter().filter(|delivery| {
        delivery.events()[0]["data"]["recipientCommunicationIdentifier"] != Value::Null
    });
    assert_eq!(recipients.count(), 1);
}
