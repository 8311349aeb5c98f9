//! Lists participants.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};

use super::list::{List, ListQuery, in_range, list_builder};
use crate::convert::response;
use crate::error::Error;
use crate::models::{ChatParticipant, ChatThreadId};
use crate::transport::{Call, RestResult};

/// Lists participants; see
/// [`ChatThreadClient::list_participants`](crate::ChatThreadClient::list_participants).
///
/// It is not awaited: [`into_stream`](Self::into_stream) gives the items one by one,
/// [`into_pages`](Self::into_pages) page by page.
#[must_use = "nothing is sent before the stream is polled"]
pub struct ListParticipants {
    list: List<ParticipantsQuery>,
}

impl ListParticipants {
    pub(crate) fn new(call: Call, thread: ChatThreadId) -> Self {
        let query = ParticipantsQuery { thread, skip: None };
        Self {
            list: List::new(call, query),
        }
    }

    /// Leaves out this many participants at the beginning.
    pub fn skip(mut self, count: u32) -> Self {
        self.list.query.skip = Some(count);
        self
    }
}

list_builder!(ListParticipants, ChatParticipant);

#[derive(Clone)]
struct ParticipantsQuery {
    thread: ChatThreadId,
    skip: Option<u32>,
}

impl ListQuery for ParticipantsQuery {
    const OPERATION: &'static Operation = &operations::LIST_CHAT_PARTICIPANTS;
    type Wire = response::ParticipantsPage;
    type Item = ChatParticipant;

    fn thread(&self) -> Option<&ChatThreadId> {
        Some(&self.thread)
    }

    fn check(&self) -> Result<(), Error> {
        let skip = self.skip.map(|count| in_range(count, "number to skip"));
        skip.transpose().map(drop)
    }

    async fn first(&self, client: &Client, page_size: Option<i32>) -> RestResult<Self::Wire> {
        let skip = self.skip.and_then(|count| i32::try_from(count).ok());
        client
            .list_chat_participants(self.thread.as_str(), page_size, skip)
            .await
    }
}
