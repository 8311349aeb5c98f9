//! Lists read receipts.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};

use super::list::{List, ListQuery, in_range, list_builder};
use crate::convert::response;
use crate::error::Error;
use crate::models::{ChatMessageReadReceipt, ChatThreadId};
use crate::transport::{Call, RestResult};

/// Lists read receipts; see
/// [`ChatThreadClient::list_read_receipts`](crate::ChatThreadClient::list_read_receipts).
///
/// It is not awaited: [`into_stream`](Self::into_stream) gives the items one by one,
/// [`into_pages`](Self::into_pages) page by page.
#[must_use = "nothing is sent before the stream is polled"]
pub struct ListReadReceipts {
    list: List<ReadReceiptsQuery>,
}

impl ListReadReceipts {
    pub(crate) fn new(call: Call, thread: ChatThreadId) -> Self {
        let query = ReadReceiptsQuery { thread, skip: None };
        Self {
            list: List::new(call, query),
        }
    }

    /// Leaves out this many receipts at the beginning.
    pub fn skip(mut self, count: u32) -> Self {
        self.list.query.skip = Some(count);
        self
    }
}

list_builder!(ListReadReceipts, ChatMessageReadReceipt);

#[derive(Clone)]
struct ReadReceiptsQuery {
    thread: ChatThreadId,
    skip: Option<u32>,
}

impl ListQuery for ReadReceiptsQuery {
    const OPERATION: &'static Operation = &operations::LIST_CHAT_READ_RECEIPTS;
    type Wire = response::ReadReceiptsPage;
    type Item = ChatMessageReadReceipt;

    fn thread(&self) -> Option<&ChatThreadId> {
        Some(&self.thread)
    }

    fn check(&self) -> Result<(), Error> {
        let skip = self.skip.map(|count| in_range(count, "number to skip"));
        skip.transpose().map(drop)
    }

    async fn first(&self, client: &Client, page_size: Option<i32>) -> RestResult<Self::Wire> {
        let skip = self.skip.and_then(|count| i32::try_from(count).ok());
        client
            .list_chat_read_receipts(self.thread.as_str(), page_size, skip)
            .await
    }
}
