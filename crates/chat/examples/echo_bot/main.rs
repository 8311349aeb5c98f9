//! Answers every message of a thread exactly once, however often it is killed and started again.
//!
//! `cargo run --example echo_bot` runs against the service on this machine (the emulator), where
//! Alice says three things and deletes the thread.

mod demo;

use std::{error::Error, fs, path::PathBuf};

use chat::{ChatThreadClient, models::ChatMessage, watch::ChatEvent};

/// Answers until the thread is deleted. The file keeps the cursor.
async fn echo(thread: ChatThreadClient, me: String, file: PathBuf) -> Result<(), Box<dyn Error>> {
    let watch = match fs::read_to_string(&file) {
        Ok(cursor) => thread.watch().after(cursor.parse()?),
        Err(_) => thread.watch().from_beginning(),
    };
    let mut watch = watch.into_stream();
    while let Some(watched) = watch.try_next().await? {
        if let ChatEvent::MessageReceived(message) = watched.event()
            && message.sender().is_some_and(|sender| sender.raw_id() != me)
            && !is_answered(&thread, message).await?
        {
            let text = message.content().message().unwrap_or_default();
            let answer = thread.send_message(format!("You said: {text}"));
            let answer = answer.metadata([("answers", message.id().as_str())]);
            answer.exactly_once().await?;
        }
        // In one step, so that no half of a cursor is ever read.
        let new = file.with_extension("new");
        fs::write(&new, watched.cursor().to_string())?;
        fs::rename(&new, &file)?;
    }
    Ok(())
}

/// Whether the bot was killed after it had answered, and before it could store the cursor.
async fn is_answered(thread: &ChatThreadClient, to: &ChatMessage) -> Result<bool, chat::Error> {
    let since = thread.list_messages().start_time(to.created_on());
    let mut since = since.page_size(200).into_stream();
    while let Some(message) = since.try_next().await? {
        if message.metadata().get("answers").map(String::as_str) == Some(to.id().as_str()) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    demo::play(echo).await
}
