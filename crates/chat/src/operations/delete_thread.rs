//! Deleting threads.

use chat_rest::chat::Client;

use super::{operation, operation_builder};
use crate::error::Error;
use crate::models::ChatThreadId;
use crate::transport::{OperationRequest, RestResult};

operation_builder! {
    /// Deletes a thread; see [`ChatClient::delete_chat_thread`](crate::ChatClient::delete_chat_thread).
    pub struct DeleteChatThread -> () {
        thread: ChatThreadId,
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
