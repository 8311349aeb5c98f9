//! How many messages the emulator is sent, against what a server of its framework can answer.

use std::time::{Duration, Instant};

use chat_emulator::{Emulator, EmulatorBuilder, Seed};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::Result;
use super::aim::{Aim, report};
use super::bare::BareServer;
use super::client::{Client, Target};
use super::median::median;

/// Connections that send messages at once.
pub(crate) const CONNECTIONS: usize = 32;
pub(crate) const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(2);
/// The emulator sends at least so many messages for each answer of a bare server.
const LEAST: f64 = 0.5;

pub(crate) const SEED: &str = r#"{
    "users": [{"name": "alice"}],
    "threads": [
        {"topic": "few", "createdBy": "alice"},
        {"topic": "many", "createdBy": "alice"}
    ]
}"#;

/// Over all connections, in turns with a bare server.
pub(crate) fn measure() -> Result<bool> {
    let emulator = seeded()?.start_blocking()?;
    runtime()?.block_on(async {
        let target = Target::new(&emulator);
        let (_, path) = threads(&target).await?;
        let bare = Target {
            address: BareServer::start()?.address,
            token: target.token.clone(),
        };
        let mut ratios = Vec::new();
        for _ in 0..ROUNDS {
            let sent = send_for_a_round(&target, &path).await?;
            let answered = send_for_a_round(&bare, &path).await?;
            println!("  {sent:>7.0} messages/s, a bare server {answered:>7.0} answers/s");
            ratios.push(sent / answered);
        }
        Ok(report(
            "messages sent, to answers of a bare server",
            median(ratios),
            Aim::AtLeast(LEAST),
        ))
    })
}

/// An emulator with a user and two threads.
pub(crate) fn seeded() -> Result<EmulatorBuilder> {
    Ok(Emulator::builder().seed(Seed::from_json(SEED)?))
}

/// What the clients run on.
pub(crate) fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

/// The paths of the messages of the two threads: `few` and `many`.
pub(crate) async fn threads(target: &Target) -> Result<(String, String)> {
    let mut client = Client::connect(target).await?;
    let listed: Value = serde_json::from_slice(&client.get("/chat/threads").await?)?;
    let path = |topic| {
        let threads = listed["value"].as_array()?;
        let thread = threads.iter().find(|thread| thread["topic"] == topic)?;
        Some(format!("/chat/threads/{}/messages", thread["id"].as_str()?))
    };
    path("few").zip(path("many")).ok_or("no threads".into())
}

/// How many messages are answered a second, over all connections.
pub(crate) async fn send_for_a_round(target: &Target, path: &str) -> Result<f64> {
    let end = Instant::now() + ROUND;
    let sent = send_while(target, path, move |_| Instant::now() < end).await?;
    Ok(sent as f64 / ROUND.as_secs_f64())
}

/// Sends so many messages.
pub(crate) async fn fill(target: &Target, path: &str, messages: usize) -> Result<()> {
    let each = messages.div_ceil(CONNECTIONS);
    send_while(target, path, move |sent| sent < each).await?;
    Ok(())
}

/// Sends over all connections as long as `more` says so of the number each has sent.
async fn send_while(
    target: &Target,
    path: &str,
    more: impl Fn(usize) -> bool + Clone + Send + 'static,
) -> Result<usize> {
    let mut workers = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut client = Client::connect(target).await?;
        let (path, more) = (path.to_owned(), more.clone());
        workers.push(tokio::spawn(async move {
            let mut sent = 0;
            while more(sent) {
                client.send_message(&path).await?;
                sent += 1;
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(sent)
        }));
    }
    let mut sent = 0;
    for worker in workers {
        sent += worker.await??;
    }
    Ok(sent)
}
