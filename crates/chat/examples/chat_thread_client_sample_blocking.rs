//! What a client for one thread does, without async: messages, participants, receipts,
//! typing notifications.
//!
//! `cargo run --features chat/blocking --example chat_thread_client_sample_blocking` uses the emulator.
//! With `COMMUNICATION_SAMPLES_CONNECTION_STRING` and `AZURE_COMMUNICATION_SERVICE_ENDPOINT` in the
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

fn main() -> Result<(), Box<dyn Error>> {
    // The emulator is asynchronous, and needs a runtime; what is chatted with it does not.
    let runtime = tokio::runtime::Runtime::new()?;
    let resource = runtime.block_on(Resource::find())?;
    let scopes = [TokenScope::Chat];
    let (alice, token) = resource
        .identity
        .create_user_and_token(scopes)
        .send_blocking()?;
    let bob = resource.identity.create_user().send_blocking()?;
    let client = ChatClient::new(
        &resource.endpoint,
        CommunicationTokenCredential::new(token)?,
    )?;

    let thread = create_chat_thread_client(&client)?;
    update_topic(&thread)?;
    let message = send_message(&thread)?;
    get_message(&thread, &message)?;
    list_messages(&thread)?;
    update_message(&thread, &message)?;
    send_read_receipt(&thread, &message)?;
    list_read_receipts(&thread)?;
    delete_message(&thread, &message)?;
    add_participants(&thread, &bob)?;
    list_participants(&thread)?;
    send_typing_notification(&thread)?;
    remove_participant(&thread, &bob)?;

    client
        .delete_chat_thread(thread.thread_id())
        .send_blocking()?;
    for user in [&alice, &bob] {
        resource.identity.delete_user(user).send_blocking()?;
    }
    println!("the thread and the users are deleted");
    Ok(())
}

fn create_chat_thread_client(client: &ChatClient) -> Result<ChatThreadClient, chat::Error> {
    let created = client.create_chat_thread("test topic").send_blocking()?;
    let thread = client.chat_thread_client(created.chat_thread().id());
    println!("a client for the thread {}", thread.thread_id());
    Ok(thread)
}

fn update_topic(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    thread.update_topic("new topic").send_blocking()?;
    let properties = thread.properties().send_blocking()?;
    println!("the topic is now “{}”", properties.topic());
    Ok(())
}

fn send_message(thread: &ChatThreadClient) -> Result<ChatMessageId, chat::Error> {
    let plain = thread.send_message("hello world").send_blocking()?;
    let html = thread
        .send_message("<b>hello</b> world")
        .message_type(ChatMessageType::Html)
        .sender_display_name("Alice")
        .metadata([("hasAttachment", "false")])
        .send_blocking()?;
    println!("sent the messages {} and {}", plain.id(), html.id());
    Ok(html.id().clone())
}

fn get_message(thread: &ChatThreadClient, id: &ChatMessageId) -> Result<(), chat::Error> {
    let message = thread.message(id).send_blocking()?;
    println!(
        "{} wrote “{}” on {}",
        message.sender_display_name().unwrap_or("somebody"),
        message.content().message().unwrap_or_default(),
        day_and_time(message.created_on())
    );
    Ok(())
}

/// Messages of the last two days, newest first, two in a page.
fn list_messages(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    let start = OffsetDateTime::now_utc() - Duration::from_secs(2 * 24 * 60 * 60);
    let pages = thread
        .list_messages()
        .page_size(2)
        .start_time(start)
        .into_blocking_pages();
    for (number, page) in (1..).zip(pages) {
        let page = page?;
        println!("page {number} of messages:");
        for message in &page {
            let text = message.content().message();
            println!("  {}: {}", message.message_type(), text.unwrap_or("…"));
        }
    }
    Ok(())
}

fn update_message(thread: &ChatThreadClient, id: &ChatMessageId) -> Result<(), chat::Error> {
    thread
        .update_message(id)
        .content("updated message content")
        .send_blocking()?;
    println!("the message is updated");
    Ok(())
}

fn send_read_receipt(thread: &ChatThreadClient, id: &ChatMessageId) -> Result<(), chat::Error> {
    thread.send_read_receipt(id).send_blocking()?;
    println!("sent a read receipt");
    Ok(())
}

/// Leaves the first receipt out.
fn list_read_receipts(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    let receipts = thread
        .list_read_receipts()
        .page_size(5)
        .skip(1)
        .into_blocking_iter();
    for receipt in receipts {
        let receipt = receipt?;
        println!(
            "message {} was read on {}",
            receipt.chat_message_id(),
            day_and_time(receipt.read_on())
        );
    }
    Ok(())
}

fn delete_message(thread: &ChatThreadClient, id: &ChatMessageId) -> Result<(), chat::Error> {
    thread.delete_message(id).send_blocking()?;
    println!("the message is deleted");
    Ok(())
}

/// Whether a participant is added again, decided by the error: not one who does not exist.
fn decide_to_retry(failed: &FailedParticipant) -> bool {
    failed.error().code() != "404" && failed.is_retryable()
}

fn add_participants(
    thread: &ChatThreadClient,
    user: &CommunicationUserIdentifier,
) -> Result<(), chat::Error> {
    let participant = ChatParticipant::new(user)
        .with_display_name("Bob")
        .with_share_history_time(OffsetDateTime::now_utc());
    let added = thread.add_participants([participant]).send_blocking()?;
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
                .send_blocking()?
                .failed_participants()
                .len()
        ),
    }
    Ok(())
}

fn list_participants(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    let participants = thread.list_participants().page_size(5).into_blocking_iter();
    for participant in participants {
        let participant = participant?;
        println!(
            "{} takes part ({})",
            participant.display_name().unwrap_or("Somebody"),
            participant.identifier()
        );
    }
    Ok(())
}

fn send_typing_notification(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    thread
        .send_typing_notification()
        .sender_display_name("Alice")
        .send_blocking()?;
    println!("Alice types");
    Ok(())
}

fn remove_participant(
    thread: &ChatThreadClient,
    user: &CommunicationUserIdentifier,
) -> Result<(), chat::Error> {
    thread.remove_participant(user).send_blocking()?;
    println!("Bob is removed");
    Ok(())
}
