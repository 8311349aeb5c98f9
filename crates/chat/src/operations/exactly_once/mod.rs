//! Sending a message so that it is stored exactly once.

mod copies;
mod deadline;
mod deliver;
mod find;
mod in_flight;

use std::time::Duration;

use chat_rest::chat::{Client, operations};

use super::{DeleteMessage, SendMessage, operation_builder};
use crate::error::{Error, ErrorKind, RequestEffect};
use crate::models::{
    ChatMessageId, ChatThreadId, ExactlyOnceReport, SendChatMessageResult, SendKey,
};
use crate::transport::{Call, Request};
use copies::Copies;
use deadline::Deadline;
use deliver::Delivery;
use in_flight::InFlight;

pub use find::FindMessages;

/// How long after contact was lost the service may still carry out a request, or leave out of its
/// lists what it has stored, unless the caller says otherwise.
const SETTLE: Duration = Duration::from_secs(30);

/// How long the whole may take, unless the caller says otherwise.
const DEADLINE: Duration = Duration::from_secs(5 * 60);

/// Sends a message so that it is stored exactly once; see
/// [`SendMessage::exactly_once`](crate::SendMessage::exactly_once).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct SendExactlyOnce {
    pub(super) message: SendMessage,
    key: SendKey,
    settle: Duration,
    deadline: Duration,
    delete_duplicates: bool,
}

impl SendExactlyOnce {
    pub(crate) fn new(message: SendMessage, key: Option<SendKey>) -> Self {
        let key = key.unwrap_or_else(|| new_key(&message.call));
        Self {
            message,
            key,
            settle: SETTLE,
            deadline: DEADLINE,
            delete_duplicates: false,
        }
    }

    /// Sets how long after contact was lost the service may still carry out the request, or leave
    /// what it has stored out of its lists; 30 seconds unless it is set. What is promised rests on
    /// it.
    pub fn settle(mut self, time: Duration) -> Self {
        self.settle = time;
        self
    }

    /// Sets how long the whole may take: all sends, looks and waits, and the settle time; 5
    /// minutes unless it is set. When it is over, and it is not known whether the message is
    /// stored, the error is [`OutcomeUnknown`](ErrorKind::OutcomeUnknown). A deadline that is
    /// shorter than the settle time leaves no time to send again.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.deadline = time;
        self
    }

    /// Deletes copies that turn up all the same. The oldest, which has the lowest id, always stays,
    /// and so does what was edited meanwhile. Where several senders with the same key do this at
    /// the same time, one copy stays.
    pub fn delete_duplicates(mut self) -> Self {
        self.delete_duplicates = true;
        self
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`SendMessage::exactly_once`](crate::SendMessage::exactly_once).
    pub async fn send(self) -> Result<SendChatMessageResult, Error> {
        let call = self.message.call.clone();
        let deadline = Deadline::new(call.clock(), self.deadline);
        let key = self.key.clone();
        match deadline.within(InFlight::enter(key.id())).await {
            Some(_in_flight) => self.deliver(deadline).await,
            None => Err(Error::new(ErrorKind::OutcomeUnknown)
                .with_operation(operations::SEND_CHAT_MESSAGE.id)
                .with_context("another call has been sending with this key all the time")
                .with_send_key(key)),
        }
    }

    /// Delivers the message, while nobody else in this process sends with its key.
    async fn deliver(self, deadline: Deadline<'_>) -> Result<SendChatMessageResult, Error> {
        let (call, thread) = (self.message.call.clone(), self.message.thread.clone());
        let key = self.key;
        thread
            .check()
            .map_err(|error| error.with_send_key(key.clone()))?;
        let fresh = key.is_fresh();
        // Answers that come after the first send may be the first to tell the service's time.
        let bounded = || match fresh {
            true => key.clone().bounded(call.service_time_at(deadline.start())),
            false => key.clone(),
        };
        let keyed = [(SendKey::METADATA, key.id().to_string())];
        let prepared = self.message.metadata(keyed).prepare();
        let send = || async {
            let fresh = key.take_fresh();
            let outcome = prepared.send_once().await;
            let effect = outcome.as_ref().err().map(Error::effect);
            if fresh && effect == Some(RequestEffect::NotCarriedOut) {
                key.make_fresh();
            }
            outcome
        };
        let look = || find::find(&call, &thread, &key, || bounded().not_before());
        let delivery = Delivery {
            clock: call.clock(),
            deadline,
            settle: self.settle,
            max_resends: call.max_retries(),
        };
        let (outcome, retry_info) = delivery.run(fresh, send, look).await;
        let delivered = outcome.map_err(|error| {
            error
                .with_operation(operations::SEND_CHAT_MESSAGE.id)
                .with_retry_info(retry_info)
                .with_send_key(bounded())
        })?;
        let copies = delivered.copies;
        let deleted = match self.delete_duplicates {
            true => delete(&call, &thread, &copies, deadline).await,
            false => Vec::new(),
        };
        let (deleted, left): (Vec<_>, Vec<_>) = copies
            .others
            .into_iter()
            .map(|copy| copy.id)
            .partition(|id| deleted.contains(id));
        Ok(SendChatMessageResult {
            id: copies.oldest.id,
            retry_info,
            exactly_once: Some(Box::new(ExactlyOnceReport {
                key: bounded(),
                resends: delivered.resends,
                duplicates: left,
                deleted_duplicates: deleted,
            })),
        })
    }
}

operation_builder!(SendExactlyOnce, SendChatMessageResult, message.call);

/// Deletes what copies it may and can, and says which.
async fn delete(
    call: &Call,
    thread: &ChatThreadId,
    copies: &Copies,
    deadline: Deadline<'_>,
) -> Vec<ChatMessageId> {
    let mut deleted = Vec::new();
    for copy in copies.others.iter().filter(|copy| copies.may_delete(copy)) {
        let id = copy.id.clone();
        let delete = DeleteMessage::new((call.clone(), thread.clone()), id.clone());
        match deadline.within(delete.send()).await {
            Some(Ok(())) => deleted.push(id),
            Some(Err(error)) => {
                tracing::warn!(%error, message = %id, "a duplicate could not be deleted");
            }
            None => break,
        }
    }
    deleted
}

/// Makes a [`SendKey`]; see
/// [`ChatThreadClient::new_send_key`](crate::ChatThreadClient::new_send_key).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct NewSendKey {
    call: Call,
    thread: ChatThreadId,
}

impl NewSendKey {
    pub(crate) fn new((call, thread): (Call, ChatThreadId)) -> Self {
        Self { call, thread }
    }

    /// Sends the request, if one is needed; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::new_send_key`](crate::ChatThreadClient::new_send_key).
    pub async fn send(self) -> Result<SendKey, Error> {
        let Self { call, thread } = self;
        thread.check()?;
        if call.service_time_at(call.clock().instant()).is_none() {
            let get: Request<Client, ChatThreadId, _> =
                |client, thread| Box::pin(client.get_chat_thread_properties(thread.as_str()));
            let operation = &operations::GET_CHAT_THREAD_PROPERTIES;
            call.run(operation, &thread, get).await?;
        }
        Ok(new_key(&call))
    }
}

operation_builder!(NewSendKey, SendKey);

/// A fresh key. Its bound is the service's own time, as far as it is known.
fn new_key(call: &Call) -> SendKey {
    SendKey::new(call.service_time_at(call.clock().instant()))
}

#[cfg(test)]
mod tests;
