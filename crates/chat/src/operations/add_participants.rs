//! Adding participants, in as many requests as it takes.

use super::{operation, operation_builder};
use crate::convert::{request, response};
use crate::error::{Error, Recovery};
use crate::models::{
    AddChatParticipantsResult, ChatError, ChatParticipant, ChatThreadId, RetryInfo, UnfinishedAdd,
    match_failures,
};
use crate::response::{Response, ResponseInfo};
use crate::transport::{self, Call, Deadline, OperationRequest, PathId};

/// How many participants the service takes in one request (documented).
pub(super) const BATCH: usize = 200;

operation_builder! {
    /// Adds participants; see
    /// [`ChatThreadClient::add_participants`](crate::ChatThreadClient::add_participants).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, identity, .. }: Scene) -> Done {
    /// use chat::models::ChatParticipant;
    ///
    /// let carol = ChatParticipant::new(identity.create_user().await?).with_display_name("Carol");
    /// let added = thread.add_participants([carol]).await?;
    /// for failed in added.failed_participants() {
    ///     eprintln!("{failed}");
    /// }
    /// assert!(added.is_complete());
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct AddParticipants by carry_out -> AddChatParticipantsResult {
        thread: ChatThreadId,
        participants: Vec<ChatParticipant>,
    }
}

impl AddParticipants {
    async fn carry_out(self) -> Result<Response<AddChatParticipantsResult>, Error> {
        PathId::Thread(&self.thread).check()?;
        let deadline = self.call.deadline();
        let (added, failure) =
            add_in_batches(&self.call, &self.thread, self.participants, deadline).await;
        match failure {
            None => Ok(added),
            Some((error, remaining)) => {
                let (added, info) = added.into_parts();
                let unfinished = Box::new(UnfinishedAdd { added, remaining });
                Err(error
                    .with_retry_info(info.retry_info)
                    .with_recovery(Recovery::AddParticipants(unfinished)))
            }
        }
    }
}

/// Adds participants batch by batch. If a request fails, here is its error, and who was not added:
/// those of that request and of the ones that were not made. All requests are counted.
pub(super) async fn add_in_batches(
    call: &Call,
    thread: &ChatThreadId,
    mut remaining: Vec<ChatParticipant>,
    deadline: Deadline,
) -> (
    Response<AddChatParticipantsResult>,
    Option<(Error, Vec<ChatParticipant>)>,
) {
    let mut added = AddChatParticipantsResult::default();
    let mut last = ResponseInfo::default();
    let mut retry_info = RetryInfo::default();
    let mut failure = None;
    while !remaining.is_empty() {
        let later = remaining.split_off(remaining.len().min(BATCH));
        let mut batch = AddBatch {
            call,
            thread,
            participants: &remaining,
        };
        match transport::send(&mut batch, deadline).await {
            Ok(response) => {
                let (errors, info) = response.into_parts();
                let (failed, unmatched) = match_failures(remaining, errors);
                added.failed_participants.extend(failed);
                added.unmatched_errors.extend(unmatched);
                retry_info.add(info.retry_info);
                last = info;
                remaining = later;
            }
            Err(error) => {
                retry_info.add(error.retry_info());
                remaining.extend(later);
                failure = Some((error, remaining));
                break;
            }
        }
    }
    last.retry_info = retry_info;
    (Response::new(added, last), failure)
}

/// One request for up to [`BATCH`] participants.
struct AddBatch<'a> {
    call: &'a Call,
    thread: &'a ChatThreadId,
    participants: &'a [ChatParticipant],
}

impl OperationRequest for AddBatch<'_> {
    operation! {
        ADD_CHAT_PARTICIPANTS of chat, [Thread(thread)],
        |self, client| {
            let body = request::add_participants(self.participants);
            client.add_chat_participants(self.thread.as_str(), &body).await
        },
        |wire: response::AddedParticipants| -> Vec<ChatError> { Ok(response::failures(wire)) }
    }
}
