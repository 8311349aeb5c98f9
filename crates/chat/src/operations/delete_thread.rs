//! Deleting threads.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};

use super::operation_builder;
use crate::error::Error;
use crate::models::ChatThreadId;
use crate::transport::{Call, OperationRequest, PathId, RestResult};

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
    const OPERATION: &'static Operation = &operations::DELETE_CHAT_THREAD;
    type Client = Client;
    type Wire = ();
    type Output = ();

    fn call(&self) -> &Call {
        &self.call
    }

    fn path_ids(&self) -> impl IntoIterator<Item = PathId<'_>> {
        [PathId::Thread(&self.thread)]
    }

    async fn request(&self, client: &Client) -> RestResult<()> {
        client.delete_chat_thread(self.thread.as_str()).await
    }

    fn output(&mut self, (): ()) -> Result<(), Error> {
        Ok(())
    }

    fn done_by_earlier_attempt(&self, error: &Error, _user: Option<&str>) -> Option<()> {
        error.is_not_found().then_some(())
    }
}

operation_builder!(DeleteChatThread, ());
