//! Notifications: what of, for whom, and what they say.

use std::time::Duration;

use chat_emulator::NotificationOutcome;
use serde_json::{Value, json};

use crate::client::{Client, Socket, json_of};
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

/// Bob, who is told of everything in order: once he is, it has been decided who else is.
async fn witness(world: &World) -> Socket {
    Client::new(world, &world.user("bob")).start().await.1
}

#[tokio::test]
async fn nothing_is_notified_before_the_registration_and_after_it_was_withdrawn() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice"), world.user("bob"));
    let thread = world.thread(&[(&alice, "Alice"), (&bob, "Bob")]).await;
    let mut witness = witness(&world).await;
    let client = Client::new(&world, &alice);
    let allocation = client.allocated().await;
    let mut socket = client.connect(&allocation).await;
    let indicators = socket.loss().await;
    socket.acknowledge_loss(1, &indicators).await;
    world.send(&alice, &thread, "too early").await;
    witness.notification().await;
    client.registered(&allocation).await;
    world.send(&alice, &thread, "in time").await;
    let notification = socket.notification().await;
    assert_eq!(notification.name, "chatMessageReceived");
    assert_eq!(notification.body["messageBody"], "in time");

    let withdrawn = client.unregister().await;
    assert_eq!(withdrawn.status(), 202);
    world.send(&alice, &thread, "too late").await;
    witness.notification().await;
    let last = witness.notification().await;
    assert_eq!(last.body["messageBody"], "too late");
    socket.ping(2).await;
    let hers = world.emulator.notifications().of(&alice.id).entries();
    assert_eq!(hers.len(), 1);
}

#[tokio::test]
async fn each_who_takes_part_is_told_with_its_own_id_and_nobody_else() {
    let world = World::new().await;
    let people = ["alice", "bob", "carol"].map(|name| world.user(name));
    let [alice, bob, _] = &people;
    let thread = world.thread(&[(alice, "Alice"), (bob, "Bob")]).await;
    let mut sockets = Vec::new();
    for user in &people {
        sockets.push(Client::new(&world, user).start().await.1);
    }
    world.send(alice, &thread, "hello").await;
    for (user, socket) in people.iter().zip(&mut sockets).take(2) {
        let body = socket.notification().await.body;
        assert_eq!(body["recipientMri"], user.id);
        assert_eq!(body["recipientId"], user.id.strip_prefix("8:").unwrap());
        assert_eq!(body["senderId"], alice.id);
    }
    sockets[2].ping(2).await;
}

#[tokio::test]
async fn who_reads_is_not_told_of_it_and_who_is_removed_is() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice"), world.user("bob"));
    let thread = world.thread(&[(&alice, "Alice"), (&bob, "Bob")]).await;
    let message = world.send(&alice, &thread, "hello").await;
    let (_, mut socket) = Client::new(&world, &bob).start().await;
    let receipt = json!({"chatMessageId": message});
    let path = format!("{thread}/readReceipts");
    world.call(&bob, "POST", &path, receipt).await;
    let who = json!({"communicationUser": {"id": bob.id}});
    let path = format!("{thread}/participants/:remove");
    world.call(&alice, "POST", &path, who).await;
    let (_, mut hers) = Client::new(&world, &alice).start().await;
    world.send(&alice, &thread, "among ourselves").await;
    hers.notification().await;
    let notification = socket.notification().await;
    assert_eq!(notification.name, "participantsRemoved");
    socket.ping(2).await;
}

#[tokio::test]
async fn two_clients_of_one_user_are_both_told() {
    let world = World::new().await;
    let alice = world.user("alice");
    let thread = world.thread(&[(&alice, "Alice")]).await;
    let (_, mut one) = Client::new(&world, &alice).start().await;
    let (_, mut other) = Client::new(&world, &alice).start().await;
    world.send(&alice, &thread, "hello").await;
    for socket in [&mut one, &mut other] {
        assert_eq!(socket.notification().await.body["messageBody"], "hello");
    }
    assert_eq!(world.emulator.notifications().entries().len(), 2);
}

#[tokio::test]
async fn nothing_is_told_once_the_registration_has_ended_and_a_renewal_keeps_it() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice"), world.user("bob"));
    let thread = world.thread(&[(&alice, "Alice"), (&bob, "Bob")]).await;
    let client = Client::new(&world, &alice);
    let (allocation, mut socket) = client.start().await;
    let almost_two_hours = Duration::from_secs(7_190);
    world.emulator.advance_clock(almost_two_hours);
    client.registered(&allocation).await;
    world.emulator.advance_clock(almost_two_hours);
    let mut witness = witness(&world).await;
    world.send(&alice, &thread, "in time").await;
    assert_eq!(socket.notification().await.body["messageBody"], "in time");
    world.emulator.advance_clock(Duration::from_secs(11));
    let hers = world.emulator.notifications().of(&alice.id);
    assert_eq!(hers.registrations(), 0);
    world.send(&alice, &thread, "too late").await;
    witness.notification().await;
    let last = witness.notification().await;
    assert_eq!(last.body["messageBody"], "too late");
    socket.ping(2).await;
    assert_eq!(hers.entries().len(), 1);
    // The connection itself stays, and another registration is as good as the first.
    client.registered(&allocation).await;
    world.send(&alice, &thread, "again").await;
    assert_eq!(socket.notification().await.body["messageBody"], "again");
}

#[tokio::test]
async fn threads_of_more_than_20_are_told_of_messages_and_not_of_typing_and_receipts() {
    let names: Vec<_> = (0..21).map(|number| format!("user{number}")).collect();
    let users: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
    let world = World::of(&json!({"users": users})).await;
    let users: Vec<_> = names.iter().map(|name| world.user(name)).collect();
    let people: Vec<_> = users.iter().map(|user| (user, "someone")).collect();
    let thread = world.thread(&people).await;
    let (_, mut socket) = Client::new(&world, &users[0]).start().await;
    let message = world.send(&users[1], &thread, "hello").await;
    let typing = format!("{thread}/typing");
    world.call(&users[1], "POST", &typing, Value::Null).await;
    let receipt = json!({"chatMessageId": message});
    let receipts = format!("{thread}/readReceipts");
    world.call(&users[1], "POST", &receipts, receipt).await;
    world.send(&users[1], &thread, "last").await;
    for content in ["hello", "last"] {
        assert_eq!(socket.notification().await.body["messageBody"], content);
    }
    assert_eq!(world.emulator.notifications().entries().len(), 2);
}
