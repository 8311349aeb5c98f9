//! Lists read receipts.

use super::list::{list_builder, skip_setter};
use crate::convert::response::ReadReceiptsPage;
use crate::models::{ChatMessageReadReceipt, ChatThreadId};

list_builder! {
    /// Lists read receipts; see
    /// [`ChatThreadClient::list_read_receipts`](crate::ChatThreadClient::list_read_receipts).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, bobs_thread, .. }: Scene) -> Done {
    /// let sent = thread.send_message("Hello").await?;
    /// bobs_thread.send_read_receipt(sent.id()).await?;
    ///
    /// let receipts = thread.list_read_receipts().into_stream().collect().await?;
    /// assert_eq!(receipts[0].chat_message_id(), sent.id());
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct ListReadReceipts of ChatMessageReadReceipt {
        thread: ChatThreadId,
    }
    LIST_CHAT_READ_RECEIPTS, ReadReceiptsPage, [Thread(thread)],
    |self, client| {
        let (size, skip) = (self.list.page_size(), self.list.skip());
        client.list_chat_read_receipts(self.thread.as_str(), size, skip).await
    };
}

impl ListReadReceipts {
    skip_setter!();
}
