//! What is in the query of an endpoint is shown nowhere.

use chat_emulator::{Emulator, EventGridSubscription};

use crate::scene::Scene;
use crate::webhook::{Reply, Webhook};

#[tokio::test]
async fn nothing_that_an_emulator_shows_has_the_query_of_the_endpoint_or_a_header() {
    let webhook = Webhook::start().await;
    webhook.answer_deliveries(&[Reply::Status(400); 9]);
    let subscription = EventGridSubscription::new(&webhook.url).delivery_header("key", "s3cret");
    let builder = Emulator::builder()
        .control_port(0)
        .event_grid(subscription.clone());
    let mut shown = format!("{subscription:?} {builder:?}");
    let scene = Scene::set(builder).await;
    scene.send("hello").await;
    scene.until(|status| status.dead_lettered == 2).await;
    shown += &format!("{:?} {:?}", scene.emulator, scene.status());
    for path in ["event-grid", "event-grid/dead-letters", "journal", "faults"] {
        shown += &scene.control("GET", path, None).await.1.to_string();
    }
    assert!(shown.contains("/hooks/chat"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
    for request in webhook.received() {
        assert_eq!(request.target, "/hooks/chat?code=s3cret");
    }
}
