//! Sends messages by many writers at once, with progress and a summary.
//!
//! `cargo run --release --example load_generator` loads the service on this machine (the emulator).
//! Who loads a resource of Azure is charged for it, and meets its rate limits.

mod service;

use std::error::Error;
use std::time::{Duration, Instant};

use chat::Transport;
use futures_util::future::join_all;
use indicatif::{ProgressBar, ProgressStyle};

const WRITERS: usize = 16;
const MESSAGES_A_WRITER: usize = 50;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = service::Service::find(Transport::builder()).await?;
    let mut threads = Vec::new();
    for writer in 0..WRITERS {
        let (_, client) = service.person().await?;
        let created = client.create_chat_thread(format!("Load {writer}")).await?;
        threads.push(client.chat_thread_client(created.chat_thread().id()));
    }

    let style = "{bar:40} {pos}/{len} messages, {per_sec}, {eta} left";
    let progress = ProgressBar::new((WRITERS * MESSAGES_A_WRITER) as u64)
        .with_style(ProgressStyle::with_template(style)?);
    let begun = Instant::now();
    let writers = threads.iter().map(|thread| {
        let progress = &progress;
        async move {
            let (mut times, mut failed) = (Vec::new(), 0);
            for number in 0..MESSAGES_A_WRITER {
                let sent = Instant::now();
                match thread.send_message(format!("Message {number}")).await {
                    Ok(_) => times.push(sent.elapsed()),
                    Err(_) => failed += 1,
                }
                progress.inc(1);
            }
            (times, failed)
        }
    });
    let outcomes = join_all(writers).await;
    let took = begun.elapsed();
    progress.finish_and_clear();

    let failed: usize = outcomes.iter().map(|(_, failed)| failed).sum();
    let mut times: Vec<Duration> = outcomes.into_iter().flat_map(|(times, _)| times).collect();
    times.sort_unstable();
    let rate = times.len() as f64 / took.as_secs_f64();
    println!(
        "{} messages sent and {failed} not, {rate:.0} a second",
        times.len()
    );
    for (name, share) in [("half", 50), ("nine of ten", 90), ("99 of 100", 99)] {
        if let Some(time) = times.get(times.len() * share / 100) {
            println!("{name} took up to {:.1} ms", time.as_secs_f64() * 1000.0);
        }
    }
    Ok(())
}
