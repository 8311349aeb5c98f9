//! Following a thread.

use std::time::Duration;

use chat::ErrorKind;
use chat::models::{Cursor, UserCursor};
use chat::watch::{ChatEvent, ThreadWatch, WatchState, WatchThread, WatchedEvent};

use crate::stage::on_stage;

/// A watch that looks when it is rung: what is tested is not its timer.
fn rung(watch: WatchThread) -> WatchThread {
    let hour = Duration::from_secs(3600);
    watch
        .poll_between(hour, hour)
        .allowed_lateness(Duration::ZERO)
}

/// The next events, in short, which have happened.
async fn next(watch: &mut ThreadWatch, count: usize) -> Vec<String> {
    watch.handle().ring();
    let mut seen = Vec::new();
    for _ in 0..count {
        seen.push(short(&watch.try_next().await.unwrap().unwrap()));
    }
    seen
}

fn short(watched: &WatchedEvent) -> String {
    in_short(watched.event())
}

fn in_short(event: &ChatEvent) -> String {
    let text = |message: &chat::models::ChatMessage| {
        let content = message.content();
        let people = content.participants().len();
        let text = content.message().or(content.topic()).map(str::to_owned);
        text.unwrap_or_else(|| people.to_string())
    };
    match event {
        ChatEvent::MessageReceived(message) => format!("received {}", text(message)),
        ChatEvent::MessageEdited(message) => format!("edited {}", text(message)),
        ChatEvent::MessageDeleted(_) => "deleted".to_owned(),
        ChatEvent::ParticipantsAdded(message) => format!("added {}", text(message)),
        ChatEvent::ParticipantsRemoved(message) => format!("removed {}", text(message)),
        ChatEvent::TopicUpdated(message) => format!("topic {}", text(message)),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn what_happens_in_a_thread_is_told_in_order_until_it_is_deleted() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        let mut watch = rung(bobs.watch()).from_beginning().into_stream();
        let handle = watch.handle();
        assert_eq!(handle.state(), WatchState::Starting);
        assert_eq!(next(&mut watch, 2).await, ["added 2", "topic Lunch"]);
        assert_eq!(handle.state(), WatchState::Following);

        let hello = alices.send_message("hello").await.unwrap();
        assert_eq!(next(&mut watch, 1).await, ["received hello"]);
        alices
            .update_message(hello.id())
            .content("hello all")
            .await
            .unwrap();
        assert_eq!(next(&mut watch, 1).await, ["edited hello all"]);
        alices.delete_message(hello.id()).await.unwrap();
        assert_eq!(next(&mut watch, 1).await, ["deleted"]);

        let carol = stage.user().await;
        let added = alices.add_participants([&carol]).await.unwrap();
        assert!(added.is_complete());
        alices.remove_participant(&carol).await.unwrap();
        alices.update_topic("Dinner").await.unwrap();
        let told = next(&mut watch, 3).await;
        assert_eq!(told, ["added 1", "removed 1", "topic Dinner"]);

        alice
            .client
            .delete_chat_thread(alices.thread_id())
            .await
            .unwrap();
        handle.ring();
        let last = watch.try_next().await.unwrap().unwrap();
        assert_eq!(last.event(), &ChatEvent::ThreadDeleted);
        assert!(watch.try_next().await.unwrap().is_none());
        assert_eq!(handle.state(), WatchState::Ended);

        let mut after = bobs.watch().after(last.cursor().clone()).into_stream();
        assert!(after.try_next().await.unwrap().is_none(), "it is told once");
    })
    .await;
}

#[tokio::test]
async fn a_watch_goes_on_after_a_stored_cursor_and_tells_what_was_edited_meanwhile_once() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        let mut watch = rung(bobs.watch()).from_beginning().into_stream();
        next(&mut watch, 2).await;
        let one = alices.send_message("one").await.unwrap();
        watch.handle().ring();
        let stored = watch
            .try_next()
            .await
            .unwrap()
            .unwrap()
            .cursor()
            .to_string();
        drop(watch);

        let two = alices.send_message("two").await.unwrap();
        alices.send_message("three").await.unwrap();
        alices
            .update_message(two.id())
            .content("two!")
            .await
            .unwrap();
        alices
            .update_message(one.id())
            .content("one!")
            .await
            .unwrap();

        let cursor: Cursor = stored.parse().unwrap();
        let mut watch = rung(bobs.watch()).after(cursor).into_stream();
        let told = next(&mut watch, 3).await;
        assert_eq!(told, ["received three", "received two!", "edited one!"]);
    })
    .await;
}

#[tokio::test]
async fn a_ring_has_a_slow_watch_look_at_once() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        let mut watch = rung(bobs.watch()).from_now().into_stream();
        let handle = watch.handle();
        let watching = tokio::spawn(async move { watch.try_next().await });
        handle
            .wait_for(|state| state == WatchState::Following)
            .await;
        alices.send_message("ring").await.unwrap();
        handle.ring();
        let watched = watching.await.unwrap().unwrap().unwrap();
        assert_eq!(short(&watched), "received ring");
    })
    .await;
}

#[tokio::test]
async fn a_cursor_of_another_thread_is_refused() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (one, _) = alice.thread_with(&bob).await;
        let (other, _) = alice.thread_with(&bob).await;
        let mut watch = one.watch().from_beginning().into_stream();
        let watched = watch.try_next().await.unwrap().unwrap();
        let mut watch = other.watch().after(watched.cursor().clone()).into_stream();
        let error = watch.try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(watch.next().await.is_none());
    })
    .await;
}

#[tokio::test]
async fn all_threads_of_a_user_are_followed_new_ones_too_and_after_a_restart() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (first, _) = alice.thread_with(&bob).await;
        let hour = Duration::from_secs(3600);
        let watch = || bob.client.watch().poll_between(hour, hour);
        let mut watching = watch().from_now().into_stream();
        let handle = watching.handle();
        let begun = async {
            handle
                .wait_for(|state| state == WatchState::Following)
                .await;
            first.send_message("one").await.unwrap();
            handle.ring_thread(first.thread_id());
        };
        let (watched, ()) = tokio::join!(watching.try_next(), begun);
        let watched = watched.unwrap().unwrap();
        assert_eq!(in_short(watched.event()), "received one");
        assert_eq!(watched.thread_id(), first.thread_id());
        drop(watching);

        let (second, _) = alice.thread_with(&bob).await;
        second.send_message("two").await.unwrap();
        let cursor: UserCursor = watched.cursor().to_string().parse().unwrap();
        let mut watching = watch().after(cursor.clone()).into_stream();
        let mut told = Vec::new();
        for _ in 0..3 {
            let watched = watching.try_next().await.unwrap().unwrap();
            assert_eq!(watched.thread_id(), second.thread_id());
            told.push(in_short(watched.event()));
        }
        assert_eq!(told, ["added 2", "topic Lunch", "received two"]);

        let mut of_alice = alice.client.watch().after(cursor).into_stream();
        let error = of_alice.try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    })
    .await;
}
