//! Deleting threads.

use chat_rest::chat::Client;

use super::{operation, operation_builder};
use crate::error::Error;
use crate::models::ChatThreadId;
use crate::transport::{Call, OperationRequest, RestResult};

/// Deletes a thread; see [`ChatClient::delete_chat_thread`](crate::ChatClient::delete_chat_thread).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct DeleteChatThread {
    call: Call,
    thread: ChatThreadId,
}

impl DeleteChatThread {
    pub(crate) fn new(call: Call, thread: ChatThreadId) -> Self {
        Self { call, thread }
    }
}

impl OperationRequest for DeleteChatThread {
    operation!(DELETE_CHAT_THREAD of chat, [Thread(thread)]);

    async fn request(&self, client: &Client) -> RestResult<()> {
        client.delete_chat_thread(self.thread.as_str()).await
    }

    fn done_by_earlier_attempt(&self, error: &Error, _user: Option<&str>) -> Option<()> {
        error.is_not_found().then_some(())
    }
}

operation_builder!(DeleteChatThread, ());
