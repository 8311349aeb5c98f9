//! Acts for many users over one set of connections, as the back end of an application does.
//!
//! `cargo run --example many_users` runs against the service on this machine (the emulator).

mod service;

use std::error::Error;
use std::time::Duration;

use chat::models::TokenScope;
use chat::{ChatClient, CommunicationTokenCredential, Transport};
use futures_util::future::try_join_all;

const USERS: usize = 50;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = service::Service::find(Transport::builder()).await?;
    let (_, host) = service.person().await?;

    // Another user's client shares connections and settings with the first. Its token is issued when
    // it is needed, and again before it expires.
    let mut users = Vec::new();
    for _ in 0..USERS {
        let user = service.identity.create_user().await?;
        let identity = service.identity.clone();
        let id = user.clone();
        let credential = CommunicationTokenCredential::refreshing(move || {
            let issue = identity.issue_token(&id, [TokenScope::Chat]);
            issue.expires_in(Duration::from_secs(60 * 60)).send()
        });
        users.push((user, host.with_credential(credential)));
    }

    let everybody = users.iter().map(|(user, _)| user);
    let created = host
        .create_chat_thread("All hands")
        .participants(everybody)
        .await?;
    let thread = created.chat_thread().id();
    let greet = |(number, client): (usize, &ChatClient)| {
        let thread = client.chat_thread_client(thread);
        let greeting = format!("Greetings from user {number}");
        thread.send_message(greeting).send()
    };
    let clients = users.iter().map(|(_, client)| client);
    let sent = try_join_all(clients.enumerate().map(greet)).await?;
    println!("{} users have sent a message each.", sent.len());
    Ok(())
}
