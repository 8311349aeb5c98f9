//! Lists threads.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};
use time::OffsetDateTime;

use super::list::{List, ListQuery, list_builder};
use crate::convert::{request, response};
use crate::models::{ChatThreadId, ChatThreadItem};
use crate::transport::{Call, RestResult};

/// Lists threads; see
/// [`ChatClient::list_chat_threads`](crate::ChatClient::list_chat_threads).
///
/// It is not awaited: [`into_stream`](Self::into_stream) gives the items one by one,
/// [`into_pages`](Self::into_pages) page by page.
#[must_use = "nothing is sent before the stream is polled"]
pub struct ListChatThreads {
    list: List<ChatThreadsQuery>,
}

impl ListChatThreads {
    pub(crate) fn new(call: Call) -> Self {
        let query = ChatThreadsQuery { start_time: None };
        Self {
            list: List::new(call, query),
        }
    }

    /// Leaves out threads that have had no message since this time.
    pub fn start_time(mut self, time: OffsetDateTime) -> Self {
        self.list.query.start_time = Some(time);
        self
    }
}

list_builder!(ListChatThreads, ChatThreadItem);

#[derive(Clone)]
struct ChatThreadsQuery {
    start_time: Option<OffsetDateTime>,
}

impl ListQuery for ChatThreadsQuery {
    const OPERATION: &'static Operation = &operations::LIST_CHAT_THREADS;
    type Wire = response::ThreadsPage;
    type Item = ChatThreadItem;

    fn thread(&self) -> Option<&ChatThreadId> {
        None
    }

    async fn first(&self, client: &Client, page_size: Option<i32>) -> RestResult<Self::Wire> {
        let start_time = self.start_time.map(request::date_time);
        client
            .list_chat_threads(page_size, start_time.as_ref())
            .await
    }
}
