//! The subscription over the control API.

use chat_emulator::Emulator;
use serde_json::{Value, json};

use crate::scene::{SENT, Scene, contents};
use crate::webhook::{Reply, Webhook};

#[tokio::test]
async fn a_webhook_is_subscribed_and_shown_and_unsubscribed_over_the_control_api() {
    let webhook = Webhook::start().await;
    webhook.answer_deliveries(&[Reply::Status(400)]);
    let scene = Scene::set(Emulator::builder().control_port(0)).await;
    let none = json!({ "subscription": null });
    assert_eq!(
        scene.control("GET", "event-grid", None).await,
        (200, none.clone())
    );
    let subscription = json!({
        "endpointUrl": webhook.url,
        "eventDeliverySchema": "CloudEventSchemaV1_0",
        "maxEventsPerBatch": 5,
        "preferredBatchSizeInKilobytes": 16,
        "maxDeliveryAttempts": 3,
        "eventTimeToLiveInMinutes": 60,
        "includedEventTypes": [SENT],
        "deliveryHeaders": [{ "name": "x-secret", "value": "s3cret" }],
    });
    let (status, shown) = scene.control("PUT", "event-grid", Some(subscription)).await;
    assert_eq!(status, 200);
    assert_eq!(shown["subscription"]["state"], "validating");
    scene.send("hello").await;
    scene.until(|status| status.dead_lettered == 1).await;
    let (_, shown) = scene.control("GET", "event-grid", None).await;
    let endpoint = webhook.url.strip_suffix("?code=s3cret").unwrap();
    let expected = json!({ "subscription": {
        "endpoint": endpoint,
        "eventDeliverySchema": "CloudEventSchemaV1_0",
        "state": "active",
        "refusal": null,
        "failedHandshakes": 0,
        "published": 1,
        "delivered": 0,
        "waiting": 0,
        "failedAttempts": 1,
        "lost": 0,
        "deadLettered": 1,
    }});
    assert_eq!(shown, expected);

    let (_, letters) = scene.control("GET", "event-grid/dead-letters", None).await;
    let letters = letters["deadLetters"].as_array().unwrap();
    assert_eq!(contents(letters), ["hello"]);
    assert_eq!(letters[0]["lasthttpstatuscode"], 400);
    assert_eq!(
        scene
            .control("DELETE", "event-grid/dead-letters", None)
            .await
            .0,
        204
    );
    let (_, letters) = scene.control("GET", "event-grid/dead-letters", None).await;
    assert_eq!(letters, json!({ "deadLetters": [] }));

    assert_eq!(scene.control("DELETE", "event-grid", None).await.0, 204);
    assert_eq!(scene.control("DELETE", "event-grid", None).await.0, 404);
    assert_eq!(scene.control("GET", "event-grid", None).await, (200, none));
}

#[tokio::test]
async fn a_subscription_that_makes_no_sense_is_refused_and_changes_nothing() {
    let webhook = Webhook::start().await;
    let scene = Scene::set(Emulator::builder().control_port(0)).await;
    scene
        .emulator
        .subscribe_event_grid(webhook.url.as_str())
        .unwrap();
    for wrong in [
        json!({}),
        json!({ "endpointUrl": "ftp://s3cret/" }),
        json!({ "endpointUrl": webhook.url, "maxEventsPerBatch": 0 }),
        json!({ "endpointUrl": webhook.url, "eventDeliverySchema": "CustomInputSchema" }),
        json!({ "endpointUrl": webhook.url, "includedEventTypes": ["s"] }),
        json!({ "endpointUrl": webhook.url, "more": 1 }),
    ] {
        let (status, answer) = scene.control("PUT", "event-grid", Some(wrong)).await;
        assert_eq!(status, 400);
        assert!(answer["error"]["message"].is_string());
        assert!(!answer.to_string().contains("s3cret"), "{answer}");
    }
    let (_, shown) = scene.control("GET", "event-grid", None).await;
    assert_ne!(shown["subscription"], Value::Null);
}
