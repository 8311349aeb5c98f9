//! Answers every message of a thread exactly once, however often it is killed and started again.
//!
//! `cargo run --example echo_bot` runs against the service on this machine (the emulator), where
//! Alice says three things and deletes the thread.

mod scene;

use std::error::Error;
use std::path::Path;
use std::{env, fs, process};

use chat::ChatThreadClient;
use chat::models::ChatMessage;
use chat::watch::ChatEvent;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Answers until the thread is deleted. The file keeps the cursor.
async fn echo(thread: &ChatThreadClient, me: &str, file: &Path) -> Result<()> {
    let watch = match fs::read_to_string(file) {
        Ok(cursor) => thread.watch().after(cursor.parse()?),
        Err(_) => thread.watch().from_beginning(),
    };
    let mut watch = watch.into_stream();
    while let Some(watched) = watch.try_next().await? {
        if let ChatEvent::MessageReceived(message) = watched.event()
            && message.sender().is_some_and(|sender| sender.raw_id() != me)
            && !is_answered(thread, message).await?
        {
            let text = message.content().message().unwrap_or_default();
            let answer = thread.send_message(format!("You said: {text}"));
            let answer = answer.metadata([("answers", message.id().as_str())]);
            answer.exactly_once().await?;
        }
        // In one step, so that no half of a cursor is ever read.
        let new = file.with_extension("new");
        fs::write(&new, watched.cursor().to_string())?;
        fs::rename(&new, file)?;
    }
    Ok(())
}

/// Whether the bot was killed after it had answered, and before it could store the cursor.
async fn is_answered(thread: &ChatThreadClient, message: &ChatMessage) -> Result<bool> {
    let since = thread.list_messages().start_time(message.created_on());
    let mut since = since.page_size(200).into_stream();
    while let Some(other) = since.try_next().await? {
        if other.metadata().get("answers").map(String::as_str) == Some(message.id().as_str()) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[tokio::main]
async fn main() -> Result<()> {
    let scene = scene::Scene::set().await?;
    let alices = scene.alice.chat_thread_client(scene.thread.thread_id());
    let file = env::temp_dir().join(format!("echo_bot_{}.cursor", process::id()));
    let bot = echo(&scene.thread, &scene.bot, &file);
    let alice = async {
        let mut watch = alices.watch().from_beginning().into_stream();
        for text in ["Hello", "Is anybody there?", "Bye"] {
            alices.send_message(text).await?;
            while let Some(watched) = watch.try_next().await? {
                let message = watched.event().message();
                if let Some(answer) = message.and_then(|message| message.content().message())
                    && answer.starts_with("You said")
                {
                    println!("{answer}");
                    break;
                }
            }
        }
        scene.alice.delete_chat_thread(alices.thread_id()).await?;
        Ok::<_, Box<dyn Error>>(())
    };
    tokio::try_join!(bot, alice)?;
    fs::remove_file(file)?;
    Ok(())
}
