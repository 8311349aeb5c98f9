//! Telling up to where somebody has read.

use super::{operation, operation_builder};
use crate::convert::request;
use crate::models::{ChatMessageId, ChatThreadId};
use crate::transport::OperationRequest;

operation_builder! {
    /// Sends a read receipt; see
    /// [`ChatThreadClient::send_read_receipt`](crate::ChatThreadClient::send_read_receipt).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, bobs_thread, bob, .. }: Scene) -> Done {
    /// let sent = thread.send_message("Hello").await?;
    /// bobs_thread.send_read_receipt(sent.id()).await?;
    ///
    /// let mut receipts = thread.list_read_receipts().into_stream();
    /// let receipt = receipts.try_next().await?.expect("Bob has read");
    /// assert_eq!(receipt.sender(), Some(&bob.into()));
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
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
