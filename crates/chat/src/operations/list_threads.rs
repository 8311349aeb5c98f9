//! Lists threads.

use time::OffsetDateTime;

use super::list::list_builder;
use crate::convert::request::date_time;
use crate::convert::response::ThreadsPage;
use crate::models::ChatThreadItem;

list_builder! {
    /// Lists threads; see
    /// [`ChatClient::list_chat_threads`](crate::ChatClient::list_chat_threads).
    pub struct ListChatThreads of ChatThreadItem {
        [start_time: Option<OffsetDateTime>]
    }
    LIST_CHAT_THREADS, ThreadsPage, [],
    |self, client| {
        let start_time = self.start_time.map(date_time);
        client.list_chat_threads(self.list.page_size(), start_time.as_ref()).await
    };
}

impl ListChatThreads {
    /// Leaves out threads that have had no message since this time.
    pub fn start_time(mut self, time: OffsetDateTime) -> Self {
        self.start_time = Some(time);
        self
    }
}
