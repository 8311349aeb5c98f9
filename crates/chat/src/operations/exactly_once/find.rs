//! Looking for messages with a key.

use chat_rest::chat::operations;
use time::Duration;

use super::super::{ListMessages, operation_builder};
use crate::error::Error;
use crate::models::{ChatMessage, ChatMessageId, ChatThreadId, SendKey};
use crate::transport::Call;

/// How much earlier than the key's bound a message may seem to have been stored: the clocks of the
/// service's machines may differ by so much.
const MARGIN: Duration = Duration::minutes(2);

/// The largest page the service gives.
const PAGE_SIZE: u32 = 200;

/// Finds the messages with a key; see
/// [`ChatThreadClient::find_messages`](crate::ChatThreadClient::find_messages).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct FindMessages {
    call: Call,
    thread: ChatThreadId,
    key: SendKey,
}

impl FindMessages {
    pub(crate) fn new((call, thread): (Call, ChatThreadId), key: SendKey) -> Self {
        Self { call, thread, key }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::find_messages`](crate::ChatThreadClient::find_messages).
    pub async fn send(self) -> Result<Vec<ChatMessageId>, Error> {
        find(&self.call, &self.thread, &self.key).await
    }
}

operation_builder!(FindMessages, Vec<ChatMessageId>);

/// The messages with this key, oldest first: reads the newest messages back to the key's bound.
pub(super) async fn find(
    call: &Call,
    thread: &ChatThreadId,
    key: &SendKey,
) -> Result<Vec<ChatMessageId>, Error> {
    let list = ListMessages::new(
        (call.clone(), thread.clone()),
        &operations::LIST_CHAT_MESSAGES,
    );
    let mut messages = list.page_size(PAGE_SIZE).into_stream();
    let id = key.id().to_string();
    let mut found = Vec::new();
    while let Some(message) = messages.try_next().await? {
        if message.metadata().get(SendKey::METADATA) == Some(&id) {
            found.push(message.id().clone());
        } else if ends(&message, key) {
            break;
        }
    }
    found.reverse();
    Ok(found)
}

/// Whether no message behind this one can have the key: it is older than the key's bound and lies
/// where it was first put. (Edited and deleted messages lie at the top, however old they are.)
fn ends(message: &ChatMessage, key: &SendKey) -> bool {
    let untouched = message.edited_on().is_none() && message.deleted_on().is_none();
    let bound = key.not_before().saturating_sub(MARGIN);
    untouched && message.created_on() < bound
}
