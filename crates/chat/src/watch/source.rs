//! Where a watch reads.

use std::pin::Pin;

use futures_core::Stream;

use crate::clock::Clock;
use crate::error::Error;
use crate::models::{ChatMessage, ChatMessageReadReceipt, ChatThreadId};
use crate::operations::{ListMessages, ListReadReceipts};
use crate::paging::{Continuation, Page};
use crate::transport::Call;

pub(super) type Pages<T> = Pin<Box<dyn Stream<Item = Result<Page<T>, Error>> + Send>>;

/// The lists that a watch reads, and the time. Tests have lists of their own.
pub(super) trait Source: Send + Sync {
    fn endpoint(&self) -> &str;

    fn clock(&self) -> &dyn Clock;

    fn messages(
        &self,
        thread: &ChatThreadId,
        page_size: u32,
        start: Option<Continuation>,
    ) -> Pages<ChatMessage>;

    fn receipts(&self, thread: &ChatThreadId) -> Pages<ChatMessageReadReceipt>;
}

impl Source for Call {
    fn endpoint(&self) -> &str {
        self.endpoint().as_str()
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
}
