//! How long it takes to bring a state back with a data file, and who waits meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chat_emulator::{Emulator, Seed};
use http::Method;
use serde_json::Value;

use super::Result;
use super::aim::{Aim, report};
use super::client::{Client, Target};
use super::data::TemporaryFile;

const THREADS: usize = 200;
const MESSAGES: usize = 200;
/// How often the state is brought back, and left again.
const ROUNDS: usize = 10;
/// The longest that any of it may take.
const MOST: Duration = Duration::from_millis(500);
/// After the last round the file may have so many times the bytes that it had when the state was new.
const MOST_GROWTH: f64 = 3.0;

/// Whether all restores and resets were quick, and the file stayed small.
pub(crate) fn measure() -> Result<bool> {
    let file = TemporaryFile::new("restored.redb");
    let emulator = Emulator::builder()
        .seed(Seed::from_json(r#"{"users": [{"name": "alice"}]}"#)?)
        .data(file.path())
        .control_port(0)
        .start_blocking()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(rounds(&emulator, &file))
}

async fn rounds(emulator: &Emulator, file: &TemporaryFile) -> Result<bool> {
    let target = Target::new(emulator);
    let control_url = emulator.control_url().ok_or("no control port")?;
    let control_address = control_url.trim_start_matches("http://");
    let mut control = Client::connect(&Target {
        address: control_address.trim_end_matches('/').parse()?,
        token: String::new(),
    })
    .await?;
    fill(&target).await?;
    let mut command = async |path: &str| {
        control
            .call(Method::POST, path, Bytes::new())
            .await
            .map(drop)
    };
    command("/snapshots").await?;

    let done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(slowest_read(target, Arc::clone(&done)));
    let size = || std::fs::metadata(file.path()).map(|file| file.len());
    let before = size()?;
    let mut slowest = Duration::ZERO;
    for _ in 0..ROUNDS {
        for path in ["/reset", "/snapshots/1/restore"] {
            let start = Instant::now();
            command(path).await?;
            let took = start.elapsed();
            println!(
                "  {path} took {took:.2?}, the file has {} KiB",
                size()? / 1024
            );
            slowest = slowest.max(took);
        }
    }
    done.store(true, Ordering::Relaxed);
    let read = reader.await??;
    let growth = size()? as f64 / before as f64;
    let messages = THREADS * MESSAGES;
    let share = |time: Duration| time.as_secs_f64() / MOST.as_secs_f64();
    println!("  the slowest restore or reset took {slowest:.2?}, the slowest read {read:.2?}");
    Ok(report(
        &format!(
            "restore or reset of {messages} messages with a data file, at its slowest, of 0.5 s"
        ),
        share(slowest),
        Aim::AtMost(1.0),
    ) & report(
        "read meanwhile, at its slowest, of 0.5 s",
        share(read),
        Aim::AtMost(1.0),
    ) & report(
        "size of the data file after 10 of both, to before",
        growth,
        Aim::AtMost(MOST_GROWTH),
    ))
}

async fn fill(target: &Target) -> Result<()> {
    let mut workers = Vec::new();
    for _ in 0..THREADS {
        let target = target.clone();
        workers.push(tokio::spawn(async move {
            let mut client = Client::connect(&target).await?;
            let topic = Bytes::from_static(br#"{"topic": "Lunch"}"#);
            let created = client.call(Method::POST, "/chat/threads", topic).await?;
            let created: Value = serde_json::from_slice(&created)?;
            let id = created["chatThread"]["id"].as_str().ok_or("no id")?;
            let path = format!("/chat/threads/{id}/messages");
            for _ in 0..MESSAGES {
                client.send_message(&path).await?;
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        }));
    }
    for worker in workers {
        worker.await??;
    }
    Ok(())
}

/// The longest that a list of threads takes until it is `done`.
async fn slowest_read(target: Target, done: Arc<AtomicBool>) -> Result<Duration> {
    let mut client = Client::connect(&target).await?;
    let mut slowest = Duration::ZERO;
    while !done.load(Ordering::Relaxed) {
        let start = Instant::now();
        client.get("/chat/threads").await?;
        slowest = slowest.max(start.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(slowest)
}
