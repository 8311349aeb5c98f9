//! Keeps a thread clean: masks what should not be said, and deletes what can't be masked.
//!
//! Only the sender of a message may edit or delete it. A back end that has the resource's key can
//! issue a token for any of its users, and so acts as the sender.
//!
//! `cargo run --example moderation` runs against the service on this machine (the emulator), where
//! Bob forgets his manners.

mod service;

use std::error::Error;
use std::time::Duration;

use chat::models::{ChatMessage, CommunicationIdentifier, TokenScope};
use chat::watch::ChatEvent;
use chat::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential,
    Transport,
};

/// What becomes of a text.
#[derive(Debug, PartialEq)]
enum Verdict {
    Fine,
    Mask(String),
    Delete,
}

fn judge(text: &str) -> Verdict {
    if text.contains("spam") {
        return Verdict::Delete;
    }
    match text.replace("darn", "d***") {
        masked if masked == text => Verdict::Fine,
        masked => Verdict::Mask(masked),
    }
}

struct Moderator {
    identity: CommunicationIdentityClient,
    client: ChatClient,
    thread: ChatThreadClient,
}

impl Moderator {
    /// Watches until the thread is deleted.
    async fn moderate(&self) -> Result<(), chat::Error> {
        let watch = self.thread.watch().from_beginning();
        let mut watch = watch
            .poll_between(Duration::from_millis(100), Duration::from_secs(10))
            .into_stream();
        while let Some(watched) = watch.try_next().await? {
            if let ChatEvent::MessageReceived(message) | ChatEvent::MessageEdited(message) =
                watched.event()
            {
                self.look_at(message).await?;
            }
        }
        Ok(())
    }

    async fn look_at(&self, message: &ChatMessage) -> Result<(), chat::Error> {
        let text = message.content().message().unwrap_or_default();
        let verdict = judge(text);
        let Some(CommunicationIdentifier::CommunicationUser(sender)) = message.sender() else {
            return Ok(());
        };
        if verdict == Verdict::Fine {
            return Ok(());
        }
        let token = self
            .identity
            .issue_token(sender, [TokenScope::Chat])
            .await?;
        let as_sender = self
            .client
            .with_credential(CommunicationTokenCredential::new(token)?)
            .chat_thread_client(self.thread.thread_id());
        match verdict {
            Verdict::Mask(masked) => as_sender.update_message(message.id()).content(masked).await,
            _ => as_sender.delete_message(message.id()).await,
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = service::Service::find(Transport::builder()).await?;
    let (_, alice) = service.person().await?;
    let (bob, at_bob) = service.person().await?;
    let created = alice.create_chat_thread("Forum").participant(bob).await?;
    let at_bob = at_bob.chat_thread_client(created.chat_thread().id());
    let moderator = Moderator {
        identity: service.identity.clone(),
        thread: alice.chat_thread_client(created.chat_thread().id()),
        client: alice,
    };

    let talk = async {
        for text in ["Good morning", "Where is my darn umbrella?", "Buy spam now"] {
            at_bob.send_message(text).await?;
        }
        // Until all is moderated, or too late.
        let mut watch = moderator.thread.watch().from_beginning().into_stream();
        while let Some(watched) = watch.try_next().await? {
            if matches!(watched.event(), ChatEvent::MessageDeleted(_)) {
                break;
            }
        }
        let mut messages = moderator.thread.list_messages().into_stream();
        while let Some(message) = messages.try_next().await? {
            match message.content().message() {
                _ if message.deleted_on().is_some() => println!("(deleted)"),
                Some(text) => println!("{text}"),
                None => {}
            }
        }
        let thread = moderator.thread.thread_id();
        moderator.client.delete_chat_thread(thread).await
    };
    tokio::try_join!(moderator.moderate(), talk)?;
    Ok(())
}
