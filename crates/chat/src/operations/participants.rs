//! Listing and removing participants.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};

use super::list::{First, List, in_range, list_builder};
use super::operation_builder;
use crate::convert::request;
use crate::error::Error;
use crate::models::{ChatParticipant, ChatThreadId, CommunicationIdentifier};
use crate::paging::PageStream;
use crate::transport::{Call, Request};

/// Lists participants; see
/// [`ChatThreadClient::list_participants`](crate::ChatThreadClient::list_participants).
#[must_use = "nothing is sent before the stream is polled"]
pub struct ListParticipants {
    list: List,
    skip: Option<u32>,
}

impl ListParticipants {
    pub(crate) fn new((call, thread): (Call, ChatThreadId), operation: &'static Operation) -> Self {
        Self {
            list: List::new(call, operation, Some(thread)),
            skip: None,
        }
    }

    /// Leaves out this many participants at the beginning.
    pub fn skip(mut self, count: u32) -> Self {
        self.skip = Some(count);
        self
    }

    /// The items page by page. Nothing is sent before the stream is polled.
    pub fn into_pages(self) -> PageStream<ChatParticipant> {
        let skip = self
            .skip
            .map(|count| in_range(count, "number to skip"))
            .transpose();
        let first: Request<Client, First<Option<i32>>, _> = |client, first| {
            Box::pin(client.list_chat_participants(
                first.thread(),
                first.page_size,
                first.parameter,
            ))
        };
        self.list.pages(skip, first)
    }
}

list_builder!(ListParticipants, ChatParticipant);

/// Removes a participant; see
/// [`ChatThreadClient::remove_participant`](crate::ChatThreadClient::remove_participant).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct RemoveParticipant {
    call: Call,
    thread: ChatThreadId,
    participant: CommunicationIdentifier,
}

impl RemoveParticipant {
    pub(crate) fn new(
        (call, thread): (Call, ChatThreadId),
        participant: CommunicationIdentifier,
    ) -> Self {
        Self {
            call,
            thread,
            participant,
        }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::remove_participant`](crate::ChatThreadClient::remove_participant).
    pub async fn send(self) -> Result<(), Error> {
        self.thread.check()?;
        let body = request::remove_participant(&self.participant);
        let remove: Request<Client, (ChatThreadId, _), _> = |client, (thread, body)| {
            Box::pin(client.remove_chat_participant(thread.as_str(), body))
        };
        let operation = &operations::REMOVE_CHAT_PARTICIPANT;
        let (call, participant) = (&self.call, &self.participant);
        // Whoever has left a thread is forbidden to leave it again.
        let is_gone = |error: &Error| {
            error.is_not_found()
                || error.is_forbidden() && call.caller().as_deref() == Some(participant.raw_id())
        };
        call.run_until_gone(operation, &(self.thread, body), remove, is_gone)
            .await
    }
}

operation_builder!(RemoveParticipant, ());
