//! The clients of the chat service: methods that make builders of operations.

mod chat_client;
#[cfg(test)]
mod sizes;
mod thread_client;

pub use chat_client::{ChatClient, ChatClientBuilder};
pub use thread_client::ChatThreadClient;
