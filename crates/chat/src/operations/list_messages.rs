//! Lists messages.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};
use time::OffsetDateTime;

use super::list::{List, ListQuery, list_builder};
use crate::convert::{request, response};
use crate::models::{ChatMessage, ChatThreadId};
use crate::transport::{Call, RestResult};

/// Lists messages; see
/// [`ChatThreadClient::list_messages`](crate::ChatThreadClient::list_messages).
///
/// It is not awaited: [`into_stream`](Self::into_stream) gives the items one by one,
/// [`into_pages`](Self::into_pages) page by page.
#[must_use = "nothing is sent before the stream is polled"]
pub struct ListMessages {
    list: List<MessagesQuery>,
}

impl ListMessages {
    pub(crate) fn new(call: Call, thread: ChatThreadId) -> Self {
        let query = MessagesQuery {
            thread,
            start_time: None,
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
}

list_builder!(ListMessages, ChatMessage);

#[derive(Clone)]
struct MessagesQuery {
    thread: ChatThreadId,
    start_time: Option<OffsetDateTime>,
}

impl ListQuery for MessagesQuery {
    const OPERATION: &'static Operation = &operations::LIST_CHAT_MESSAGES;
    type Wire = response::MessagesPage;
    type Item = ChatMessage;

    fn thread(&self) -> Option<&ChatThreadId> {
        Some(&self.thread)
    }

    async fn first(&self, client: &Client, page_size: Option<i32>) -> RestResult<Self::Wire> {
        let start_time = self.start_time.map(request::date_time);
        client
            .list_chat_messages(self.thread.as_str(), page_size, start_time.as_ref())
            .await
    }
}
