//! Telling up to where somebody has read.

use super::{operation, operation_builder};
use crate::convert::request;
use crate::models::{ChatMessageId, ChatThreadId};
use crate::transport::OperationRequest;

operation_builder! {
    /// Sends a read receipt; see
    /// [`ChatThreadClient::send_read_receipt`](crate::ChatThreadClient::send_read_receipt).
    pub struct SendReadReceipt -> () {
        thread: ChatThreadId,
        message: ChatMessageId,
    }
}

impl OperationRequest for SendReadReceipt {
    // The message id goes into the body, and is checked like those in paths.
    operation! {
        SEND_CHAT_READ_RECEIPT of chat, [Thread(thread), Message(message)],
        |self, client| {
            let body = request::read_receipt(&self.message);
            client.send_chat_read_receipt(self.thread.as_str(), &body).await
        }
    }
}
