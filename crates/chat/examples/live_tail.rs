//! Prints what happens in a thread, as it happens.
//!
//! `cargo run --example live_tail` runs against the service on this machine (the emulator), where
//! Alice talks to herself and deletes the thread.

mod scene;

use std::error::Error;
use std::time::Duration;

use chat::watch::ChatEvent;

/// What is printed of an event, for the user with the raw id `me`.
fn line(event: &ChatEvent, me: &str) -> String {
    let content = event.message().map(|message| message.content());
    let text = content.and_then(|content| content.message());
    let text = text.unwrap_or_default();
    let sender = event.message().and_then(|message| message.sender());
    let who = match sender.is_some_and(|sender| sender.raw_id() == me) {
        true => "you",
        false => "Alice",
    };
    match event {
        ChatEvent::MessageReceived(_) => format!("{who}: {text}"),
        ChatEvent::MessageEdited(_) => format!("{who}: {text} (edited)"),
        ChatEvent::MessageDeleted(_) => format!("{who}: (deleted)"),
        ChatEvent::ParticipantsAdded(message) => {
            format!("* {} joined", message.content().participants().len())
        }
        ChatEvent::ParticipantsRemoved(message) => {
            format!("* {} left", message.content().participants().len())
        }
        ChatEvent::TopicUpdated(message) => {
            format!("* topic: {}", message.content().topic().unwrap_or_default())
        }
        ChatEvent::ThreadDeleted => "* the thread is gone".to_owned(),
        _ => "* something else".to_owned(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let scene = scene::Scene::set().await?;
    let alices = scene.alice.chat_thread_client(scene.thread.thread_id());
    println!("What happens in the thread:");
    let tail = async {
        let watch = scene.thread.watch().from_beginning();
        let mut watch = watch
            .poll_between(Duration::from_millis(100), Duration::from_secs(10))
            .into_stream();
        while let Some(watched) = watch.try_next().await? {
            println!("{}", line(watched.event(), &scene.bot));
        }
        Ok::<_, chat::Error>(())
    };
    let alice = async {
        let pause = || tokio::time::sleep(Duration::from_millis(300));
        let sent = alices.send_message("Hello").await?;
        pause().await;
        alices.update_message(sent.id()).content("Hello?").await?;
        pause().await;
        alices.delete_message(sent.id()).await?;
        alices.update_topic("Nobody").await?;
        pause().await;
        scene.alice.delete_chat_thread(alices.thread_id()).await
    };
    tokio::try_join!(tail, alice)?;
    Ok(())
}
