//! Notifications: what of, for whom, and what they say.

use chat_emulator::NotificationOutcome;
use serde_json::json;

use crate::client::{Client, json_of};
use crate::world::World;

#[tokio::test]
async fn a_message_is_notified_to_who_is_registered_and_the_answer_is_known() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice"), world.user("bob"));
    let thread = world.thread(&[(&alice, "Alice"), (&bob, "Bob")]).await;
    let client = Client::new(&world, &bob);
    let configuration = client.configuration("chat/config/realTimeNotifications");
    let configuration = json_of(configuration.await).await;
    let origin = world.emulator.endpoint().trim_end_matches('/');
    assert_eq!(configuration["trouterServiceUrl"], origin);
    assert_eq!(
        configuration["registrarServiceUrl"],
        format!("{origin}/registrar/prod")
    );
    let (allocation, mut socket) = client.start().await;

    let message = world.send(&alice, &thread, "hello \u{fffd} \"ü😀\"").await;
    let notification = socket.notification().await;
    socket.answer(notification.id, 200).await;
    socket.ping(2).await;

    let body = &notification.body;
    let expected = json!({
        "eventId": 200,
        "senderId": alice.id,
        "recipientId": bob.id.strip_prefix("8:").unwrap(),
        "recipientMri": bob.id,
        "transactionId": body["transactionId"],
        "groupId": thread.strip_prefix("chat/threads/").unwrap(),
        "messageId": message,
        "collapseId": body["collapseId"],
        "messageType": "Text",
        "messageBody": "hello \u{fffd} \"ü😀\"",
        "senderDisplayName": "Alice",
        "clientMessageId": "",
        "originalArrivalTime": body["originalArrivalTime"],
        "priority": "",
        "version": message,
        "acsChatMessageMetadata": "null",
    });
    assert_eq!(*body, expected);
    let path = allocation["url"].as_str().unwrap();
    let path = path.strip_prefix(origin).unwrap();
    let url = format!("{path}chatMessageReceived");
    assert_eq!(notification.request["url"], url);
    assert_eq!(notification.request["method"], "POST");

    let entries = world.emulator.notifications().entries();
    let [entry] = &entries[..] else {
        panic!("{entries:?}");
    };
    assert_eq!(entry.name(), "chatMessageReceived");
    assert_eq!(entry.recipient(), bob.id);
    let answered = NotificationOutcome::Answered { status: 200 };
    assert_eq!(entry.outcome(), answered);
}

#[tokio::test]
async fn nothing_is_notified_before_the_registration_and_after_it_was_withdrawn() {
    let world = World::new().await;
    let alice = world.user("alice");
    let thread = world.thread(&[(&alice, "Alice")]).await;
    let client = Client::new(&world, &alice);
    let allocation = client.allocated().await;
    let mut socket = client.connect(&allocation).await;
    let indicators = socket.loss().await;
    socket.acknowledge_loss(1, &indicators).await;
    world.send(&alice, &thread, "too early").await;
    client.registered(&allocation).await;
    world.send(&alice, &thread, "in time").await;
    let notification = socket.notification().await;
    assert_eq!(notification.name, "chatMessageReceived");
    assert_eq!(notification.body["messageBody"], "in time");

    let withdrawn = client.unregister().await;
    assert_eq!(withdrawn.status(), 202);
    world.send(&alice, &thread, "too late").await;
    socket.ping(2).await;
    assert_eq!(world.emulator.notifications().entries().len(), 1);
}
