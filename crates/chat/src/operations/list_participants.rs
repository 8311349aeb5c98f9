//! Lists participants.

use super::list::{list_builder, skip_setter};
use crate::convert::response::ParticipantsPage;
use crate::models::{ChatParticipant, ChatThreadId};

list_builder! {
    /// Lists participants; see
    /// [`ChatThreadClient::list_participants`](crate::ChatThreadClient::list_participants).
    pub struct ListParticipants of ChatParticipant {
        thread: ChatThreadId,
    }
    LIST_CHAT_PARTICIPANTS, ParticipantsPage, [Thread(thread)],
    |self, client| {
        let (size, skip) = (self.list.page_size(), self.list.skip());
        client.list_chat_participants(self.thread.as_str(), size, skip).await
    };
}

impl ListParticipants {
    skip_setter!();
}
