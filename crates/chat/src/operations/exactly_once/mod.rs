//! Sending a message so that it is stored exactly once.

mod copies;
mod deliver;
mod find;
mod in_flight;

use std::time::Duration;

use chat_rest::chat::operations::SEND_CHAT_MESSAGE;

use super::{DeleteMessage, GetProperties, SendMessage, operation_builder};
use crate::error::{Error, ErrorKind, Recovery, RequestEffect};
use crate::models::{
    ChatMessageId, ChatThreadId, ExactlyOnceReport, SendChatMessageResult, SendKey,
};
use crate::response::{Response, ResponseInfo};
use crate::transport::{self, Call, Deadline};
use copies::Copies;
use deliver::Delivery;
use in_flight::InFlight;

pub use find::FindMessages;

/// How long after contact was lost the service may still carry out a request, or leave out of its
/// lists what it has stored, unless the caller says otherwise.
const SETTLE: Duration = Duration::from_secs(30);

/// How long the whole may take, unless the caller says otherwise.
const TIMEOUT: Duration = Duration::from_secs(5 * 60);

impl SendMessage {
    /// Sends the message so that it is stored exactly once, under a fresh key.
    ///
    /// The key stands in the message's metadata as [`SendKey::METADATA`] (60 bytes of the about
    /// 1 KB there is), for all participants to see. When it is not known whether a request was
    /// carried out, the messages of the thread are listed and searched for the key: at once, and
    /// with growing pauses until [`settle`](SendExactlyOnce::settle) is over. Only if a list that
    /// was asked for after that does not show the message, it is sent again, as often as
    /// [`RetryOptions`](crate::RetryOptions) say. A list that fails with a transient error (no
    /// connection, 429, 500 and above) is asked for again. The whole ends with
    /// its [`timeout`](SendExactlyOnce::timeout). The retry info of the result or the error
    /// counts the requests of all sends and lists.
    ///
    /// # What is promised
    /// If the call succeeds, there is exactly one copy. If it fails with
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown), there is one or none, and sending
    /// with the same key finds out. This holds as long as
    ///
    /// - the service carries out nothing later than the settle time after contact was lost, and
    ///   its lists show by then what it has stored;
    /// - one sender at a time uses the key. Calls within this process wait for each other;
    ///   different processes are yours to keep apart;
    /// - the clocks of the service's machines differ by less than five minutes. The clock of this
    ///   machine may be wrong: the service's time is taken from its answers, and one answer with
    ///   a wrong date moves nothing;
    /// - nobody deletes the message, or takes the key out of its metadata, before the call has
    ///   ended. A deleted message has lost its key: if its answer was lost too, it is taken for
    ///   one that was never stored, and is sent again.
    ///
    /// If that does not hold, copies that are found are in the
    /// [report](SendChatMessageResult::exactly_once), and can be deleted by
    /// [`delete_duplicates`](SendExactlyOnce::delete_duplicates). The id of the result is that of
    /// the oldest copy.
    ///
    /// # Errors
    /// As [`ChatThreadClient::send_message`](crate::ChatThreadClient::send_message), each with its
    /// [`send_key`](Error::send_key). [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) is
    /// left where the repeats or the time are over, or the messages can't be listed (403, 404);
    /// the [`source`](std::error::Error::source) is then what the last list failed with.
    pub fn exactly_once(self) -> SendExactlyOnce {
        SendExactlyOnce::new(self, None)
    }

    /// The same as [`exactly_once`](Self::exactly_once), under a key that was made before
    /// ([`new_send_key`](crate::ChatThreadClient::new_send_key)) and can have been stored. If a
    /// request with it may have left before, the message is looked for first. A key whose requests
    /// were all refused, or never reached the service, counts as new.
    pub fn exactly_once_with(self, key: impl Into<SendKey>) -> SendExactlyOnce {
        SendExactlyOnce::new(self, Some(key.into()))
    }
}

/// Sends a message so that it is stored exactly once; see
/// [`SendMessage::exactly_once`](crate::operations::SendMessage::exactly_once).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let key = thread.new_send_key().await?; // Store it before the message is sent.
/// let text = "Your order has shipped.";
/// let sent = thread.send_message(text).exactly_once_with(&key).await?;
///
/// // After a crash the same is sent again: the message is found, and is not stored twice.
/// let again = thread.send_message(text).exactly_once_with(&key).await?;
/// assert_eq!(again.id(), sent.id());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "nothing is sent before the builder is awaited"]
pub struct SendExactlyOnce {
    pub(super) message: SendMessage,
    key: SendKey,
    settle: Duration,
    delete_duplicates: bool,
}

impl SendExactlyOnce {
    pub(crate) fn new(message: SendMessage, key: Option<SendKey>) -> Self {
        let key = key.unwrap_or_else(|| new_key(&message.call));
        Self {
            message,
            key,
            settle: SETTLE,
            delete_duplicates: false,
        }
    }

    /// Sets how long after contact was lost the service may still carry out the request, or leave
    /// what it has stored out of its lists; 30 seconds unless it is set. What is promised rests on
    /// it.
    ///
    /// The [`timeout`](Self::timeout) of this call, 5 minutes unless it is set, bounds the whole:
    /// all sends, looks and waits, and the settle time. When it is over, and it is not known
    /// whether the message is stored, the error is [`OutcomeUnknown`](ErrorKind::OutcomeUnknown).
    /// One that is shorter than the settle time leaves no time to send again.
    pub fn settle(mut self, time: Duration) -> Self {
        self.settle = time;
        self
    }

    /// Deletes copies that are found nevertheless. The oldest, which has the lowest id, always stays,
    /// and so does what was edited meanwhile. Where several senders with the same key do this at
    /// the same time, one copy stays.
    pub fn delete_duplicates(mut self) -> Self {
        self.delete_duplicates = true;
        self
    }

    async fn carry_out(self) -> Result<Response<SendChatMessageResult>, Error> {
        // The future is large, and one allocation is little beside a delivery's requests.
        Box::pin(self.deliver_alone()).await
    }

    /// Delivers the message when nobody else in this process sends with its key.
    async fn deliver_alone(self) -> Result<Response<SendChatMessageResult>, Error> {
        let call = self.message.call.clone();
        let deadline = Deadline::after(call.own_timeout().unwrap_or(TIMEOUT), call.clock());
        let key = self.key.clone();
        let entered = deadline.within(call.clock(), InFlight::enter(key.id()));
        match entered.await {
            Some(_in_flight) => self.deliver(deadline).await,
            None => Err(Error::new(ErrorKind::OutcomeUnknown)
                .with_operation(SEND_CHAT_MESSAGE.id)
                .with_context("another call has been sending with this key all the time")
                .with_recovery(Recovery::SendMessage(key))),
        }
    }

    /// Delivers the message, while nobody else in this process sends with its key.
    async fn deliver(self, deadline: Deadline) -> Result<Response<SendChatMessageResult>, Error> {
        let key = self.key;
        let keyed = [(SendKey::METADATA, key.id().to_string())];
        let message = self.message.metadata(keyed);
        let (call, thread) = (&message.call, &message.thread);
        let fresh = key.is_fresh();
        // Responses that come after the first send may be the first to tell the service's time.
        let bounded = || match fresh {
            true => key.clone().bounded(call.service_time_at(deadline.start())),
            false => key.clone(),
        };
        let send = || async {
            let fresh = key.take_fresh();
            let outcome = transport::send(&mut &message, deadline).await;
            let effect = outcome.as_ref().err().map(Error::effect);
            if fresh && effect == Some(RequestEffect::NotCarriedOut) {
                key.make_fresh();
            }
            outcome
        };
        let look = || find::find(call, thread, &key, || bounded().not_before());
        let delivery = Delivery {
            clock: call.clock(),
            deadline,
            settle: self.settle,
            max_resends: call.max_retries(),
        };
        let (outcome, retry_info) = delivery.run(fresh, send, look).await;
        let delivered = outcome.map_err(|error| {
            error
                .with_operation(SEND_CHAT_MESSAGE.id)
                .with_retry_info(retry_info)
                .with_recovery(Recovery::SendMessage(bounded()))
        })?;
        let copies = delivered.copies;
        let deleted = match self.delete_duplicates {
            true => delete(call, thread, &copies, deadline).await,
            false => Vec::new(),
        };
        let (deleted, left): (Vec<_>, Vec<_>) = copies
            .others
            .into_iter()
            .map(|copy| copy.id)
            .partition(|id| deleted.contains(id));
        let result = SendChatMessageResult {
            id: copies.oldest.id,
            exactly_once: Some(Box::new(ExactlyOnceReport {
                key: bounded(),
                resends: delivered.resends,
                duplicates: left,
                deleted_duplicates: deleted,
            })),
        };
        let info = ResponseInfo {
            retry_info,
            ..delivered.info
        };
        Ok(Response::new(result, info))
    }
}

operation_builder!(
    SendExactlyOnce,
    SendChatMessageResult,
    carry_out,
    message.call
);

/// Deletes the copies that may be deleted. Returns those for which it succeeded.
async fn delete(
    call: &Call,
    thread: &ChatThreadId,
    copies: &Copies,
    deadline: Deadline,
) -> Vec<ChatMessageId> {
    let mut deleted = Vec::new();
    for copy in copies.others.iter().filter(|copy| copies.may_delete(copy)) {
        let id = copy.id.clone();
        let delete = DeleteMessage::new(call.clone(), thread.clone(), id.clone());
        match deadline.within(call.clock(), delete.send()).await {
            Some(Ok(())) => deleted.push(id),
            Some(Err(error)) => {
                tracing::warn!(%error, message = %id, "a duplicate could not be deleted");
            }
            None => break,
        }
    }
    deleted
}

operation_builder! {
    /// Makes a [`SendKey`]; see
    /// [`ChatThreadClient::new_send_key`](crate::ChatThreadClient::new_send_key).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// use chat::models::SendKey;
    ///
    /// let key = thread.new_send_key().await?;
    /// let stored = key.to_string();
    /// let read: SendKey = stored.parse()?;
    /// assert_eq!(read.id(), key.id());
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct NewSendKey by carry_out -> SendKey {
        thread: ChatThreadId,
    }
}

impl NewSendKey {
    async fn carry_out(self) -> Result<Response<SendKey>, Error> {
        let Self { call, thread } = self;
        let info = match call.service_time_at(call.clock().instant()) {
            Some(_) => ResponseInfo::default(),
            None => {
                let mut get = GetProperties::new(call.clone(), thread);
                let sending = transport::send(&mut get, call.deadline());
                sending.await?.into_parts().1
            }
        };
        Ok(Response::new(new_key(&call), info))
    }
}

/// A fresh key. Its bound is the service's own time, as far as it is known.
fn new_key(call: &Call) -> SendKey {
    SendKey::new(call.service_time_at(call.clock().instant()))
}

#[cfg(test)]
mod tests;
