//! What goes wrong on command, from Rust and over the control API.

use chat_emulator::{
    DisconnectReason, Emulator, Fault, NotificationOperation, NotificationOutcome, ReconnectTarget,
};
use serde_json::{Value, json};

use crate::client::{Client, Socket};
use crate::world::{User, World};

/// Alice, who is notified of what she writes herself.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) alice: User,
    pub(crate) client: Client,
    pub(crate) thread: String,
    pub(crate) socket: Socket,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let world = World::with(Emulator::builder().control_port(0)).await;
        let alice = world.user("alice");
        let thread = world.thread(&[(&alice, "Alice")]).await;
        let client = Client::new(&world, &alice);
        let (_, socket) = client.start().await;
        Self {
            world,
            alice,
            client,
            thread,
            socket,
        }
    }

    pub(crate) async fn send(&self, content: &str) {
        self.world.send(&self.alice, &self.thread, content).await;
    }

    /// Sends something to the control API. Gives the status and the answer.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.world.emulator.control_url().unwrap());
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.client.http.request(method, url);
        let response = request.body(body.to_string()).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    fn outcomes(&self) -> Vec<NotificationOutcome> {
        let entries = self.world.emulator.notifications().entries();
        entries.iter().map(|entry| entry.outcome()).collect()
    }
}

#[tokio::test]
async fn a_lost_notification_is_told_as_a_loss() {
    let mut scene = Scene::new().await;
    let fault = Fault::lost_notification().times(1);
    scene.world.emulator.inject(fault).unwrap();
    scene.send("lost").await;
    let indicators = scene.socket.loss().await;
    let notifications = scene.world.emulator.notifications();
    assert_eq!(notifications.unacknowledged_losses(), 1);
    scene.socket.acknowledge_loss(2, &indicators).await;
    assert_eq!(notifications.unacknowledged_losses(), 0);
    scene.send("found").await;
    let notification = scene.socket.notification().await;
    assert_eq!(notification.body["messageBody"], "found");
    let expected = [NotificationOutcome::Lost, NotificationOutcome::Sent];
    assert_eq!(scene.outcomes(), expected);
}

#[tokio::test]
async fn a_duplicated_notification_is_one_request_that_comes_twice() {
    let mut scene = Scene::new().await;
    let document = json!({"kind": "duplicatedNotification", "times": 1});
    assert_eq!(scene.control("POST", "faults", &document).await.0, 201);
    scene.send("twice").await;
    scene.send("once").await;
    let first = scene.socket.notification().await;
    let second = scene.socket.notification().await;
    assert_eq!(first.request, second.request);
    let third = scene.socket.notification().await;
    assert_eq!(third.body["messageBody"], "once");
    scene.socket.answer(first.id, 200).await;
    scene.socket.answer(second.id, 200).await;
    scene.socket.ping(2).await;
    let answered = NotificationOutcome::Answered { status: 200 };
    assert_eq!(scene.outcomes(), [answered, NotificationOutcome::Sent]);
}

#[tokio::test]
async fn a_ping_may_go_unanswered_while_all_else_is_acknowledged() {
    let mut scene = Scene::new().await;
    let id = scene.world.emulator.inject(Fault::no_pong()).unwrap();
    scene.socket.send("5:2+::{\"name\":\"ping\"}").await;
    scene
        .socket
        .send("5:3+::{\"name\":\"user.activity\"}")
        .await;
    assert_eq!(scene.socket.packet().await, "6:::3+[]");
    scene.world.emulator.remove_fault(id);
    scene.socket.ping(4).await;
}

#[tokio::test]
async fn each_step_can_be_made_to_fail() {
    use NotificationOperation as N;

    let scene = Scene::new().await;
    let client = &scene.client;
    let allocation = client.allocated().await;
    let session = client.session(&allocation).await;
    let document = client.registration(&allocation, 7200);
    let operations = [
        N::GetNotificationConfiguration,
        N::AllocateNotificationEndpoint,
        N::OpenNotificationSession,
        N::ConnectNotificationSocket,
        N::RegisterNotifications,
        N::UnregisterNotifications,
    ];
    for status in [401, 503] {
        for operation in operations {
            let fault = Fault::status(status).for_operation(operation).times(1);
            scene.world.emulator.inject(fault).unwrap();
            let request = async || match operation {
                N::GetNotificationConfiguration => {
                    let path = "chat/config/realTimeNotifications";
                    client.configuration(path).await
                }
                N::AllocateNotificationEndpoint => client.allocate(None).await,
                N::OpenNotificationSession => client.handshake(&allocation).await,
                N::ConnectNotificationSocket => client.upgrade(&allocation, &session).await,
                N::RegisterNotifications => client.register(&document).await,
                _ => client.unregister().await,
            };
            let refused = request().await;
            assert_eq!(refused.status(), status, "{operation:?}");
            if operation != N::ConnectNotificationSocket {
                assert!(request().await.status().is_success(), "{operation:?}");
            }
        }
    }
    // A socket that was refused has taken nothing of its session.
    let upgraded = client.upgrade(&allocation, &session).await;
    assert_eq!(upgraded.status(), 101);
}

#[tokio::test]
async fn faults_of_requests_leave_notifications_alone_and_the_other_way_round() {
    let mut scene = Scene::new().await;
    let emulator = &scene.world.emulator;
    for (fault, operation) in [
        (Fault::lost_notification(), "sendChatMessage"),
        (Fault::no_pong(), "deliverNotification"),
        (Fault::status(503), "deliverNotification"),
        (Fault::reset_before_execution(), "pingNotifications"),
    ] {
        let invalid = emulator.inject(fault.for_operation(operation)).unwrap_err();
        let text = invalid.to_string();
        assert!(
            text.ends_with(&format!("cannot befall {operation}")),
            "{text}"
        );
    }
    let every_request = Fault::status(503).for_operation("listChatThreads").times(1);
    emulator.inject(every_request).unwrap();
    emulator
        .inject(Fault::lost_notification().times(1))
        .unwrap();
    scene.send("carried out, and not told of").await;
    scene.socket.loss().await;
}

#[tokio::test]
async fn a_connection_ends_for_each_reason_with_its_own_word() {
    let mut scene = Scene::new().await;
    let reason = |name: &str| format!("0:::{}", json!({ "reason": name }));
    for (name, in_rust, packet) in [
        ("none", DisconnectReason::None, "0::".to_owned()),
        ("dup", DisconnectReason::Dup, "0:::dup".to_owned()),
        ("timeout", DisconnectReason::Timeout, reason("timeout")),
        (
            "unauthorized",
            DisconnectReason::Unauthorized,
            reason("unauthorized"),
        ),
        (
            "skypetokenDeprecated",
            DisconnectReason::SkypetokenDeprecated,
            reason("skypetoken-deprecated"),
        ),
    ] {
        let notifications = scene.world.emulator.notifications();
        assert_eq!(notifications.disconnect(in_rust), 1);
        assert_eq!(scene.socket.packet().await, packet);
        assert_eq!(scene.socket.next().await, None);

        (_, scene.socket) = scene.client.start().await;
        let command = json!({ "disconnect": name });
        let answer = scene.control("POST", "notifications", &command).await;
        assert_eq!(answer, (200, json!({"count": 1})));
        assert_eq!(scene.socket.packet().await, packet);
        assert_eq!(scene.socket.next().await, None);
        (_, scene.socket) = scene.client.start().await;
    }
}

#[tokio::test]
async fn a_client_is_told_to_connect_anew_and_its_connection_stays() {
    let mut scene = Scene::new().await;
    let url = "http://127.0.0.1:1/".to_owned();
    let host = json!({"host": url});
    for (in_rust, command, argument) in [
        (
            ReconnectTarget::SameEndpoint,
            json!("sameEndpoint"),
            json!({"target": "self"}),
        ),
        (
            ReconnectTarget::Global,
            json!("global"),
            json!({"target": "global"}),
        ),
        (
            ReconnectTarget::Host(url.clone()),
            host,
            json!({"target": "host", "url": url}),
        ),
    ] {
        assert_eq!(scene.world.emulator.notifications().reconnect(in_rust), 1);
        let command = json!({ "reconnect": command });
        assert_eq!(
            scene.control("POST", "notifications", &command).await.0,
            200
        );
        for _ in 0..2 {
            let event = scene.socket.event().await;
            assert_eq!(event, ("trouter.reconnect".to_owned(), argument.clone()));
        }
    }
    scene.send("still here").await;
    scene.socket.notification().await;
}

#[tokio::test]
async fn commands_are_for_the_user_that_they_name() {
    let mut scene = Scene::new().await;
    let bob = scene.world.user("bob");
    let (_, mut his) = Client::new(&scene.world, &bob).start().await;
    let notifications = scene.world.emulator.notifications();
    assert_eq!(notifications.connections(), 2);
    assert_eq!(notifications.registrations(), 2);
    let of_bob = notifications.clone().of(&bob.id);
    assert_eq!((of_bob.connections(), of_bob.registrations()), (1, 1));
    assert_eq!(of_bob.cut(), 1);
    assert_eq!(his.next().await, None);
    let command = json!({"user": scene.alice.id, "lose": {}});
    let answer = scene.control("POST", "notifications", &command).await;
    assert_eq!(answer, (200, json!({"count": 1})));
    scene.socket.loss().await;
    let command = json!({"user": scene.alice.id, "cut": {}});
    assert_eq!(
        scene.control("POST", "notifications", &command).await.0,
        200
    );
    assert_eq!(scene.socket.next().await, None);
}

#[tokio::test]
async fn a_notification_can_be_made_up() {
    let mut scene = Scene::new().await;
    let body = json!({"eventId": 999, "what": "nobody knows"});
    let of_alice = scene.world.emulator.notifications().of(&scene.alice.id);
    assert_eq!(of_alice.post("somethingNew", body.to_string()), 1);
    let post = json!({"name": "garbled", "body": "{no json"});
    let command = json!({"user": scene.alice.id, "post": post});
    assert_eq!(
        scene.control("POST", "notifications", &command).await.0,
        200
    );

    let new = scene.socket.notification().await;
    assert_eq!((&*new.name, &new.body), ("somethingNew", &body));
    let garbled = scene.socket.notification().await;
    assert_eq!(garbled.request["body"], "{no json");
    scene.socket.answer(garbled.id, 404).await;
    scene.socket.ping(2).await;
    let not_found = NotificationOutcome::Answered { status: 404 };
    assert_eq!(scene.outcomes(), [NotificationOutcome::Sent, not_found]);
    let without_user = scene.world.emulator.notifications();
    assert_eq!(without_user.post("nobody", "{}"), 0);
}

#[tokio::test]
async fn a_status_says_that_tokens_of_this_kind_are_not_accepted_any_more_to_pages_too() {
    let scene = Scene::new().await;
    let fault = json!({
        "kind": "status", "status": 403, "skypetokenDeprecated": true,
        "operation": "allocateNotificationEndpoint",
    });
    assert_eq!(scene.control("POST", "faults", &fault).await.0, 201);
    let refused = scene.client.allocate(None).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.headers()["x-trouter-skypetoken-deprecated"], "1");
    scene.world.emulator.clear_faults();
    let wrong = Fault::no_pong().skypetoken_deprecated();
    assert!(scene.world.emulator.inject(wrong).is_err());
    let plain = Fault::status(403).for_operation("allocateNotificationEndpoint");
    scene.world.emulator.inject(plain).unwrap();
    let refused = scene.client.allocate(None).await;
    let name = "x-trouter-skypetoken-deprecated";
    assert!(!refused.headers().contains_key(name));
}
