//! Lists messages.

mod history;

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};
use time::OffsetDateTime;

use self::history::{History, Window};
use super::list::{List, ListQuery, list_builder};
use crate::convert::{request, response};
use crate::error::Error;
use crate::models::{ChatMessage, ChatMessageType, ChatThreadId, SequenceId};
use crate::paging::Sieve;
use crate::transport::{Call, RestResult};

/// Lists messages; see
/// [`ChatThreadClient::list_messages`](crate::ChatThreadClient::list_messages).
///
/// It is not awaited: [`into_stream`](Self::into_stream) gives the items one by one,
/// [`into_pages`](Self::into_pages) page by page.
///
/// # Order
/// The newest change first: by [`SequenceId`], downwards. Sending, editing and deleting a message
/// each put it at the top. The list moves while it is read, and still gives no message twice, and
/// none out of order: what comes again is left out, and so is an earlier version of a changed
/// message (the first 1,000 changed ones are remembered). What is sent, edited or deleted after the
/// first page was read is above it, and not in the list any more if the list had not come to it:
/// [`changes_since`](Self::changes_since) the first message gives it.
///
/// # Cost
/// The service lists from the newest message downwards, up to 200 a page, and can be told only a
/// time to end at. So [`latest`](Self::latest), [`newer_than`](Self::newer_than) and
/// [`changes_since`](Self::changes_since) read only what they give, rounded up to a page;
/// [`older_than`](Self::older_than) and [`between`](Self::between) read all pages above what they
/// give, too: one request for every 200 messages. A [`Continuation`](crate::paging::Continuation)
/// goes on without that.
#[must_use = "nothing is sent before the stream is polled"]
pub struct ListMessages {
    list: List<MessagesQuery>,
}

impl ListMessages {
    pub(crate) fn new(call: Call, thread: ChatThreadId) -> Self {
        let query = MessagesQuery {
            thread,
            start_time: None,
            window: Window::default(),
        };
        Self {
            list: List::new(call, query),
        }
    }

    /// Leaves out messages from before this time.
    pub fn start_time(mut self, time: OffsetDateTime) -> Self {
        self.list.query.start_time = Some(time);
        self
    }

    /// Ends after this many messages: the newest ones, or with other setters the newest of those
    /// that are not left out.
    pub fn latest(mut self, count: usize) -> Self {
        self.list.query.window.latest = Some(count);
        self
    }

    /// Leaves out this message (or place) and all above it. All that is above is read.
    pub fn older_than(mut self, place: impl Into<SequenceId>) -> Self {
        self.list.query.window.below = Some(place.into());
        self
    }

    /// Ends before this message (or place): what was sent, edited or deleted after it.
    pub fn newer_than(mut self, place: impl Into<SequenceId>) -> Self {
        self.list.query.window.above = Some(place.into());
        self
    }

    /// What has changed since a place was the newest: each message that was sent, edited or deleted
    /// after it, in its newest version; the same as [`newer_than`](Self::newer_than).
    pub fn changes_since(self, place: impl Into<SequenceId>) -> Self {
        self.newer_than(place)
    }

    /// Leaves out messages that were sent before `start`, or at `end` and after it. The service
    /// tells times to the second, so `start` is taken as its second. All messages that were
    /// changed since `start` are read.
    pub fn between(mut self, start: OffsetDateTime, end: OffsetDateTime) -> Self {
        self.list.query.window.sent = Some((start.truncate_to_second(), end));
        self.start_time(start)
    }

    /// Leaves out messages of other types.
    pub fn only(mut self, types: impl IntoIterator<Item = ChatMessageType>) -> Self {
        self.list.query.window.types = Some(types.into_iter().collect());
        self
    }
}

list_builder!(ListMessages, ChatMessage);

#[derive(Clone)]
struct MessagesQuery {
    thread: ChatThreadId,
    start_time: Option<OffsetDateTime>,
    window: Window,
}

impl ListQuery for MessagesQuery {
    const OPERATION: &'static Operation = &operations::LIST_CHAT_MESSAGES;
    type Wire = response::MessagesPage;
    type Item = ChatMessage;

    fn thread(&self) -> Option<&ChatThreadId> {
        Some(&self.thread)
    }

    fn check(&self) -> Result<(), Error> {
        self.window.check()
    }

    fn page_size(&self) -> Option<u32> {
        self.window.page_size()
    }

    fn sieve(&self) -> Option<Sieve<ChatMessage>> {
        let mut history = History::new(self.window.clone());
        Some(Box::new(move |message| history.judge(message)))
    }

    async fn first(&self, client: &Client, page_size: Option<i32>) -> RestResult<Self::Wire> {
        let start_time = self.start_time.map(request::date_time);
        client
            .list_chat_messages(self.thread.as_str(), page_size, start_time.as_ref())
            .await
    }
}
