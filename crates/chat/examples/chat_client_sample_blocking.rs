//! What a chat client does, without async: creates, lists and deletes threads.
//!
//! `cargo run --features chat/blocking --example chat_client_sample_blocking` uses the emulator.
//! With `COMMUNICATION_SAMPLES_CONNECTION_STRING` and `AZURE_COMMUNICATION_SERVICE_ENDPOINT` in the
//! environment it uses that resource.

mod shared;

use std::error::Error;
use std::time::Duration;

use chat::models::{ChatParticipant, ChatThreadId, IdempotencyToken, TokenScope};
use chat::{ChatClient, CommunicationTokenCredential};
use shared::{Resource, day_and_time};
use time::OffsetDateTime;

fn main() -> Result<(), Box<dyn Error>> {
    // The emulator is asynchronous, and needs a runtime; what is chatted with it does not.
    let runtime = tokio::runtime::Runtime::new()?;
    let resource = runtime.block_on(Resource::find())?;
    let (user, client) = create_chat_client(&resource)?;
    let bob = resource.identity.create_user().send_blocking()?;

    let thread = create_thread(&client, ChatParticipant::new(&bob).with_display_name("Bob"))?;
    create_thread_with_idempotency_token(&client)?;
    get_chat_thread_client(&client, &thread)?;
    list_threads(&client)?;
    delete_thread(&client, &thread)?;

    for user in [&user, &bob] {
        resource.identity.delete_user(user).send_blocking()?;
    }
    println!("the users are deleted");
    Ok(())
}

/// A client for a new user, with a token that is issued when it is needed and before it expires.
fn create_chat_client(
    resource: &Resource,
) -> Result<(chat::models::CommunicationUserIdentifier, ChatClient), chat::Error> {
    let user = resource.identity.create_user().send_blocking()?;
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
fn create_thread(
    client: &ChatClient,
    participant: ChatParticipant,
) -> Result<ChatThreadId, chat::Error> {
    let created = client
        .create_chat_thread("test topic")
        .participant(participant)
        .send_blocking()?;
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
            .send_blocking()?;
        println!("{} are still missing", added.failed_participants().len());
    }
    Ok(id)
}

/// The service knows a create that is repeated by its token. One is made for each create; one of
/// your own lets another run of the program repeat it.
fn create_thread_with_idempotency_token(client: &ChatClient) -> Result<(), chat::Error> {
    let token = IdempotencyToken::new();
    let create = || {
        client
            .create_chat_thread("test topic")
            .idempotency_token(token.clone())
    };
    let first = create().send_blocking()?;
    let second = create().send_blocking()?;
    let same = first.chat_thread().id() == second.chat_thread().id();
    println!(
        "the thread was created {}",
        if same { "once" } else { "twice" }
    );
    client
        .delete_chat_thread(first.chat_thread().id())
        .send_blocking()
}

fn get_chat_thread_client(client: &ChatClient, thread: &ChatThreadId) -> Result<(), chat::Error> {
    let thread_client = client.chat_thread_client(thread);
    let properties = thread_client.properties().send_blocking()?;
    println!("its topic is “{}”", properties.topic());
    Ok(())
}

/// Threads that had a message in the last two days, two in a page.
fn list_threads(client: &ChatClient) -> Result<(), chat::Error> {
    let start = OffsetDateTime::now_utc() - Duration::from_secs(2 * 24 * 60 * 60);
    let pages = client
        .list_chat_threads()
        .page_size(2)
        .start_time(start)
        .into_blocking_pages();
    for (number, page) in (1..).zip(pages) {
        let page = page?;
        println!("page {number} of threads:");
        for thread in &page {
            let written = thread.last_message_received_on().map(day_and_time);
            let written = written.unwrap_or_else(|| "never".to_owned());
            println!("  “{}”, last written to: {written}", thread.topic());
        }
    }
    Ok(())
}

fn delete_thread(client: &ChatClient, thread: &ChatThreadId) -> Result<(), chat::Error> {
    client.delete_chat_thread(thread).send_blocking()?;
    println!("the thread is deleted");
    Ok(())
}
