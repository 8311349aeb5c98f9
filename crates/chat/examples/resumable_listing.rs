//! Reads a long thread page by page, stops in the middle, and goes on in another run: what is stored
//! between the two is one line of text.
//!
//! `cargo run --example resumable_listing` runs against the service on this machine (the emulator).

mod service;

use std::error::Error;
use std::path::Path;
use std::{env, fs, process};

use chat::{ChatThreadClient, Transport};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Reads up to so many pages, from where the file says. Gives how many messages were read, and
/// whether that was the end.
async fn read(thread: &ChatThreadClient, pages: usize, file: &Path) -> Result<(usize, bool)> {
    let mut list = thread.list_messages().page_size(20);
    if let Ok(continuation) = fs::read_to_string(file) {
        list = list.continue_from(continuation.parse()?);
    }
    let mut list = list.into_pages();
    let mut count = 0;
    for _ in 0..pages {
        let Some(page) = list.try_next().await? else {
            return Ok((count, true));
        };
        count += page.items().len();
        match page.continuation() {
            Some(continuation) => fs::write(file, continuation.to_string())?,
            None => return Ok((count, true)),
        }
    }
    Ok((count, false))
}

#[tokio::main]
async fn main() -> Result<()> {
    let service = service::Service::find(Transport::builder()).await?;
    let (_, alice) = service.person().await?;
    let created = alice.create_chat_thread("Minutes").await?;
    let thread = alice.chat_thread_client(created.chat_thread().id());
    for number in 1..=90 {
        thread.send_message(format!("Item {number}")).await?;
    }

    let file = env::temp_dir().join(format!("resumable_listing_{}", process::id()));
    for run in 1.. {
        let (count, is_over) = read(&thread, 2, &file).await?;
        println!("Run {run} has read {count} messages.");
        if is_over {
            break;
        }
    }
    fs::remove_file(file)?;
    Ok(())
}
