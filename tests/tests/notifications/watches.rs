//! Watches that notifications ring. Their timer is set to hours: what comes, came by a notification.

use std::time::Duration;

use chat::ChatThreadClient;
use chat::models::ChatMessage;
use chat::notifications::Notifications;
use chat::watch::{ChatEvent, ThreadWatch, WatchState};
use chat_emulator::Fault;

use crate::scene::Scene;

const HOURS: Duration = Duration::from_secs(10_000);

/// A watch from now on, which has begun.
async fn watch(thread: &ChatThreadClient, notifications: &Notifications) -> ThreadWatch {
    let watch = thread.watch().poll_between(HOURS, HOURS);
    let watch = watch.allowed_lateness(Duration::ZERO);
    let mut watch = watch.notified_by(notifications).into_stream();
    let handle = watch.handle();
    let begun = handle.wait_for(|state| state == WatchState::Following);
    futures_util::future::select(Box::pin(watch.next()), Box::pin(begun)).await;
    watch
}

async fn next(watch: &mut ThreadWatch) -> ChatEvent {
    let next = tokio::time::timeout(Duration::from_secs(60), watch.try_next()).await;
    next.expect("something happens")
        .unwrap()
        .unwrap()
        .into_parts()
        .0
}

/// The next event, in short.
async fn short(watch: &mut ThreadWatch) -> String {
    let text = |message: &ChatMessage| message.content().message().unwrap_or_default().to_owned();
    match next(watch).await {
        ChatEvent::MessageReceived(message) => format!("received {}", text(&message)),
        ChatEvent::MessageEdited(message) => format!("edited {}", text(&message)),
        ChatEvent::MessageDeleted(_) => "deleted".to_owned(),
        ChatEvent::TopicUpdated(_) => "topic".to_owned(),
        ChatEvent::PropertiesUpdated(update) => format!("properties {:?}", update.metadata()),
        ChatEvent::ReadReceipt(receipt) => format!("receipt {}", receipt.chat_message_id()),
        ChatEvent::Typing(typing) => format!("typing {:?}", typing.sender_display_name()),
        ChatEvent::ThreadDeleted => "thread deleted".to_owned(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn a_watch_gives_what_is_in_the_list_and_what_only_notifications_tell() {
    let scene = Scene::set().await;
    let (alices, bobs) = scene.thread().await;
    let listener = scene.notified().await;
    let mut watch = watch(&bobs, &listener.notifications).await;

    let sent = alices.send_message("hello").await.unwrap();
    assert_eq!(short(&mut watch).await, "received hello");
    alices
        .update_message(sent.id())
        .content("hi")
        .await
        .unwrap();
    assert_eq!(short(&mut watch).await, "edited hi");
    let typing = alices
        .send_typing_notification()
        .sender_display_name("Alice");
    typing.await.unwrap();
    assert_eq!(short(&mut watch).await, "typing Some(\"Alice\")");
    alices.send_read_receipt(sent.id()).await.unwrap();
    assert_eq!(short(&mut watch).await, format!("receipt {}", sent.id()));
    let update = alices
        .update_properties()
        .topic("Dinner")
        .metadata([("k", "v")]);
    update.await.unwrap();
    let mut both = [short(&mut watch).await, short(&mut watch).await];
    both.sort();
    assert_eq!(both, ["properties {\"k\": \"v\"}", "topic"]);
    alices.delete_message(sent.id()).await.unwrap();
    assert_eq!(short(&mut watch).await, "deleted");
    scene
        .alice
        .client
        .delete_chat_thread(bobs.thread_id())
        .await
        .unwrap();
    assert_eq!(short(&mut watch).await, "thread deleted");
}

#[tokio::test]
async fn nothing_is_missed_when_the_connection_is_cut_again_and_again() {
    let scene = Scene::set().await;
    let (alices, bobs) = scene.thread().await;
    let listener = scene.notified().await;
    let mut watch = watch(&bobs, &listener.notifications).await;
    let sending = async {
        for number in 0..60 {
            alices.send_message(number.to_string()).await.unwrap();
            if number % 20 == 7 {
                scene.emulator.notifications().cut();
            }
        }
    };
    let receiving = async {
        let mut received = Vec::new();
        while received.len() < 60 {
            received.push(short(&mut watch).await);
        }
        received
    };
    let (received, ()) = futures_util::future::join(receiving, sending).await;
    let expected: Vec<_> = (0..60).map(|number| format!("received {number}")).collect();
    assert_eq!(received, expected);
}

#[tokio::test]
async fn nothing_is_missed_when_notifications_are_lost_or_come_twice() {
    let scene = Scene::set().await;
    let (alices, bobs) = scene.thread().await;
    let listener = scene.notified().await;
    let mut watch = watch(&bobs, &listener.notifications).await;
    let lost = Fault::lost_notification().with_probability(0.3, 7);
    scene.emulator.inject(lost).unwrap();
    let twice = Fault::duplicated_notification().with_probability(0.3, 8);
    scene.emulator.inject(twice).unwrap();
    for number in 0..50 {
        alices.send_message(number.to_string()).await.unwrap();
    }
    for number in 0..50 {
        assert_eq!(short(&mut watch).await, format!("received {number}"));
    }
}

#[tokio::test]
async fn one_connection_serves_many_watches_each_of_its_thread() {
    let scene = Scene::set().await;
    let listener = scene.notified().await;
    let mut all = Vec::new();
    for _ in 0..10 {
        let (alices, bobs) = scene.thread().await;
        all.push((alices, watch(&bobs, &listener.notifications).await));
    }
    for (number, (alices, _)) in all.iter().enumerate() {
        alices.send_message(number.to_string()).await.unwrap();
    }
    for (number, (_, watch)) in all.iter_mut().enumerate() {
        assert_eq!(short(watch).await, format!("received {number}"));
    }
    assert_eq!(scene.emulator.notifications().connections(), 1);
}

#[tokio::test]
async fn a_watch_of_all_threads_hears_of_each_of_them_and_of_new_ones() {
    let scene = Scene::set().await;
    let (alices, _) = scene.thread().await;
    let listener = scene.notified().await;
    let watch = scene.bob.client.watch().poll_between(HOURS, HOURS);
    let watch = watch.allowed_lateness(Duration::ZERO);
    let mut watch = watch.notified_by(&listener.notifications).into_stream();
    let begun = watch.handle();
    let begun = begun.wait_for(|state| state == WatchState::Following);
    futures_util::future::select(Box::pin(watch.next()), Box::pin(begun)).await;
    let mut next = async || {
        let next = tokio::time::timeout(Duration::from_secs(60), watch.try_next()).await;
        let watched = next.expect("something happens").unwrap().unwrap();
        let what = match watched.event() {
            ChatEvent::MessageReceived(message) => message.content().message().map(str::to_owned),
            ChatEvent::Typing(_) => Some("typing".to_owned()),
            _ => None,
        };
        (watched.thread_id().clone(), what)
    };

    alices.send_message("old thread").await.unwrap();
    let told = Some("old thread".to_owned());
    assert_eq!(next().await, (alices.thread_id().clone(), told));

    let (others, _) = scene.thread().await;
    others.send_message("new thread").await.unwrap();
    others.send_typing_notification().await.unwrap();
    let mut told = Vec::new();
    // The beginning of a thread is told, too: its participants and topic.
    while told.len() < 2 {
        let (thread, what) = next().await;
        assert_eq!(thread, *others.thread_id());
        told.extend(what);
    }
    told.sort();
    assert_eq!(told, ["new thread", "typing"]);
}

#[tokio::test]
async fn a_watch_whose_notifications_have_ended_goes_on_by_its_timer() {
    let scene = Scene::set().await;
    let (alices, bobs) = scene.thread().await;
    let listener = scene.notified().await;
    let quick = Duration::from_millis(10);
    let watch = bobs.watch().poll_between(quick, quick);
    let mut watch = watch
        .notified_by(&listener.notifications)
        .from_beginning()
        .into_stream();
    for _ in 0..2 {
        next(&mut watch).await;
    }
    listener.notifications.close().await;
    alices.send_message("hello").await.unwrap();
    assert_eq!(short(&mut watch).await, "received hello");
}
