//! Lists threads.

use time::OffsetDateTime;

use super::list::list_builder;
use crate::convert::request::date_time;
use crate::convert::response::ThreadsPage;
use crate::models::ChatThreadItem;

list_builder! {
    /// Lists threads; see
    /// [`ChatClient::list_chat_threads`](crate::ChatClient::list_chat_threads).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { client, .. }: Scene) -> Done {
    /// use time::{Duration, OffsetDateTime};
    ///
    /// let yesterday = OffsetDateTime::now_utc() - Duration::days(1);
    /// let list = client.list_chat_threads().start_time(yesterday);
    /// let threads = list.into_stream().collect().await?;
    /// assert_eq!(threads[0].topic(), "Lunch");
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
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
