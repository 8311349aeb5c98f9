//! What the library and the HTTP stack beneath it write to logs, at the finest level and over the
//! whole surface: neither tokens nor keys, and nothing people wrote.
//!
//! A program of its own, since it is the only one whose logs are captured.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use chat::models::TokenScope;
use chat::notifications::{NotificationEvent, Notifications};
use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential};
use chat_emulator::{Emulator, NotificationOperation};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const ACCESS_KEY: &str = "dGhlIGtleSB0aGF0IG5vIGxvZyBtYXkgc2hvdw==";
const WRITTEN: &str = "what people wrote";

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn logs_hold_no_secret_and_nothing_people_wrote() {
    let captured = Captured::default();
    // The emulator's websockets write what they carry; those of the client are of another library.
    let targets = Targets::new()
        .with_default(LevelFilter::TRACE)
        .with_target("tungstenite", LevelFilter::OFF)
        .with_target("tokio_tungstenite", LevelFilter::OFF);
    // Takes what is written by way of `log` as well, as reqwest does.
    tracing_subscriber::registry()
        .with(targets)
        .with(fmt::layer().with_writer(captured.clone()))
        .init();
    let builder = Emulator::builder().access_key(ACCESS_KEY);
    let emulator = builder.start().await.unwrap();
    let mut secrets = vec![ACCESS_KEY.to_owned(), WRITTEN.to_owned()];

    whole_surface(&emulator, &mut secrets).await.unwrap();

    let logs = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    for written in [
        "createChatThread",
        "issueAccessToken",
        "reqwest",
        "notifications: connected",
        "notifications: disconnected",
    ] {
        assert!(logs.contains(written), "{written} is in the logs");
    }
    for secret in &secrets {
        assert!(!logs.contains(secret.as_str()), "a log shows {secret:?}");
    }
    assert!(!logs.contains("Signature="), "a log shows a signature");
    // Where notifications are sent, and what opens the socket.
    for address in ["/v4/f/", "sig=", "socket.io/1/?", "epid="] {
        assert!(!logs.contains(address), "a log shows {address:?}");
    }
}

/// Calls every operation, and some of them in vain.
async fn whole_surface(emulator: &Emulator, secrets: &mut Vec<String>) -> Result<(), chat::Error> {
    let connection_string = emulator.connection_string();
    let identity = CommunicationIdentityClient::from_connection_string(&connection_string)?;
    let (alice, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
    secrets.push(token.secret().to_owned());
    let bob = identity.create_user().await?;
    let bobs = identity.issue_token(&bob, [TokenScope::Chat]).await?;
    secrets.push(bobs.secret().to_owned());
    let teams = identity
        .exchange_teams_user_token(WRITTEN, "app", "user")
        .await;
    assert!(teams.is_err());

    let client = ChatClient::new(
        identity.endpoint(),
        CommunicationTokenCredential::new(token)?,
    )?;
    let at_bob = ChatClient::new(
        identity.endpoint(),
        CommunicationTokenCredential::new(bobs)?,
    )?;
    let create = client
        .create_chat_thread(WRITTEN)
        .metadata([("k", WRITTEN)]);
    let created = create.participant(&bob).await?;
    let thread = client.chat_thread_client(created.chat_thread().id());
    thread.update_topic(WRITTEN).await?;
    thread.properties().await?;
    let sent = thread
        .send_message(WRITTEN)
        .sender_display_name(WRITTEN)
        .await?;
    thread.send_message(WRITTEN).exactly_once().await?;
    thread.update_message(sent.id()).content(WRITTEN).await?;
    thread.message(sent.id()).await?;
    thread
        .send_typing_notification()
        .sender_display_name(WRITTEN)
        .await?;
    thread.send_read_receipt(sent.id()).await?;
    let mut messages = thread.list_messages().page_size(2).into_stream();
    while messages.try_next().await?.is_some() {}
    thread.list_participants().into_stream().try_next().await?;
    thread.list_read_receipts().into_stream().try_next().await?;
    client.list_chat_threads().into_stream().try_next().await?;
    thread.delete_message(sent.id()).await?;
    thread.remove_participant(&bob).await?;
    let bobs_thread = at_bob.chat_thread_client(thread.thread_id());
    let refused = bobs_thread.send_message(WRITTEN).await.unwrap_err();
    tracing::error!(error = %refused, debug = ?refused, "shown");
    let _ = thread.add_participants([&bob]).await?;
    identity.revoke_tokens(&bob).await?;
    let refused = bobs_thread.send_message(WRITTEN).await.unwrap_err();
    tracing::error!(error = %refused, debug = ?refused, client = ?at_bob, "shown");
    notified(emulator, &client, secrets).await?;
    client.delete_chat_thread(thread.thread_id()).await?;
    identity.delete_user(&alice).await
}

/// Has a message notified, over a connection that is cut and made again.
async fn notified(
    emulator: &Emulator,
    client: &ChatClient,
    secrets: &mut Vec<String>,
) -> Result<(), chat::Error> {
    let mut notifications = client.notifications().connect()?;
    let thread = client.create_chat_thread(WRITTEN).await?;
    let thread = client.chat_thread_client(thread.chat_thread().id());
    for _ in 0..2 {
        while !matches!(
            next(&mut notifications).await?,
            NotificationEvent::Connected
        ) {}
        thread.send_message(WRITTEN).await?;
        while !matches!(
            next(&mut notifications).await?,
            NotificationEvent::Received(_)
        ) {}
        emulator.notifications().cut();
    }
    while !matches!(
        next(&mut notifications).await?,
        NotificationEvent::Connected
    ) {}
    notifications.close().await;
    // The name of the connection is a part of the address that notifications are sent to.
    let session = NotificationOperation::OpenNotificationSession.into();
    let journal = emulator.journal();
    let opened = journal
        .iter()
        .filter(|entry| entry.operation() == Some(session));
    let queries = opened.filter_map(|entry| entry.query());
    let names =
        queries.flat_map(|query| query.split('&').filter_map(|part| part.strip_prefix("sr=")));
    let before = secrets.len();
    secrets.extend(names.map(str::to_owned));
    assert!(secrets.len() > before, "the connections have names");
    Ok(())
}

/// What is told next, which shows no secret.
async fn next(notifications: &mut Notifications) -> Result<NotificationEvent, chat::Error> {
    let event = notifications.try_next().await?.expect("it goes on");
    tracing::error!(debug = ?event, whole = ?notifications, "shown");
    Ok(event)
}
