//! What goes over a connection besides notifications, and how it ends.

use chat_emulator::NotificationOutcome;
use serde_json::json;

use crate::client::{Client, json_of};
use crate::world::World;

#[tokio::test]
async fn every_event_that_asks_for_it_is_acknowledged_and_heartbeats_are_echoed() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let (_, mut socket) = client.start().await;
    socket.ping(2).await;
    let activity = json!({"name": "user.activity", "args": [{"state": "active", "cv": "x.1"}]});
    for (packet, expected) in [
        (format!("5:3+::{activity}"), "6:::3+[]"),
        (format!("5:4+::{}", json!({"name": "whatever"})), "6:::4+[]"),
        ("2::".to_owned(), "2::"),
    ] {
        socket.send(packet).await;
        assert_eq!(socket.packet().await, expected);
    }
}

#[tokio::test]
async fn what_is_no_packet_is_ignored() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let (_, mut socket) = client.start().await;
    for nonsense in [
        "",
        "hello",
        "9::",
        "3:::{",
        "3:::{\"id\":\"x\"}",
        "3:::{\"id\":1,\"status\":70000}",
        "5:1+::nothing",
        "5:x+::{\"name\":\"ping\"}",
        "7:::1+0",
    ] {
        socket.send(nonsense).await;
    }
    socket.ping(2).await;
    assert_eq!(world.emulator.notifications().entries(), []);
}

#[tokio::test]
async fn every_connection_begins_with_a_loss_until_it_is_acknowledged() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let allocation = client.allocated().await;
    let mut socket = client.connect(&allocation).await;
    let first = socket.loss().await;
    let indicator = &first["droppedIndicators"][0];
    assert_eq!(indicator["tag"], "");
    let etag = indicator["etag"].as_str().unwrap();
    assert!(etag.ends_with('Z') && etag.contains('T'), "{etag}");
    socket.acknowledge_loss(1, &first).await;

    let mut again = client.connect(&allocation).await;
    let second = again.loss().await;
    // An acknowledgement of what was lost before does not count.
    again.acknowledge_loss(1, &first).await;
    let mut other = second.clone();
    other["droppedIndicators"][0]["etag"] = json!("1970-01-01T00:00:00.000Z");
    again.acknowledge_loss(2, &other).await;
    again.acknowledge_loss(3, &second).await;
}

#[tokio::test]
async fn a_client_that_was_cut_off_comes_back_to_its_address_and_is_told_of_the_loss() {
    let world = World::new().await;
    let alice = world.user("alice");
    let thread = world.thread(&[(&alice, "Alice")]).await;
    let client = Client::new(&world, &alice);
    let (allocation, mut socket) = client.start().await;
    assert_eq!(world.emulator.notifications().cut(), 1);
    assert_eq!(socket.next().await, None);
    world.send(&alice, &thread, "lost").await;
    world.entries(1).await;

    let parameters = Some(&allocation["connectparams"]);
    let again = json_of(client.allocate(parameters).await).await;
    assert_eq!(again["surl"], allocation["surl"]);
    let mut socket = client.connect(&again).await;
    let indicators = socket.loss().await;
    socket.acknowledge_loss(1, &indicators).await;
    // The registration is to the same address, and is as good as before.
    world.send(&alice, &thread, "found").await;
    let notification = socket.notification().await;
    assert_eq!(notification.body["messageBody"], "found");
    let entries = world.emulator.notifications().entries();
    let outcomes: Vec<_> = entries.iter().map(|entry| entry.outcome()).collect();
    let expected = [NotificationOutcome::Lost, NotificationOutcome::Sent];
    assert_eq!(outcomes, expected);
}

#[tokio::test]
async fn who_is_connected_is_known_with_its_registration_and_its_last_answer_and_can_be_cut_alone()
{
    let world = World::new().await;
    let (alice, bob) = (world.user("alice"), world.user("bob"));
    let thread = world.thread(&[(&alice, "Alice")]).await;
    let begin = time::OffsetDateTime::now_utc() - time::Duration::seconds(5);
    let client = Client::new(&world, &alice);
    let (_, mut socket) = client.start().await;
    let bobs = Client::new(&world, &bob);
    let mut unregistered = bobs.connect(&bobs.allocated().await).await;
    let indicators = unregistered.loss().await;

    let notifications = || world.emulator.notifications();
    let clients = notifications().clients();
    let [first, second] = &clients[..] else {
        panic!("{clients:?}");
    };
    assert_eq!(
        (first.user(), second.user()),
        (alice.id.as_str(), bob.id.as_str())
    );
    assert!(first.connection() < second.connection());
    assert!(first.connected_on() >= begin && second.connected_on() >= first.connected_on());
    let until = first.registered_until().unwrap();
    let hours = (until - first.connected_on()).whole_minutes();
    assert!((119..=121).contains(&hours), "{hours} minutes");
    assert_eq!(second.registered_until(), None);
    assert!(!first.has_unacknowledged_loss() && second.has_unacknowledged_loss());
    assert_eq!(first.last_answer(), None);

    unregistered.acknowledge_loss(1, &indicators).await;
    world.send(&alice, &thread, "hello").await;
    let notification = socket.notification().await;
    socket.answer(notification.id, 404).await;
    socket.ping(9).await;
    let [first] = &notifications().of(alice.id.clone()).clients()[..] else {
        panic!("one of Alice");
    };
    let (at, status) = first.last_answer().unwrap();
    assert!(at >= first.connected_on());
    assert_eq!(status, 404);

    assert!(notifications().cut_one(first.connection()));
    assert_eq!(socket.next().await, None);
    unregistered.ping(2).await;
    while notifications().connections() > 1 {
        unregistered.ping(3).await;
    }
    let clients = notifications().clients();
    assert_eq!(clients.len(), 1);
    assert_eq!(clients[0].user(), bob.id);
    assert!(!clients[0].has_unacknowledged_loss());
    assert!(!notifications().cut_one(first.connection()));
}

#[tokio::test]
async fn of_two_connections_to_one_address_the_newer_one_is_notified_and_then_the_other() {
    let world = World::new().await;
    let alice = world.user("alice");
    let thread = world.thread(&[(&alice, "Alice")]).await;
    let client = Client::new(&world, &alice);
    let (allocation, mut old) = client.start().await;
    let mut new = client.connect(&allocation).await;
    let indicators = new.loss().await;
    new.acknowledge_loss(1, &indicators).await;
    world.send(&alice, &thread, "to the new one").await;
    let notification = new.notification().await;
    assert_eq!(notification.body["messageBody"], "to the new one");
    new.send("0::").await;
    assert_eq!(new.next().await, None);
    // It waits for nothing: the end of the new one has been taken before it was answered.
    while world.emulator.notifications().connections() > 1 {
        old.ping(2).await;
    }
    world.send(&alice, &thread, "to the old one").await;
    let notification = old.notification().await;
    assert_eq!(notification.body["messageBody"], "to the old one");
}

#[tokio::test]
async fn what_a_client_answers_is_known_and_what_it_leaves_unanswered() {
    let world = World::new().await;
    let alice = world.user("alice");
    let thread = world.thread(&[(&alice, "Alice")]).await;
    let client = Client::new(&world, &alice);
    let (_, mut socket) = client.start().await;
    for content in ["taken", "not understood", "too early", "ignored"] {
        world.send(&alice, &thread, content).await;
    }
    for status in [200, 404, 504] {
        let notification = socket.notification().await;
        socket.answer(notification.id, status).await;
        // A second answer changes nothing.
        socket.answer(notification.id, 500).await;
    }
    socket.notification().await;
    socket.ping(2).await;
    let outcomes = || {
        let entries = world.emulator.notifications().entries();
        let outcomes = entries.iter().map(|entry| entry.outcome());
        outcomes.collect::<Vec<_>>()
    };
    let answered = [200, 404, 504].map(|status| NotificationOutcome::Answered { status });
    let sent = NotificationOutcome::Sent;
    assert_eq!(outcomes(), [&answered[..], &[sent]].concat());
    socket.send("0::").await;
    assert_eq!(socket.next().await, None);
    while world.emulator.notifications().connections() > 0 {
        tokio::task::yield_now().await;
    }
    let unanswered = NotificationOutcome::Unanswered;
    assert_eq!(outcomes(), [&answered[..], &[unanswered]].concat());
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut_off() {
    let world = World::new().await;
    let alice = world.user("alice");
    let thread = world.thread(&[(&alice, "Alice")]).await;
    let client = Client::new(&world, &alice);
    let (_, mut socket) = client.start().await;
    let content = "x".repeat(25 * 1024);
    let notifications = world.emulator.notifications();
    // Until what is buffered on the way is full, and then what may wait.
    let mut sent = 0;
    while notifications.connections() == 1 {
        world.send(&alice, &thread, &content).await;
        sent += 1;
        assert!(sent < 2_000, "it is never cut off");
    }
    let mut read = 0;
    while socket.next().await.is_some() {
        read += 1;
    }
    assert!(read < sent, "{read} of {sent}");
}

#[tokio::test]
async fn an_emulator_that_ends_closes_its_sockets_and_one_that_is_reset_cuts_them() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let (allocation, mut socket) = client.start().await;
    world.emulator.reset();
    assert_eq!(socket.next().await, None);
    assert_eq!(world.emulator.notifications().registrations(), 0);
    assert_eq!(client.handshake(&allocation).await.status(), 403);

    let (_, mut socket) = client.start().await;
    let ended = tokio::spawn(async move { socket.next().await });
    world.emulator.shutdown().await;
    assert_eq!(ended.await.unwrap(), None);
}

#[tokio::test]
async fn polls_carry_what_a_socket_does() {
    let world = World::new().await;
    let alice = world.user("alice");
    let thread = world.thread(&[(&alice, "Alice")]).await;
    let client = Client::new(&world, &alice);
    let allocation = client.allocated().await;
    let session = client.session(&allocation).await;
    let url = client.session_url(&allocation, &format!("xhr-polling/{session}"));
    let poll = || async {
        let request = client.http.get(&url).header("x-skypetoken", &client.token);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.text().await.unwrap()
    };
    let post = |body: String| async {
        let request = client.http.post(&url).header("x-skypetoken", &client.token);
        request.body(body).send().await.unwrap().status().as_u16()
    };
    // There is nothing to post to before the first poll.
    assert_eq!(post("2::".to_owned()).await, 404);
    let greeting = poll().await;
    let packets: Vec<_> = greeting.split('\u{fffd}').collect();
    assert_eq!(packets[..3], ["", "3", "1::"]);
    assert!(packets[4].contains("trouter.connected"), "{greeting}");
    assert!(packets[6].contains("trouter.message_loss"), "{greeting}");

    let ping = |number: u32| format!("5:{number}+::{}", json!({"name": "ping"}));
    let two = [1, 2].map(|number| format!("\u{fffd}19\u{fffd}{}", ping(number)));
    assert_eq!(ping(1).len(), 21);
    let two = two.concat().replace("19", "21");
    assert_eq!(post(two).await, 200);
    let pongs = "\u{fffd}14\u{fffd}6:::1+[\"pong\"]\u{fffd}14\u{fffd}6:::2+[\"pong\"]";
    assert_eq!(poll().await, pongs);
    assert_eq!(post("\u{fffd}9\u{fffd}2::".to_owned()).await, 400);

    client.registered(&allocation).await;
    // It hangs until there is something.
    let (notification, _) = tokio::join!(poll(), world.send(&alice, &thread, "hello"));
    let notification = notification.strip_prefix("3:::").unwrap();
    let request: serde_json::Value = serde_json::from_str(notification).unwrap();
    let answer = json!({"id": request["id"], "status": 200, "headers": {}, "body": ""});
    assert_eq!(post(format!("3:::{answer}")).await, 200);
    let entries = world.emulator.notifications().entries();
    let answered = NotificationOutcome::Answered { status: 200 };
    assert_eq!(entries[0].outcome(), answered);

    assert_eq!(post("0::".to_owned()).await, 200);
    assert_eq!(poll().await, "");
    let request = client.http.get(&url).header("x-skypetoken", &client.token);
    assert_eq!(request.send().await.unwrap().status(), 404);
    let without_token = client.http.get(&url).send().await.unwrap();
    assert_eq!(without_token.status(), 401);
}

#[tokio::test]
async fn a_token_that_expires_ends_no_connection() {
    let world = World::new().await;
    let (alice, bob) = (world.user("alice"), world.user("bob"));
    let thread = world.thread(&[(&alice, "Alice"), (&bob, "Bob")]).await;
    let message = world.send(&alice, &thread, "hello").await;
    let client = Client::new(&world, &alice);
    let (allocation, mut socket) = client.start().await;
    let document = client.registration(&allocation, 100_000);
    assert_eq!(client.register(&document).await.status(), 202);
    let a_day = std::time::Duration::from_secs(24 * 60 * 60);
    world.emulator.advance_clock(a_day);
    assert_eq!(client.register(&document).await.status(), 401);
    let notifications = world.emulator.notifications().of(&alice.id);
    assert_eq!(notifications.post("chatMessageReceived", message), 1);
    assert_eq!(socket.notification().await.name, "chatMessageReceived");
    socket.ping(2).await;
}
