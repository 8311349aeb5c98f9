//! Lists participants.

use super::list::{list_builder, skip_setter};
use crate::convert::response::ParticipantsPage;
use crate::models::{ChatParticipant, ChatThreadId};

list_builder! {
    /// Lists participants; see
    /// [`ChatThreadClient::list_participants`](crate::ChatThreadClient::list_participants).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// let mut participants = thread.list_participants().page_size(100).into_stream();
    /// let mut count = 0;
    /// while let Some(participant) = participants.try_next().await? {
    ///     println!("{}: {:?}", participant.identifier(), participant.display_name());
    ///     count += 1;
    /// }
    /// assert_eq!(count, 2);
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
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
