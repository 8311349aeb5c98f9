//! What a client for one thread does: messages, participants, receipts, typing notifications.
//!
//! `cargo run --example chat_thread_client_sample` uses the emulator. With
//! `COMMUNICATION_SAMPLES_CONNECTION_STRING` and `AZURE_COMMUNICATION_SERVICE_ENDPOINT` in the
//! environment it uses that resource.

mod shared;

use std::error::Error;
use std::time::Duration;

use chat::models::{
    ChatMessageId, ChatMessageType, ChatParticipant, CommunicationUserIdentifier,
    FailedParticipant, TokenScope,
};
use chat::{ChatClient, ChatThreadClient, CommunicationTokenCredential};
use shared::{Resource, day_and_time};
use time::OffsetDateTime;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let resource = Resource::find().await?;
    let scopes = [TokenScope::Chat];
    let (alice, token) = resource.identity.create_user_and_token(scopes).await?;
    let bob = resource.identity.create_user().await?;
    let client = ChatClient::new(
        &resource.endpoint,
        CommunicationTokenCredential::new(token)?,
    )?;

    let thread = create_chat_thread_client(&client).await?;
    update_topic(&thread).await?;
    let message = send_message(&thread).await?;
    get_message(&thread, &message).await?;
    list_messages(&thread).await?;
    update_message(&thread, &message).await?;
    send_read_receipt(&thread, &message).await?;
    list_read_receipts(&thread).await?;
    delete_message(&thread, &message).await?;
    add_participants(&thread, &bob).await?;
    list_participants(&thread).await?;
    send_typing_notification(&thread).await?;
    remove_participant(&thread, &bob).await?;

    client.delete_chat_thread(thread.thread_id()).await?;
    for user in [&alice, &bob] {
        resource.identity.delete_user(user).await?;
    }
    println!("the thread and the users are deleted");
    Ok(())
}

async fn create_chat_thread_client(client: &ChatClient) -> Result<ChatThreadClient, chat::Error> {
    let created = client.create_chat_thread("test topic").await?;
    let thread = client.chat_thread_client(created.chat_thread().id());
    println!("a client for the thread {}", thread.thread_id());
    Ok(thread)
}

async fn update_topic(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    thread.update_topic("new topic").await?;
    let properties = thread.properties().await?;
    println!("the topic is now “{}”", properties.topic());
    Ok(())
}

async fn send_message(thread: &ChatThreadClient) -> Result<ChatMessageId, chat::Error> {
    let plain = thread.send_message("hello world").await?;
    let html = thread
        .send_message("<b>hello</b> world")
        .message_type(ChatMessageType::Html)
        .sender_display_name("Alice")
        .metadata([("hasAttachment", "false")])
        .await?;
    println!("sent the messages {} and {}", plain.id(), html.id());
    Ok(html.id().clone())
}

async fn get_message(thread: &ChatThreadClient, id: &ChatMessageId) -> Result<(), chat::Error> {
    let message = thread.message(id).await?;
    println!(
        "{} wrote “{}” on {}",
        message.sender_display_name().unwrap_or("somebody"),
        message.content().message().unwrap_or_default(),
        day_and_time(message.created_on())
    );
    Ok(())
}

/// Messages of the last two days, newest first, two in a page.
async fn list_messages(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    let start = OffsetDateTime::now_utc() - Duration::from_secs(2 * 24 * 60 * 60);
    let mut pages = thread
        .list_messages()
        .page_size(2)
        .start_time(start)
        .into_pages();
    let mut number = 0;
    while let Some(page) = pages.try_next().await? {
        number += 1;
        println!("page {number} of messages:");
        for message in &page {
            let text = message.content().message();
            println!("  {}: {}", message.message_type(), text.unwrap_or("…"));
        }
    }
    Ok(())
}

async fn update_message(thread: &ChatThreadClient, id: &ChatMessageId) -> Result<(), chat::Error> {
    thread
        .update_message(id)
        .content("updated message content")
        .await?;
    println!("the message is updated");
    Ok(())
}

async fn send_read_receipt(
    thread: &ChatThreadClient,
    id: &ChatMessageId,
) -> Result<(), chat::Error> {
    thread.send_read_receipt(id).await?;
    println!("sent a read receipt");
    Ok(())
}

/// Leaves the first receipt out.
async fn list_read_receipts(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    let mut receipts = thread
        .list_read_receipts()
        .page_size(5)
        .skip(1)
        .into_stream();
    while let Some(receipt) = receipts.try_next().await? {
        println!(
            "message {} was read on {}",
            receipt.chat_message_id(),
            day_and_time(receipt.read_on())
        );
    }
    Ok(())
}

async fn delete_message(thread: &ChatThreadClient, id: &ChatMessageId) -> Result<(), chat::Error> {
    thread.delete_message(id).await?;
    println!("the message is deleted");
    Ok(())
}

/// Whether a participant is added again, decided by the error: not one who does not exist.
fn decide_to_retry(failed: &FailedParticipant) -> bool {
    failed.error().code() != "404" && failed.is_retryable()
}

async fn add_participants(
    thread: &ChatThreadClient,
    user: &CommunicationUserIdentifier,
) -> Result<(), chat::Error> {
    let participant = ChatParticipant::new(user)
        .with_display_name("Bob")
        .with_share_history_time(OffsetDateTime::now_utc());
    let added = thread.add_participants([participant]).await?;
    let again: Vec<_> = added
        .into_failed_participants()
        .into_iter()
        .filter(decide_to_retry)
        .map(FailedParticipant::into_participant)
        .collect();
    match again.len() {
        0 => println!("Bob is added"),
        _ => println!(
            "of those who are added again, {} failed",
            thread
                .add_participants(again)
                .await?
                .failed_participants()
                .len()
        ),
    }
    Ok(())
}

async fn list_participants(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    let mut participants = thread.list_participants().page_size(5).into_stream();
    while let Some(participant) = participants.try_next().await? {
        println!(
            "{} takes part ({})",
            participant.display_name().unwrap_or("Somebody"),
            participant.identifier()
        );
    }
    Ok(())
}

async fn send_typing_notification(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    thread
        .send_typing_notification()
        .sender_display_name("Alice")
        .await?;
    println!("Alice types");
    Ok(())
}

async fn remove_participant(
    thread: &ChatThreadClient,
    user: &CommunicationUserIdentifier,
) -> Result<(), chat::Error> {
    thread.remove_participant(user).await?;
    println!("Bob is removed");
    Ok(())
}
