//! Listing and deleting threads.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};
use time::OffsetDateTime;

use super::list::{First, List, list_builder};
use super::operation_builder;
use crate::convert::request;
use crate::error::Error;
use crate::models::{ChatThreadId, ChatThreadItem};
use crate::paging::PageStream;
use crate::transport::{Call, Request};

/// Lists threads; see [`ChatClient::list_chat_threads`](crate::ChatClient::list_chat_threads).
#[must_use = "nothing is sent before the stream is polled"]
pub struct ListChatThreads {
    list: List,
    start_time: Option<OffsetDateTime>,
}

impl ListChatThreads {
    pub(crate) fn new(call: Call, operation: &'static Operation) -> Self {
        Self {
            list: List::new(call, operation, None),
            start_time: None,
        }
    }

    /// Leaves out threads that have had no message since this time.
    pub fn start_time(mut self, time: OffsetDateTime) -> Self {
        self.start_time = Some(time);
        self
    }

    /// The items page by page. Nothing is sent before the stream is polled.
    pub fn into_pages(self) -> PageStream<ChatThreadItem> {
        let start_time = self.start_time.map(request::date_time);
        let first: Request<Client, First<Option<_>>, _> = |client, first| {
            Box::pin(client.list_chat_threads(first.page_size, first.parameter.as_ref()))
        };
        self.list.pages(Ok(start_time), first)
    }
}

list_builder!(ListChatThreads, ChatThreadItem);

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

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatClient::delete_chat_thread`](crate::ChatClient::delete_chat_thread).
    pub async fn send(self) -> Result<(), Error> {
        self.thread.check()?;
        let delete: Request<Client, ChatThreadId, _> =
            |client, thread| Box::pin(client.delete_chat_thread(thread.as_str()));
        let operation = &operations::DELETE_CHAT_THREAD;
        self.call
            .run_until_gone(operation, &self.thread, delete, Error::is_not_found)
            .await
    }
}

operation_builder!(DeleteChatThread, ());
