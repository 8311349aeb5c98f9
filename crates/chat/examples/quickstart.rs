//! Two people chat, and every group of operations is used once.
//!
//! `cargo run --example quickstart` runs against the service on this machine (the emulator). With
//! `COMMUNICATION_SERVICES_CONNECTION_STRING` set it runs against that resource, same code.

use std::env;
use std::error::Error;

use chat::models::{
    ChatMessage, ChatMessageType, ChatParticipant, ChatRetentionPolicy, TokenScope,
};
use chat::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential,
};
use chat_emulator::Emulator;
use time::OffsetDateTime;
use time::macros::format_description;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The service: a resource of Azure, or one on this machine that ends with the program.
    let (connection_string, _emulator) = match env::var("COMMUNICATION_SERVICES_CONNECTION_STRING")
    {
        Ok(connection_string) => (connection_string, None),
        Err(_) => {
            let emulator = Emulator::start().await?;
            (emulator.connection_string(), Some(emulator))
        }
    };

    heading("Users and tokens");
    let identity = CommunicationIdentityClient::from_connection_string(&connection_string)?;
    let (alice_id, alice_token) = identity.create_user_and_token([TokenScope::Chat]).await?;
    let bob_id = identity.create_user().await?;
    println!("Alice is {alice_id}\nBob   is {bob_id}");

    // Alice has one token; Bob's is issued when it is needed, and again before it expires.
    let alice = ChatClient::new(
        identity.endpoint(),
        CommunicationTokenCredential::new(alice_token)?,
    )?;
    let bob_credential = CommunicationTokenCredential::refreshing({
        let (identity, bob_id) = (identity.clone(), bob_id.clone());
        move || identity.issue_token(&bob_id, [TokenScope::Chat]).send()
    });
    let bob = ChatClient::new(identity.endpoint(), bob_credential)?;

    heading("A thread, and somebody who can't be added");
    let gone = identity.create_user().await?;
    identity.delete_user(&gone).await?;
    let create = alice
        .create_chat_thread("Lunch")
        .participant(ChatParticipant::new(&bob_id).with_display_name("Bob"))
        .participant(ChatParticipant::new(&gone).with_display_name("Gone"))
        .metadata([("office", "Zurich")])
        .retention_policy(ChatRetentionPolicy::thread_creation_date(60));
    println!("the idempotency token is {}", create.token());
    let created = create.await?;
    println!("the thread is {}", created.chat_thread().id());
    for failed in created.failed_participants() {
        println!("but: {failed}");
    }
    let at_alice = alice.chat_thread_client(created.chat_thread().id());
    let at_bob = bob.chat_thread_client(created.chat_thread().id());

    heading("A conversation");
    let hello = at_alice
        .send_message("Hello Bob, lunch?")
        .sender_display_name("Alice")
        .await?;
    at_bob.send_read_receipt(hello.id()).await?;
    at_bob
        .send_typing_notification()
        .sender_display_name("Bob")
        .await?;
    let answer = at_bob
        .send_message("<b>Pizza!</b>")
        .message_type(ChatMessageType::Html)
        .sender_display_name("Bob")
        .metadata([("mood", "hungry")])
        .await?;
    let oops = at_bob
        .send_message("Oops, wrong window")
        .sender_display_name("Bob")
        .await?;
    at_bob
        .update_message(answer.id())
        .content("<b>Pizza, at noon!</b>")
        .await?;
    at_bob.delete_message(oops.id()).await?;
    at_alice.update_topic("Lunch at noon").await?;
    print_messages(&at_alice).await?;
    let edited = at_alice.message(answer.id()).await?;
    if let Some(edited_on) = edited.edited_on() {
        println!("Bob edited his answer on {}", day_and_time(edited_on));
    }
    for (name, value) in edited.metadata() {
        println!("its metadata says: {name} = {value}");
    }

    heading("The same list, page by page, and resumed");
    let mut pages = at_alice.list_messages().page_size(3).into_pages();
    if let Some(first) = pages.try_next().await? {
        println!("the first page has {} messages", first.items().len());
        if let Some(continuation) = first.continuation().cloned() {
            let mut rest = at_alice
                .list_messages()
                .continue_from(continuation)
                .into_stream();
            let mut count = 0;
            while rest.try_next().await?.is_some() {
                count += 1;
            }
            println!("resumed after it, there are {count} more");
        }
    }

    heading("Participants, receipts, properties");
    let mut participants = at_alice.list_participants().into_stream();
    while let Some(participant) = participants.try_next().await? {
        println!(
            "{} is {}",
            participant.display_name().unwrap_or("(no name)"),
            participant.identifier()
        );
    }
    let mut receipts = at_alice.list_read_receipts().into_stream();
    while let Some(receipt) = receipts.try_next().await? {
        println!(
            "message {} was read on {}",
            receipt.chat_message_id(),
            day_and_time(receipt.read_on())
        );
    }
    let properties = at_alice.properties().await?;
    println!(
        "“{}” was created on {}",
        properties.topic(),
        day_and_time(properties.created_on())
    );
    if let Some(ChatRetentionPolicy::ThreadCreationDate {
        delete_thread_after_days,
    }) = properties.retention_policy()
    {
        println!("the service deletes it {delete_thread_after_days} days after that");
    }

    heading("The end");
    at_alice.remove_participant(&bob_id).await?;
    match at_bob.send_message("Am I still here?").await {
        Ok(_) => println!("Bob can still write"),
        Err(error) => println!("Bob can't write any more: {error}"),
    }
    let added = at_alice
        .add_participants([ChatParticipant::new(&bob_id).with_display_name("Bob again")])
        .await?;
    match added.is_complete() {
        true => println!("Bob is back"),
        false => println!("Bob could not be added again"),
    }
    alice.delete_chat_thread(at_alice.thread_id()).await?;
    let mut threads = alice.list_chat_threads().into_stream();
    while let Some(thread) = threads.try_next().await? {
        match thread.deleted_on() {
            Some(time) => println!("“{}” was deleted on {}", thread.topic(), day_and_time(time)),
            None => println!("“{}” is still there", thread.topic()),
        }
    }
    for user in [&alice_id, &bob_id] {
        identity.revoke_tokens(user).await?;
        identity.delete_user(user).await?;
    }
    Ok(())
}

fn heading(text: &str) {
    println!("\n── {text}");
}

/// As people read it, such as `24 November 2026 at 20:15 UTC`.
fn day_and_time(time: OffsetDateTime) -> String {
    let form =
        format_description!("[day padding:none] [month repr:long] [year] at [hour]:[minute] UTC");
    let utc = time.to_offset(time::UtcOffset::UTC);
    utc.format(form).unwrap_or_else(|_| utc.to_string())
}

/// Prints the messages, oldest first.
async fn print_messages(thread: &ChatThreadClient) -> Result<(), chat::Error> {
    let mut messages = Vec::new();
    let mut stream = thread.list_messages().into_stream();
    while let Some(message) = stream.try_next().await? {
        messages.push(message);
    }
    for message in messages.iter().rev() {
        println!("{:>3}  {}", message.sequence_id(), describe(message));
    }
    Ok(())
}

fn describe(message: &ChatMessage) -> String {
    let content = message.content();
    match message.message_type() {
        ChatMessageType::Text | ChatMessageType::Html => {
            let name = message.sender_display_name().unwrap_or_default();
            match message.deleted_on() {
                Some(_) => format!("{name} deleted a message"),
                None => format!("{name}: {}", content.message().unwrap_or_default()),
            }
        }
        ChatMessageType::TopicUpdated => {
            format!("* the topic is “{}”", content.topic().unwrap_or_default())
        }
        ChatMessageType::ParticipantAdded => format!("* {} joined", content.participants().len()),
        other => format!("* {other}"),
    }
}
