//! What the service and the network do to a connection.

use chat_emulator::{DisconnectReason, Emulator, Fault, NotificationOperation, ReconnectTarget};

use crate::scene::{Listener, Scene};

#[tokio::test]
async fn a_connection_that_is_cut_is_told_and_made_again() {
    let scene = Scene::set().await;
    let (alices, _) = scene.thread().await;
    let mut bobs = scene.notified().await;
    for _ in 0..2 {
        assert_eq!(scene.emulator.notifications().cut(), 1);
        assert_eq!(bobs.state().await, "Disconnected(ConnectionLost)");
        assert!(!bobs.notifications.is_connected());
        assert_eq!(bobs.state().await, "Gap(Reconnected)");
        assert_eq!(bobs.state().await, "Connected");
        alices.send_message("hello").await.unwrap();
        assert_eq!(bobs.notification().await.event_id(), Some(200));
    }
}

#[tokio::test]
async fn every_reason_to_end_a_connection_is_told_and_followed_by_another() {
    for (reason, told) in [
        (DisconnectReason::None, "Disconnected(ClosedByService)"),
        (DisconnectReason::Dup, "Disconnected(Duplicate)"),
        (DisconnectReason::Timeout, "Disconnected(Timeout)"),
    ] {
        let scene = Scene::set().await;
        let mut bobs = scene.notified().await;
        assert_eq!(scene.emulator.notifications().disconnect(reason), 1);
        assert_eq!(bobs.state().await, told);
        assert_eq!(bobs.state().await, "Gap(Reconnected)");
        assert_eq!(bobs.state().await, "Connected");
        assert_eq!(scene.emulator.notifications().connections(), 1);
    }
}

#[tokio::test]
async fn a_service_that_takes_no_such_tokens_any_more_ends_the_stream() {
    let scene = Scene::set().await;
    let mut bobs = scene.notified().await;
    let deprecated = DisconnectReason::SkypetokenDeprecated;
    scene.emulator.notifications().disconnect(deprecated);
    let error = bobs.error().await;
    assert!(error.is_unauthorized(), "{error}");
    assert!(
        error.to_string().contains("skypetoken-deprecated"),
        "{error}"
    );
}

#[tokio::test]
async fn nor_does_it_connect_again_when_an_error_says_so() {
    let scene = Scene::set().await;
    let mut bobs = scene.notified().await;
    let fault = Fault::status(403).skypetoken_deprecated();
    let fault = fault.for_operation("allocateNotificationEndpoint");
    scene.emulator.inject(fault).unwrap();
    scene.emulator.notifications().cut();
    let error = bobs.error().await;
    assert!(
        error.to_string().contains("skypetoken-deprecated"),
        "{error}"
    );
    assert_eq!(scene.emulator.notifications().connections(), 0);
}

#[tokio::test]
async fn commands_to_reconnect_are_followed_and_nothing_is_lost_meanwhile() {
    for target in [
        ReconnectTarget::SameEndpoint,
        ReconnectTarget::Global,
        ReconnectTarget::Host("https://elsewhere.invalid".to_owned()),
    ] {
        let scene = Scene::set().await;
        let (alices, _) = scene.thread().await;
        let mut bobs = scene.notified().await;
        assert_eq!(scene.emulator.notifications().reconnect(target), 1);
        assert_eq!(bobs.state().await, "Gap(Reconnected)");
        assert_eq!(bobs.state().await, "Connected");
        // The old one stays for a minute.
        assert_eq!(scene.emulator.notifications().connections(), 2);
        alices.send_message("hello").await.unwrap();
        assert_eq!(bobs.notification().await.event_id(), Some(200));
        alices.send_message("once").await.unwrap();
        assert_eq!(bobs.notification().await.event_id(), Some(200));
    }
}

#[tokio::test]
async fn what_the_service_has_lost_is_a_gap_and_what_it_sends_twice_is_told_once() {
    let scene = Scene::set().await;
    let (alices, _) = scene.thread().await;
    let mut bobs = scene.notified().await;
    scene.emulator.notifications().lose();
    assert_eq!(bobs.state().await, "Gap(MessageLoss)");

    let twice = Fault::duplicated_notification().times(1);
    scene.emulator.inject(twice).unwrap();
    alices.send_message("twice").await.unwrap();
    alices.send_typing_notification().await.unwrap();
    assert_eq!(bobs.notification().await.event_id(), Some(200));
    assert_eq!(bobs.notification().await.event_id(), Some(245));

    let lost = Fault::lost_notification().times(1);
    scene.emulator.inject(lost).unwrap();
    alices.send_message("lost").await.unwrap();
    assert_eq!(bobs.state().await, "Gap(MessageLoss)");
}

#[tokio::test]
async fn what_fails_on_the_way_to_a_connection_is_tried_again() {
    use NotificationOperation as Step;
    let steps = [
        Step::GetNotificationConfiguration,
        Step::AllocateNotificationEndpoint,
        Step::OpenNotificationSession,
        Step::ConnectNotificationSocket,
        Step::RegisterNotifications,
    ];
    let faults = [Fault::status(503), Fault::reset_before_execution()];
    let all = steps
        .iter()
        .flat_map(|step| faults.iter().map(move |fault| (*step, fault.clone())));
    let all = all.map(async |(step, fault)| {
        let scene = Scene::set().await;
        let fault = fault.for_operation(step).times(1);
        scene.emulator.inject(fault).unwrap();
        let mut bobs = Listener::of(&scene.bob.client);
        assert_eq!(bobs.state().await, "Connected", "{step:?}");
        assert_eq!(scene.emulator.notifications().registrations(), 1);
    });
    // At once, since each waits for a second.
    futures_util::future::join_all(all).await;
}

#[tokio::test]
async fn closing_ends_connection_and_registration_and_so_does_dropping() {
    let scene = Scene::set().await;
    let bobs = scene.notified().await;
    let state = || {
        let notifications = scene.emulator.notifications();
        (notifications.connections(), notifications.registrations())
    };
    assert_eq!(state(), (1, 1));
    bobs.notifications.close().await;
    assert_eq!(state().1, 0);
    while state().0 > 0 {
        tokio::task::yield_now().await;
    }

    drop(scene.notified().await);
    while state() != (0, 0) {
        tokio::task::yield_now().await;
    }
}

/// The socket is a connection of HTTP/1.1, whatever is spoken otherwise, with the certificates of the
/// caller's own HTTP client.
#[tokio::test]
async fn notifications_come_over_tls() {
    let emulator = Emulator::builder().self_signed_tls().start().await.unwrap();
    let certificate = emulator.certificate().unwrap().as_bytes().to_vec();
    let http = move || {
        let certificate = reqwest::Certificate::from_pem(&certificate).unwrap();
        reqwest::Client::builder().tls_certs_only([certificate])
    };
    let scene = Scene::on(emulator, http).await;
    assert!(scene.emulator.endpoint().starts_with("https://"));
    let (alices, _) = scene.thread().await;
    let mut bobs = scene.notified().await;
    alices.send_message("hello").await.unwrap();
    assert_eq!(bobs.notification().await.event_id(), Some(200));
    assert_eq!(scene.emulator.notifications().cut(), 1);
    assert_eq!(bobs.state().await, "Disconnected(ConnectionLost)");
    assert_eq!(bobs.state().await, "Gap(Reconnected)");
    assert_eq!(bobs.state().await, "Connected");
}

#[tokio::test]
async fn two_connections_of_a_user_are_told_both() {
    let scene = Scene::set().await;
    let (alices, _) = scene.thread().await;
    let (mut one, mut other) = (scene.notified().await, scene.notified().await);
    alices.send_message("hello").await.unwrap();
    assert_eq!(one.notification().await.event_id(), Some(200));
    assert_eq!(other.notification().await.event_id(), Some(200));
    one.notifications.close().await;
    alices.send_message("hello").await.unwrap();
    assert_eq!(other.notification().await.event_id(), Some(200));
}
