//! Removing participants.

use super::{operation, operation_builder};
use crate::convert::request;
use crate::error::Error;
use crate::models::{ChatThreadId, CommunicationIdentifier};
use crate::transport::OperationRequest;

operation_builder! {
    /// Removes a participant; see
    /// [`ChatThreadClient::remove_participant`](crate::ChatThreadClient::remove_participant).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, bob, .. }: Scene) -> Done {
    /// thread.remove_participant(&bob).await?;
    ///
    /// let participants = thread.list_participants().into_stream().collect().await?;
    /// assert!(participants.iter().all(|left| left.identifier().raw_id() != bob.raw_id()));
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct RemoveParticipant -> () {
        thread: ChatThreadId,
        participant: CommunicationIdentifier,
    }
}

impl OperationRequest for RemoveParticipant {
    operation! {
        REMOVE_CHAT_PARTICIPANT of chat, [Thread(thread)],
        |self, client| {
            let body = request::remove_participant(&self.participant);
            client.remove_chat_participant(self.thread.as_str(), &body).await
        }
    }

    /// A user who has left a thread gets a 403 for leaving it again.
    fn done_by_earlier_attempt(&self, error: &Error, user: Option<&str>) -> Option<()> {
        let left = error.is_forbidden() && user == Some(self.participant.raw_id());
        (error.is_not_found() || left).then_some(())
    }
}
