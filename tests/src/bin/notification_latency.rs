//! Measures how long it takes from sending a message until a watch that notifications ring gives it:
//!
//! ```sh
//! cargo run --release -p chat-tests --bin notification_latency
//! ```

use std::time::{Duration, Instant};

use chat::models::{ChatParticipant, TokenScope};
use chat::notifications::NotificationEvent;
use chat::watch::{ChatEvent, WatchState};
use chat::{CommunicationIdentityClient, CommunicationTokenCredential};
use chat_emulator::Emulator;

const MESSAGES: usize = 300;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    let identity =
        CommunicationIdentityClient::from_connection_string(&emulator.connection_string())?;
    let (_, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
    let alice = identity.chat_client(CommunicationTokenCredential::new(token)?);
    let (bobs_id, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
    let bob = identity.chat_client(CommunicationTokenCredential::new(token)?);
    let create = alice.create_chat_thread("Latency");
    let created = create.participant(ChatParticipant::new(bobs_id)).await?;
    let id = created.chat_thread().id();
    let (alices, bobs) = (alice.chat_thread_client(id), bob.chat_thread_client(id));

    let mut notifications = bob.notifications().connect()?;
    let began = Instant::now();
    while !matches!(
        notifications.try_next().await?,
        Some(NotificationEvent::Connected)
    ) {}
    println!("connected after {:.1?}", began.elapsed());
    // What comes does not come by the timer.
    let hours = Duration::from_secs(10_000);
    let watch = bobs.watch().poll_between(hours, hours);
    let mut watch = watch.notified_by(&notifications).into_stream();
    let handle = watch.handle();
    let (given, mut received) = tokio::sync::mpsc::channel(1);
    let watching = tokio::spawn(async move {
        while let Ok(Some(watched)) = watch.try_next().await {
            if let ChatEvent::MessageReceived(message) = watched.event() {
                let text = message.content().message().unwrap_or_default();
                if given.send((Instant::now(), text.to_owned())).await.is_err() {
                    return;
                }
            }
        }
    });
    handle
        .wait_for(|state| state == WatchState::Following)
        .await;

    let mut latencies = Vec::with_capacity(MESSAGES);
    for number in 0..MESSAGES {
        let sent = Instant::now();
        alices.send_message(number.to_string()).await?;
        let (at, text) = received.recv().await.ok_or("the watch has ended")?;
        assert_eq!(text, number.to_string());
        latencies.push(at - sent);
    }
    watching.abort();
    notifications.close().await;
    latencies.sort();
    let part = |percent: usize| latencies[(latencies.len() - 1) * percent / 100];
    println!(
        "from send to event, over {MESSAGES} messages: median {:.2?}, 95% {:.2?}, longest {:.2?}",
        part(50),
        part(95),
        part(100)
    );
    Ok(())
}
