//! A webhook for Azure Event Grid that has a watch look at a thread as soon as something happens in it.
//!
//! `cargo run --example webhook --features chat/event-grid` runs against the service on this machine
//! (the emulator), which posts events as Event Grid does. In Azure, an event subscription of the
//! Communication Services resource does, with the public URL of the webhook.

use std::error::Error;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use axum::routing::any;
use chat::event_grid::{Delivery, Webhook};
use chat::models::TokenScope;
use chat::watch::{ChatEvent, WatchHandle};
use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential};
use chat_emulator::Emulator;
use tokio::net::TcpListener;

/// In a program of yours: long, random, and not in the source.
const SECRET: &str = "secret";

#[derive(Clone)]
struct Doorbell {
    webhook: Webhook,
    watch: WatchHandle,
}

/// Answers handshakes and takes events. What they say is not needed: the watch reads the thread.
async fn receive(
    State(bell): State<Doorbell>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    match bell.webhook.receive(&uri, &headers, &body) {
        Ok(Delivery::Handshake(answer)) => answer.map(Body::from),
        Ok(Delivery::Events(events)) => {
            for thread_id in events.iter().filter_map(|event| event.thread_id()) {
                bell.watch.ring_thread(thread_id);
            }
            Response::default()
        }
        Err(error) => {
            let mut answer = Response::default();
            *answer.status_mut() = error.status();
            answer
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/events?code={SECRET}", listener.local_addr()?);
    let emulator = Emulator::builder().event_grid(url).start().await?;

    let connection_string = emulator.connection_string();
    let identity = CommunicationIdentityClient::from_connection_string(&connection_string)?;
    let (_, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
    let credential = CommunicationTokenCredential::new(token)?;
    let client = ChatClient::new(identity.endpoint(), credential)?;
    // With a doorbell, the timer is there for events that are lost.
    let minutes = Duration::from_secs(10 * 60);
    let watch = client.watch().poll_between(minutes, minutes);
    let mut watch = watch.from_beginning().into_stream();
    let bell = Doorbell {
        webhook: Webhook::with_query_secret("code", SECRET),
        watch: watch.handle(),
    };
    let router = Router::new()
        .route("/events", any(receive))
        .with_state(bell);
    let webhook = tokio::spawn(axum::serve(listener, router).into_future());

    let created = client.create_chat_thread("Orders").await?;
    let thread = client.chat_thread_client(created.chat_thread().id());
    for text in ["One coffee, please", "And one tea", "That is all"] {
        let sent = Instant::now();
        thread.send_message(text).await?;
        while let Some(watched) = watch.try_next().await? {
            if let ChatEvent::MessageReceived(message) = watched.event() {
                let text = message.content().message().unwrap_or_default();
                println!("{text} (seen after {} ms)", sent.elapsed().as_millis());
                break;
            }
        }
    }
    client.delete_chat_thread(thread.thread_id()).await?;
    while let Some(watched) = watch.try_next().await? {
        if let ChatEvent::ThreadDeleted = watched.event() {
            println!("The thread is gone");
            break;
        }
    }
    webhook.abort();
    Ok(())
}
