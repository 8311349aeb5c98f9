//! Says what watches of threads at rest cost: requests a minute, bytes on the wire, bytes of a cursor.
//!
//! `cargo run --release -p chat-tests --bin watch_cost -- [THREADS] [MINUTES]`, 100 threads and one
//! minute unless it is said otherwise; four minutes more until the timers are at their slowest.

use std::env;
use std::error::Error;
use std::time::Duration;

use chat::models::TokenScope;
use chat::watch::WatchState;
use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential};
use chat_emulator::Emulator;

/// After this the waits do not grow any more.
const SETTLING: Duration = Duration::from_secs(240);

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let threads: u32 = arguments
        .next()
        .map_or(Ok(100), |threads| threads.parse())?;
    let minutes: u32 = arguments.next().map_or(Ok(1), |minutes| minutes.parse())?;
    let emulator = Emulator::builder()
        .journal_capacity(100_000)
        .start()
        .await?;
    let identity =
        CommunicationIdentityClient::from_connection_string(&emulator.connection_string())?;
    let (user, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
    let endpoint = identity.endpoint();
    let client = ChatClient::new(endpoint, CommunicationTokenCredential::new(token)?)?;
    for n in 0..threads {
        let created = client.create_chat_thread(format!("Thread {n}")).await?;
        assert!(created.is_complete(), "nobody else is in it");
    }
    println!(
        "{threads} threads at rest, default settings, user {}",
        user.id()
    );

    let first = client
        .watch()
        .from_beginning()
        .into_stream()
        .try_next()
        .await?;
    let mut watch = client.watch().from_now().into_stream();
    let handle = watch.handle();
    let watching = tokio::spawn(async move { watch.try_next().await.map(drop) });
    handle
        .wait_for(|state| state == WatchState::Following)
        .await;
    measure(&emulator, "a watch of all", minutes).await;
    watching.abort();

    let thread = first
        .as_ref()
        .ok_or("there is no thread")?
        .thread_id()
        .clone();
    let mut watch = client.chat_thread_client(&thread).watch().into_stream();
    let watching = tokio::spawn(async move { watch.try_next().await.map(drop) });
    measure(&emulator, "a watch of one", minutes).await;
    watching.abort();

    let mut watch = client.watch().from_beginning().into_stream();
    let mut cursor = 0;
    // Each thread begins with two messages of the service.
    for _ in 0..2 * threads {
        let watched = watch.try_next().await?.ok_or("the watch has ended")?;
        cursor = watched.cursor().to_string().len();
    }
    println!("the cursor of all, just after something happened in each: {cursor} bytes");
    Ok(())
}

/// Counts requests, and what of their bodies and heads goes over the wire.
async fn measure(emulator: &Emulator, what: &str, minutes: u32) {
    tokio::time::sleep(SETTLING).await;
    let since = emulator.journal().last().map_or(0, |entry| entry.number());
    tokio::time::sleep(minutes * MINUTE).await;
    let journal = emulator.journal();
    let entries: Vec<_> = journal
        .iter()
        .filter(|entry| entry.number() > since)
        .collect();
    let head = |(name, value): (&str, &str)| name.len() + value.len() + 4;
    let sent: usize = entries
        .iter()
        .map(|entry| entry.headers().map(head).sum::<usize>())
        .sum();
    let received: usize = entries
        .iter()
        .map(|entry| {
            let body = entry.answer_body().map_or(0, str::len);
            entry.answer_headers().map(head).sum::<usize>() + body
        })
        .sum();
    let per_minute = |count: usize| count as f64 / f64::from(minutes);
    println!(
        "{what}: {:.1} requests, {:.0} bytes sent and {:.0} received a minute",
        per_minute(entries.len()),
        per_minute(sent),
        per_minute(received)
    );
}
