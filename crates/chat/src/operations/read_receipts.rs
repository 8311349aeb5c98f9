//! Saying and listing who has read up to where.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};

use super::list::{First, List, in_range, list_builder};
use super::operation_builder;
use crate::convert::request;
use crate::error::Error;
use crate::models::{ChatMessageId, ChatMessageReadReceipt, ChatThreadId};
use crate::paging::PageStream;
use crate::transport::{Answer, Call, Request};

/// Sends a read receipt; see
/// [`ChatThreadClient::send_read_receipt`](crate::ChatThreadClient::send_read_receipt).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct SendReadReceipt {
    call: Call,
    thread: ChatThreadId,
    message: ChatMessageId,
}

impl SendReadReceipt {
    pub(crate) fn new((call, thread): (Call, ChatThreadId), message: ChatMessageId) -> Self {
        Self {
            call,
            thread,
            message,
        }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::send_read_receipt`](crate::ChatThreadClient::send_read_receipt).
    pub async fn send(self) -> Result<(), Error> {
        self.thread.check()?;
        self.message.check()?;
        let body = request::read_receipt(&self.message);
        let receipt: Request<Client, (ChatThreadId, _), _> =
            |client, (thread, body)| Box::pin(client.send_chat_read_receipt(thread.as_str(), body));
        let operation = &operations::SEND_CHAT_READ_RECEIPT;
        self.call
            .run(operation, &(self.thread, body), receipt)
            .await
            .map(Answer::into_value)
    }
}

operation_builder!(SendReadReceipt, ());

/// Lists read receipts; see
/// [`ChatThreadClient::list_read_receipts`](crate::ChatThreadClient::list_read_receipts).
#[must_use = "nothing is sent before the stream is polled"]
pub struct ListReadReceipts {
    list: List,
    skip: Option<u32>,
}

impl ListReadReceipts {
    pub(crate) fn new((call, thread): (Call, ChatThreadId), operation: &'static Operation) -> Self {
        Self {
            list: List::new(call, operation, Some(thread)),
            skip: None,
        }
    }

    /// Leaves out this many receipts at the beginning.
    pub fn skip(mut self, count: u32) -> Self {
        self.skip = Some(count);
        self
    }

    /// The items page by page. Nothing is sent before the stream is polled.
    pub fn into_pages(self) -> PageStream<ChatMessageReadReceipt> {
        let skip = self
            .skip
            .map(|count| in_range(count, "number to skip"))
            .transpose();
        let first: Request<Client, First<Option<i32>>, _> = |client, first| {
            Box::pin(client.list_chat_read_receipts(
                first.thread(),
                first.page_size,
                first.parameter,
            ))
        };
        self.list.pages(skip, first)
    }
}

list_builder!(ListReadReceipts, ChatMessageReadReceipt);
