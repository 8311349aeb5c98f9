//! What comes before all events.

use std::time::Duration;

use chat_emulator::{Emulator, EventGridSchema, EventGridState, EventGridSubscription};

use crate::scene::{SCHEMAS, Scene, contents, messages};
use crate::webhook::{Reply, Webhook};

#[tokio::test]
async fn events_come_after_a_validation_event_whose_code_was_sent_back() {
    let webhook = Webhook::start().await;
    let scene = Scene::subscribed(&webhook, messages(&webhook)).await;
    scene.send("hello").await;
    webhook.delivered(1).await;
    let received = webhook.received();
    let [handshake, delivery] = &received[..] else {
        panic!("{received:?}");
    };
    for request in [handshake, delivery] {
        assert_eq!(request.method, "POST");
        assert_eq!(request.target, "/hooks/chat?code=s3cret");
        assert_eq!(
            request.header("content-type"),
            Some("application/json; charset=utf-8")
        );
        assert_eq!(
            request.header("aeg-subscription-name"),
            Some("CHAT-EMULATOR")
        );
        assert_eq!(request.header("aeg-delivery-count"), Some("0"));
        assert_eq!(request.header("aeg-metadata-version"), Some("1"));
    }
    assert_eq!(
        handshake.header("aeg-event-type"),
        Some("SubscriptionValidation")
    );
    assert_eq!(delivery.header("aeg-event-type"), Some("Notification"));
    assert_eq!(delivery.header("aeg-data-version"), Some("1.0"));
    let [event] = &handshake.events()[..] else {
        panic!("{handshake:?}");
    };
    assert_eq!(
        event["eventType"],
        "Microsoft.EventGrid.SubscriptionValidationEvent"
    );
    assert!(event["data"]["validationCode"].is_string());
    assert!(delivery.body.is_array());
}

#[tokio::test]
async fn cloud_events_come_after_an_options_request_whose_origin_was_allowed() {
    let webhook = Webhook::start().await;
    let subscription = messages(&webhook).schema(EventGridSchema::CloudEvents);
    let scene = Scene::subscribed(&webhook, subscription).await;
    scene.send("hello").await;
    webhook.delivered(1).await;
    let received = webhook.received();
    let [handshake, delivery] = &received[..] else {
        panic!("{received:?}");
    };
    assert_eq!(handshake.method, "OPTIONS");
    assert_eq!(
        handshake.header("webhook-request-origin"),
        Some("eventgrid.azure.net")
    );
    assert_eq!(delivery.method, "POST");
    assert_eq!(
        delivery.header("content-type"),
        Some("application/cloudevents+json; charset=utf-8")
    );
    assert!(delivery.header("aeg-data-version").is_none());
    assert_eq!(delivery.body["specversion"], "1.0");
}

#[tokio::test]
async fn a_webhook_that_refuses_the_handshake_gets_nothing() {
    for schema in SCHEMAS {
        // Neither a code nor an allowed origin is in these.
        for status in [200, 202, 400, 404] {
            let webhook = Webhook::start().await;
            webhook.answer_handshakes(&[Reply::Status(status)]);
            let subscription = EventGridSubscription::new(&webhook.url).schema(schema);
            let scene = Scene::set(Emulator::builder().event_grid(subscription)).await;
            scene.send("before it is known").await;
            scene
                .until(|status| status.state == EventGridState::Refused)
                .await;
            scene.send("after").await;
            scene.emulator.advance_clock(Duration::from_secs(3600));
            assert!(scene.status().refusal.is_some());
            assert_eq!((scene.status().waiting, scene.status().delivered), (0, 0));
            scene.emulator.shutdown().await;
            assert_eq!(webhook.received().len(), 1, "{schema:?} {status}");
        }
    }
}

#[tokio::test]
async fn nobody_hears_of_what_was_there_before() {
    let webhook = Webhook::start().await;
    // The seed has a thread of two users.
    let scene = Scene::set(Emulator::builder().event_grid(webhook.url.as_str())).await;
    scene
        .until(|status| status.state == EventGridState::Active)
        .await;
    assert_eq!(scene.status().published, 0);
    scene.send("hello").await;
    scene.emulator.shutdown().await;
    assert_eq!(webhook.delivered(2).await.len(), 2);
}

#[tokio::test]
async fn a_webhook_that_still_starts_is_asked_again_and_then_gets_what_has_happened() {
    for schema in SCHEMAS {
        let webhook = Webhook::start().await;
        webhook.answer_handshakes(&[Reply::Status(503), Reply::Status(500)]);
        let subscription = messages(&webhook).schema(schema);
        let scene = Scene::set(Emulator::builder()).await;
        scene.emulator.subscribe_event_grid(subscription).unwrap();
        scene.send("hello").await;
        scene.until(|status| status.waiting == 1).await;
        assert_eq!(scene.status().state, EventGridState::Validating);
        for failures in [1, 2] {
            scene
                .until(|status| status.failed_handshakes == failures)
                .await;
            scene.emulator.advance_clock(Duration::from_secs(5));
        }
        let deliveries = webhook.delivered(1).await;
        assert_eq!(contents(&deliveries[0].events()), ["hello"]);
        scene
            .until(|status| status.state == EventGridState::Active)
            .await;
    }
}
