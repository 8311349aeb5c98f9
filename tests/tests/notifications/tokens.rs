//! Tokens that are refused, and that follow each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chat::models::TokenScope;
use chat::{ChatClient, CommunicationTokenCredential};
use chat_emulator::{DisconnectReason, Fault, NotificationOperation};

use crate::scene::{Listener, Scene};

/// Bob, with tokens that follow each other, and how many there were.
fn refreshing(scene: &Scene) -> (ChatClient, Arc<AtomicUsize>) {
    let count = Arc::<AtomicUsize>::default();
    let (identity, user, issued) = (
        scene.identity.clone(),
        scene.bob.user.clone(),
        Arc::clone(&count),
    );
    let credential = CommunicationTokenCredential::refreshing(move || {
        issued.fetch_add(1, Ordering::SeqCst);
        identity.issue_token(&user, [TokenScope::Chat]).send()
    });
    (scene.identity.chat_client(credential), count)
}

#[tokio::test]
async fn a_fixed_token_that_is_refused_ends_the_stream_at_once() {
    for step in [
        NotificationOperation::GetNotificationConfiguration,
        NotificationOperation::AllocateNotificationEndpoint,
        NotificationOperation::OpenNotificationSession,
        NotificationOperation::RegisterNotifications,
    ] {
        let scene = Scene::set().await;
        let fault = Fault::status(401).for_operation(step);
        scene.emulator.inject(fault).unwrap();
        let error = Listener::of(&scene.bob.client).error().await;
        assert!(error.is_unauthorized(), "{step:?}: {error}");
        assert_eq!(error.http_status(), Some(401));
        let asked = scene.emulator.journal();
        let asked = asked
            .iter()
            .filter(|entry| entry.outcome().status() == Some(401));
        assert_eq!(asked.count(), 1, "{step:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_followed_by_another() {
    for step in [
        NotificationOperation::AllocateNotificationEndpoint,
        NotificationOperation::OpenNotificationSession,
        NotificationOperation::RegisterNotifications,
    ] {
        let scene = Scene::set().await;
        let fault = Fault::status(401).for_operation(step).times(1);
        scene.emulator.inject(fault).unwrap();
        let (client, issued) = refreshing(&scene);
        assert_eq!(Listener::of(&client).state().await, "Connected", "{step:?}");
        assert_eq!(issued.load(Ordering::SeqCst), 2, "{step:?}");
    }
}

#[tokio::test]
async fn tokens_that_are_all_refused_end_the_stream_with_the_fourth() {
    let scene = Scene::set().await;
    let step = NotificationOperation::RegisterNotifications;
    let fault = Fault::status(401).for_operation(step);
    scene.emulator.inject(fault).unwrap();
    let (client, issued) = refreshing(&scene);
    let error = Listener::of(&client).error().await;
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(issued.load(Ordering::SeqCst), 4);
    assert_eq!(scene.emulator.notifications().registrations(), 0);
}

#[tokio::test]
async fn a_connection_that_is_not_authorized_any_more_is_made_with_another_token() {
    let scene = Scene::set().await;
    let (client, issued) = refreshing(&scene);
    let mut bobs = Listener::of(&client);
    assert_eq!(bobs.state().await, "Connected");
    assert_eq!(issued.load(Ordering::SeqCst), 1);
    let unauthorized = DisconnectReason::Unauthorized;
    scene.emulator.notifications().disconnect(unauthorized);
    assert_eq!(bobs.state().await, "Disconnected(Unauthorized)");
    assert_eq!(bobs.state().await, "Gap(Reconnected)");
    assert_eq!(bobs.state().await, "Connected");
    assert_eq!(issued.load(Ordering::SeqCst), 2);
}
