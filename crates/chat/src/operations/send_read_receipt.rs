//! Telling up to where somebody has read.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};

use super::operation_builder;
use crate::convert::request;
use crate::error::Error;
use crate::models::{ChatMessageId, ChatThreadId};
use crate::transport::{Call, OperationRequest, PathId, RestResult};

/// Sends a read receipt; see
/// [`ChatThreadClient::send_read_receipt`](crate::ChatThreadClient::send_read_receipt).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct SendReadReceipt {
    call: Call,
    thread: ChatThreadId,
    message: ChatMessageId,
}

impl SendReadReceipt {
    pub(crate) fn new(call: Call, thread: ChatThreadId, message: ChatMessageId) -> Self {
        Self {
            call,
            thread,
            message,
        }
    }
}

impl OperationRequest for SendReadReceipt {
    const OPERATION: &'static Operation = &operations::SEND_CHAT_READ_RECEIPT;
    type Client = Client;
    type Wire = ();
    type Output = ();

    fn call(&self) -> &Call {
        &self.call
    }

    fn path_ids(&self) -> impl IntoIterator<Item = PathId<'_>> {
        // This message id goes into the body, and is checked like those in paths.
        [
            PathId::Thread(&self.thread),
            PathId::Message(self.message.as_str()),
        ]
    }

    async fn request(&self, client: &Client) -> RestResult<()> {
        let body = request::read_receipt(&self.message);
        client
            .send_chat_read_receipt(self.thread.as_str(), &body)
            .await
    }

    fn output(&mut self, (): ()) -> Result<(), Error> {
        Ok(())
    }
}

operation_builder!(SendReadReceipt, ());
