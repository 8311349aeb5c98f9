//! Creates a thread with people of whom one can't be added, and adds again those for whom that may
//! help.
//!
//! `cargo run --example partial_failure` runs against the service on this machine (the emulator).

mod service;

use std::error::Error;

use chat::models::{ChatParticipant, FailedParticipant};
use chat::{ChatThreadClient, CommunicationIdentityClient, Transport};

/// What is to be done about somebody who could not be added.
enum Decision {
    /// The service may take them a moment later.
    AddAgain,
    /// They are not there (any more), or may not take part.
    GiveUp,
}

fn decide(failed: &FailedParticipant) -> Decision {
    match failed.error().code() {
        // The codes are HTTP statuses. Asking again for those that are final changes nothing.
        "403" | "404" => Decision::GiveUp,
        _ if failed.is_retryable() => Decision::AddAgain,
        _ => Decision::GiveUp,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = service::Service::find(Transport::builder()).await?;
    let (_, alice) = service.person().await?;
    let (bob, _) = service.person().await?;
    let carol = somebody_who_has_left(&service.identity).await?;

    let created = alice
        .create_chat_thread("Release party")
        .participant(ChatParticipant::new(&bob).with_display_name("Bob"))
        .participant(carol.with_display_name("Carol"))
        .await?;

    // The thread is there, whoever could not be added to it.
    println!("The thread “{}” is created.", created.chat_thread().topic());
    let thread = alice.chat_thread_client(created.chat_thread().id());
    add_again(&thread, created.failed_participants()).await?;
    println!("These take part:");
    let mut participants = thread.list_participants().into_stream();
    while let Some(participant) = participants.try_next().await? {
        println!("  {}", participant.display_name().unwrap_or("Alice"));
    }
    Ok(())
}

async fn add_again(
    thread: &ChatThreadClient,
    failed: &[FailedParticipant],
) -> Result<(), chat::Error> {
    let mut again = Vec::new();
    for failed in failed {
        let name = failed.participant().display_name().unwrap_or("Somebody");
        match decide(failed) {
            Decision::AddAgain => again.push(failed.participant().clone()),
            Decision::GiveUp => println!("{name} can't be added: {}.", failed.error()),
        }
    }
    if !again.is_empty() {
        let added = thread.add_participants(again).await?;
        for failed in added.failed_participants() {
            println!("Still not added: {failed}.");
        }
    }
    Ok(())
}

/// The id of a user who was deleted.
async fn somebody_who_has_left(
    identity: &CommunicationIdentityClient,
) -> Result<ChatParticipant, chat::Error> {
    let user = identity.create_user().await?;
    identity.delete_user(&user).await?;
    Ok(ChatParticipant::new(user))
}
