//! A support desk: customers write to it over HTTP, and every conversation is a chat thread with an
//! agent in it.
//!
//! `cargo run --example support_desk` serves on this machine, with the emulator behind it, handles
//! one conversation and ends. `cargo run --example support_desk -- 8080` goes on serving.

mod desk;
mod routes;
#[cfg(test)]
mod tests;

use std::env;
use std::error::Error;

use chat::CommunicationIdentityClient;
use chat_emulator::Emulator;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use desk::Desk;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (connection_string, _emulator) = match env::var("COMMUNICATION_SERVICES_CONNECTION_STRING")
    {
        Ok(connection_string) => (connection_string, None),
        Err(_) => {
            let emulator = Emulator::start().await?;
            (emulator.connection_string(), Some(emulator))
        }
    };
    let identity = CommunicationIdentityClient::from_connection_string(&connection_string)?;
    let app = routes::app(Desk::open(identity).await?);
    let port: Option<u16> = env::args().nth(1).map(|port| port.parse()).transpose()?;
    let listener = TcpListener::bind(("127.0.0.1", port.unwrap_or(0))).await?;
    let address = listener.local_addr()?;
    println!("The desk is open at http://{address}.");
    let serving = tokio::spawn(async { axum::serve(listener, app).await });
    if port.is_some() {
        serving.await??;
        return Ok(());
    }
    one_conversation(&format!("http://{address}")).await
}

/// What a customer's browser and an agent's would do.
async fn one_conversation(desk: &str) -> Result<(), Box<dyn Error>> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let question = json!({ "customer": "Alice", "text": "My order has not come." });
    let opened = http.post(format!("{desk}/tickets")).json(&question);
    let ticket: Value = opened.send().await?.error_for_status()?.json().await?;
    let ticket = format!(
        "{desk}/tickets/{}",
        ticket["id"].as_str().unwrap_or_default()
    );
    for (from, text) in [
        ("agent", "It is on its way, and comes tomorrow."),
        ("customer", "Thank you!"),
    ] {
        let message = json!({ "from": from, "text": text });
        let sent = http.post(format!("{ticket}/messages")).json(&message);
        sent.send().await?.error_for_status()?;
    }
    let conversation: Vec<Value> = http.get(&ticket).send().await?.json().await?;
    for message in conversation {
        let [from, text] = ["from", "text"].map(|key| message[key].as_str().unwrap_or_default());
        println!("{from}: {text}");
    }
    http.delete(&ticket).send().await?.error_for_status()?;
    Ok(())
}
