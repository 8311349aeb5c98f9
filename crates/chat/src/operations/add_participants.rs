//! Adding participants, in as many requests as it takes.

use chat_rest::chat::{Client, operations};

use super::operation_builder;
use crate::convert::{request, response};
use crate::error::Error;
use crate::models::{
    AddChatParticipantsResult, ChatParticipant, ChatThreadId, UnfinishedAdd, match_failures,
};
use crate::transport::{Call, Request};

/// How many participants the service takes in one request (documented).
const BATCH: usize = 200;

/// Adds participants; see
/// [`ChatThreadClient::add_participants`](crate::ChatThreadClient::add_participants).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct AddParticipants {
    call: Call,
    thread: ChatThreadId,
    participants: Vec<ChatParticipant>,
}

impl AddParticipants {
    pub(crate) fn new(
        (call, thread): (Call, ChatThreadId),
        participants: Vec<ChatParticipant>,
    ) -> Self {
        Self {
            call,
            thread,
            participants,
        }
    }

    /// Sends the requests; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::add_participants`](crate::ChatThreadClient::add_participants).
    pub async fn send(self) -> Result<AddChatParticipantsResult, Error> {
        self.thread.check()?;
        let mut added = AddChatParticipantsResult::default();
        let mut remaining = self.participants;
        while !remaining.is_empty() {
            let later = remaining.split_off(remaining.len().min(BATCH));
            match add(&self.call, &self.thread, &remaining).await {
                Ok(batch) => {
                    let (failed, unmatched) = match_failures(remaining, batch.errors);
                    added.failed_participants.extend(failed);
                    added.unmatched_errors.extend(unmatched);
                    added.retry_info.add(batch.retry_info);
                }
                Err(error) => {
                    remaining.extend(later);
                    return Err(error.with_unfinished_add(UnfinishedAdd { added, remaining }));
                }
            }
            remaining = later;
        }
        Ok(added)
    }
}

operation_builder!(AddParticipants, AddChatParticipantsResult);

async fn add(
    call: &Call,
    thread: &ChatThreadId,
    batch: &[ChatParticipant],
) -> Result<response::Added, Error> {
    let state = (thread.clone(), request::add_participants(batch));
    let add: Request<Client, (ChatThreadId, _), _> =
        |client, (thread, body)| Box::pin(client.add_chat_participants(thread.as_str(), body));
    let answer = call
        .run(&operations::ADD_CHAT_PARTICIPANTS, &state, add)
        .await?;
    let retry_info = answer.retry_info();
    Ok(response::added(answer.into_value(), retry_info))
}
