//! Where a watch reads.

use std::pin::Pin;

use futures_core::Stream;

use crate::clock::Clock;
use crate::error::Error;
use crate::models::{ChatMessage, ChatMessageReadReceipt, ChatThreadId, ChatThreadItem};
use crate::operations::{ListChatThreads, ListMessages, ListReadReceipts};
use crate::paging::{Continuation, Page};
use crate::transport::Call;

pub(super) type Pages<T> = Pin<Box<dyn Stream<Item = Result<Page<T>, Error>> + Send>>;

/// The lists that a watch reads, and the time. Tests have lists of their own.
pub(super) trait Source: Send + Sync {
    fn endpoint(&self) -> &str;

    /// The raw id of the user, where the token says it.
    fn user(&self) -> Option<String>;

    fn clock(&self) -> &dyn Clock;

    fn messages(
        &self,
        thread: &ChatThreadId,
        page_size: u32,
        start: Option<Continuation>,
    ) -> Pages<ChatMessage>;

    fn receipts(&self, thread: &ChatThreadId) -> Pages<ChatMessageReadReceipt>;

    fn threads(&self, page_size: u32) -> Pages<ChatThreadItem>;
}

impl Source for Call {
    fn endpoint(&self) -> &str {
        self.endpoint().as_str()
    }

    fn user(&self) -> Option<String> {
        self.user_id()
    }

    fn clock(&self) -> &dyn Clock {
        self.clock()
    }

    fn messages(
        &self,
        thread: &ChatThreadId,
        page_size: u32,
        start: Option<Continuation>,
    ) -> Pages<ChatMessage> {
        let list = ListMessages::new(self.clone(), thread.clone()).page_size(page_size);
        Box::pin(match start {
            Some(start) => list.continue_from(start).into_pages(),
            None => list.into_pages(),
        })
    }

    fn receipts(&self, thread: &ChatThreadId) -> Pages<ChatMessageReadReceipt> {
        Box::pin(ListReadReceipts::new(self.clone(), thread.clone()).into_pages())
    }

    fn threads(&self, page_size: u32) -> Pages<ChatThreadItem> {
        Box::pin(
            ListChatThreads::new(self.clone())
                .page_size(page_size)
                .into_pages(),
        )
    }
}
