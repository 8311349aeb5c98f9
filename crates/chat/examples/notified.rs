//! Prints who is typing, what is said and who has read it, as soon as the service says so.
//!
//! `cargo run --example notified --features chat/realtime` runs against the service on this machine
//! (the emulator), where a bot talks to Alice and she deletes the thread.
//!
//! The service's notifications are experimental here, and Microsoft does not support them for
//! servers: read the module `chat::notifications` first.

mod scene;

use std::error::Error;
use std::time::Duration;

use chat::notifications::NotificationEvent;
use chat::watch::{ChatEvent, WatchState};

/// What is printed of an event.
fn line(event: &ChatEvent) -> String {
    match event {
        ChatEvent::Typing(typing) => {
            let name = typing.sender_display_name().unwrap_or("somebody");
            format!("… {name} is typing")
        }
        ChatEvent::MessageReceived(message) => {
            let name = message.sender_display_name().unwrap_or("somebody");
            let text = message.content().message().unwrap_or_default();
            format!("> {name}: {text}")
        }
        ChatEvent::ReadReceipt(receipt) => {
            format!("* read up to the message {}", receipt.chat_message_id())
        }
        ChatEvent::TopicUpdated(message) => {
            format!("* topic: {}", message.content().topic().unwrap_or_default())
        }
        ChatEvent::PropertiesUpdated(_) => "* topic or metadata changed".to_owned(),
        ChatEvent::ThreadDeleted => "* the thread is gone".to_owned(),
        other => format!("* {other:?}"),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let scene = scene::Scene::set().await?;
    let mut notifications = scene.alice.notifications().connect()?;
    while let Some(event) = notifications.try_next().await? {
        println!("{event:?}");
        if matches!(event, NotificationEvent::Connected) {
            break;
        }
    }

    println!("Alice sees of {}:", scene.bot);

    // Reads the lists when a notification comes, so that nothing is missed if one is lost, and gives
    // what only notifications tell besides.
    let alices = scene.alice.chat_thread_client(scene.thread.thread_id());
    let mut watch = alices.watch().notified_by(&notifications).into_stream();
    let handle = watch.handle();
    let tail = async {
        while let Some(watched) = watch.try_next().await? {
            println!("{}", line(watched.event()));
        }
        Ok::<_, chat::Error>(())
    };
    let bot = async {
        let pause = || tokio::time::sleep(Duration::from_millis(300));
        let following = |state| state == WatchState::Following;
        handle.wait_for(following).await;
        let typing = scene.thread.send_typing_notification();
        typing.sender_display_name("Bot").await?;
        pause().await;
        let message = scene.thread.send_message("Hello");
        let sent = message.sender_display_name("Bot").await?;
        pause().await;
        scene.thread.send_read_receipt(sent.id()).await?;
        scene.thread.update_topic("Greetings").await?;
        pause().await;
        scene.alice.delete_chat_thread(alices.thread_id()).await
    };
    tokio::try_join!(tail, bot)?;
    notifications.close().await;
    Ok(())
}
