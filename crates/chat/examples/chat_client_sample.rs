//! What a chat client does: creates, lists and deletes threads.
//!
//! `cargo run --example chat_client_sample` uses the emulator. With
//! `COMMUNICATION_SAMPLES_CONNECTION_STRING` and `AZURE_COMMUNICATION_SERVICE_ENDPOINT` in the
//! environment it uses that resource.

mod shared;

use std::error::Error;
use std::time::Duration;

use chat::models::{ChatParticipant, ChatThreadId, IdempotencyToken, TokenScope};
use chat::{ChatClient, CommunicationTokenCredential};
use shared::{Resource, day_and_time};
use time::OffsetDateTime;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let resource = Resource::find().await?;
    let (user, client) = create_chat_client(&resource).await?;
    let bob = resource.identity.create_user().await?;

    let thread =
        create_thread(&client, ChatParticipant::new(&bob).with_display_name("Bob")).await?;
    create_thread_with_idempotency_token(&client).await?;
    get_chat_thread_client(&client, &thread).await?;
    list_threads(&client).await?;
    delete_thread(&client, &thread).await?;

    for user in [&user, &bob] {
        resource.identity.delete_user(user).await?;
    }
    println!("the users are deleted");
    Ok(())
}

/// A client for a new user, with a token that is issued when it is needed and before it expires.
async fn create_chat_client(
    resource: &Resource,
) -> Result<(chat::models::CommunicationUserIdentifier, ChatClient), chat::Error> {
    let user = resource.identity.create_user().await?;
    let credential = CommunicationTokenCredential::refreshing({
        let (identity, user) = (resource.identity.clone(), user.clone());
        move || identity.issue_token(&user, [TokenScope::Chat]).send()
    });
    let client = ChatClient::new(&resource.endpoint, credential)?;
    println!("a chat client for {user}");
    Ok((user, client))
}

/// Participants who can't be added do not keep the thread from being created. Those who failed for
/// a reason that passes are added again.
async fn create_thread(
    client: &ChatClient,
    participant: ChatParticipant,
) -> Result<ChatThreadId, chat::Error> {
    let created = client
        .create_chat_thread("test topic")
        .participant(participant)
        .await?;
    let id = created.chat_thread().id().clone();
    println!("created the thread {id}");
    for failed in created.failed_participants() {
        println!("{failed}");
    }
    let again: Vec<_> = created.retryable_participants().collect();
    if !again.is_empty() {
        let added = client
            .chat_thread_client(&id)
            .add_participants(again)
            .await?;
        println!("{} are still missing", added.failed_participants().len());
    }
    Ok(id)
}

/// The service knows a create that is repeated by its token. One is made for each create; one of
/// your own lets another run of the program repeat it.
async fn create_thread_with_idempotency_token(client: &ChatClient) -> Result<(), chat::Error> {
    let token = IdempotencyToken::new();
    let create = || {
        client
            .create_chat_thread("test topic")
            .idempotency_token(token.clone())
    };
    let first = create().await?;
    let second = create().await?;
    let same = first.chat_thread().id() == second.chat_thread().id();
    println!(
        "the thread was created {}",
        if same { "once" } else { "twice" }
    );
    client.delete_chat_thread(first.chat_thread().id()).await
}

async fn get_chat_thread_client(
    client: &ChatClient,
    thread: &ChatThreadId,
) -> Result<(), chat::Error> {
    let thread_client = client.chat_thread_client(thread);
    let properties = thread_client.properties().await?;
    println!("its topic is “{}”", properties.topic());
    Ok(())
}

/// Threads that had a message in the last two days, two in a page.
async fn list_threads(client: &ChatClient) -> Result<(), chat::Error> {
    let start = OffsetDateTime::now_utc() - Duration::from_secs(2 * 24 * 60 * 60);
    let mut pages = client
        .list_chat_threads()
        .page_size(2)
        .start_time(start)
        .into_pages();
    let mut number = 0;
    while let Some(page) = pages.try_next().await? {
        number += 1;
        println!("page {number} of threads:");
        for thread in &page {
            let written = thread.last_message_received_on().map(day_and_time);
            let written = written.unwrap_or_else(|| "never".to_owned());
            println!("  “{}”, last written to: {written}", thread.topic());
        }
    }
    Ok(())
}

async fn delete_thread(client: &ChatClient, thread: &ChatThreadId) -> Result<(), chat::Error> {
    client.delete_chat_thread(thread).await?;
    println!("the thread is deleted");
    Ok(())
}
