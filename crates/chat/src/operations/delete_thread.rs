//! Deleting threads.

use super::{done_if_not_found, operation, operation_builder};
use crate::models::ChatThreadId;
use crate::transport::OperationRequest;

operation_builder! {
    /// Deletes a thread; see [`ChatClient::delete_chat_thread`](crate::ChatClient::delete_chat_thread).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { client, thread, .. }: Scene) -> Done {
    /// client.delete_chat_thread(thread.thread_id()).await?;
    ///
    /// let error = thread.send_message("Anybody here?").await.unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct DeleteChatThread -> () {
        thread: ChatThreadId,
    }
}

impl OperationRequest for DeleteChatThread {
    operation! {
        DELETE_CHAT_THREAD of chat, [Thread(thread)],
        |self, client| client.delete_chat_thread(self.thread.as_str()).await
    }

    done_if_not_found!();
}
