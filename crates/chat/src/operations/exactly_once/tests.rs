//! Two processes that send with the same key: two deliveries that do not know of each other.

use std::collections::BTreeMap;

use chat_emulator::Emulator;
use futures_util::future::join;

use super::*;
use crate::models::TokenScope;
use crate::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential,
};

const MESSAGES: usize = 60;

async fn thread(emulator: &Emulator) -> ChatThreadClient {
    let connection_string = emulator.connection_string();
    let identity = CommunicationIdentityClient::from_connection_string(&connection_string).unwrap();
    let create = identity.create_user_and_token([TokenScope::Chat]);
    let (_, token) = create.await.unwrap();
    let credential = CommunicationTokenCredential::new(token).unwrap();
    let client = ChatClient::new(identity.endpoint(), credential).unwrap();
    let created = client.create_chat_thread("Lunch").await.unwrap();
    client.chat_thread_client(created.chat_thread().id())
}

/// Sends with a key that was read from text, and deletes what it may.
async fn hold(thread: &ChatThreadClient, key: &str, content: &str) -> ChatMessageId {
    let key: SendKey = key.parse().unwrap();
    let send = thread.send_message(content).exactly_once_with(key);
    let send = send.settle(Duration::ZERO).delete_duplicates();
    let clock = crate::clock::system_clock();
    let sent = send
        .deliver(Deadline::after(TIMEOUT, &*clock))
        .await
        .unwrap();
    sent.value().id().clone()
}

#[tokio::test]
async fn two_holders_of_a_key_that_delete_copies_at_the_same_time_leave_one() {
    let emulator = Emulator::start().await.unwrap();
    let thread = thread(&emulator).await;
    let mut oldest = BTreeMap::new();
    for number in 0..MESSAGES {
        let content = number.to_string();
        let key = thread.new_send_key().await.unwrap().to_string();
        let (first, second) =
            join(hold(&thread, &key, &content), hold(&thread, &key, &content)).await;
        assert_eq!(first, second, "both report the oldest");
        oldest.insert(content, first);
    }

    let mut deleted = 0;
    let mut left = BTreeMap::new();
    let mut messages = thread.list_messages().page_size(200).into_stream();
    while let Some(message) = messages.try_next().await.unwrap() {
        deleted += usize::from(message.deleted_on().is_some());
        if let (Some(content), None) = (message.content().message(), message.deleted_on()) {
            left.insert(content.to_owned(), message.id().clone());
        }
    }
    assert_eq!(left, oldest);
    assert!(deleted > 0, "there were copies to delete");
}
