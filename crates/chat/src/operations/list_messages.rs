//! Lists messages.

mod history;

use time::OffsetDateTime;

use self::history::{History, Window};
use super::list::list_builder;
use crate::convert::request::date_time;
use crate::convert::response::MessagesPage;
use crate::models::{ChatMessage, ChatMessageType, ChatThreadId, SequenceId};
use crate::paging::Sieve;

list_builder! {
    /// Lists messages; see
    /// [`ChatThreadClient::list_messages`](crate::ChatThreadClient::list_messages).
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
    ///
    /// # Example
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// use chat::models::ChatMessageType;
    ///
    /// for text in ["one", "two", "three"] {
    ///     thread.send_message(text).await?;
    /// }
    /// let list = thread.list_messages().only([ChatMessageType::Text]).latest(2);
    /// let latest = list.into_stream().collect().await?;
    /// assert_eq!(latest[0].content().message(), Some("three"));
    /// assert_eq!(latest[1].content().message(), Some("two"));
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct ListMessages of ChatMessage {
        thread: ChatThreadId,
        [start_time: Option<OffsetDateTime>]
        [window: Window]
    }
    LIST_CHAT_MESSAGES, MessagesPage, [Thread(thread)],
    |self, client| {
        let start_time = self.start_time.map(date_time);
        let size = self.list.page_size().or_else(|| self.window.page_size());
        client.list_chat_messages(self.thread.as_str(), size, start_time.as_ref()).await
    },
    |list| list.window.check();

    fn sieve(&self) -> Option<Sieve<ChatMessage>> {
        let mut history = History::new(self.window.clone());
        Some(Box::new(move |message| history.judge(message)))
    }
}

impl ListMessages {
    /// Leaves out messages from before this time.
    pub fn start_time(mut self, time: OffsetDateTime) -> Self {
        self.start_time = Some(time);
        self
    }

    /// Ends after this many messages: the newest ones, or with other setters the newest of those
    /// that are not left out.
    pub fn latest(mut self, count: usize) -> Self {
        self.window.latest = Some(count);
        self
    }

    /// Leaves out this message (or place) and all above it. All that is above is read.
    pub fn older_than(mut self, place: impl Into<SequenceId>) -> Self {
        self.window.below = Some(place.into());
        self
    }

    /// Ends before this message (or place): what was sent, edited or deleted after it.
    pub fn newer_than(mut self, place: impl Into<SequenceId>) -> Self {
        self.window.above = Some(place.into());
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
        let second = start.replace_nanosecond(0).unwrap_or(start);
        self.window.sent = Some((second, end));
        self.start_time(start)
    }

    /// Leaves out messages of other types.
    pub fn only(mut self, types: impl IntoIterator<Item = ChatMessageType>) -> Self {
        self.window.types = Some(types.into_iter().collect());
        self
    }
}
