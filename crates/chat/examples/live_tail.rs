//! Prints what happens in a thread, as it happens.
//!
//! `cargo run --example live_tail` runs against the service on this machine (the emulator), where
//! Alice talks to herself and deletes the thread.

mod scene;

use std::error::Error;
use std::time::Duration;

use chat::watch::ChatEvent;

/// What is printed of an event.
fn line(event: &ChatEvent) -> String {
    let content = event.message().map(|message| message.content());
    let text = content.and_then(|content| content.message());
    let text = text.unwrap_or_default();
    match event {
        ChatEvent::MessageReceived(_) => format!("> {text}"),
        ChatEvent::MessageEdited(_) => format!("> {text} (edited)"),
        ChatEvent::MessageDeleted(_) => "> (deleted)".to_owned(),
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
        other => format!("* {other:?}"),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let scene = scene::Scene::set().await?;
    let alices = scene.alice.chat_thread_client(scene.thread.thread_id());
    println!("{} sees:", scene.bot);
    let tail = async {
        let watch = scene.thread.watch().from_beginning();
        let mut watch = watch
            .poll_between(Duration::from_millis(100), Duration::from_secs(10))
            .into_stream();
        while let Some(watched) = watch.try_next().await? {
            println!("{}", line(watched.event()));
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
