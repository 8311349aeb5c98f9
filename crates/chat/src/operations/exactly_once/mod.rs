//! Sending a message so that it is stored exactly once.

mod deliver;
mod find;

use std::time::Duration;

use chat_rest::chat::{Client, operations};

use super::{DeleteMessage, SendMessage, operation_builder};
use crate::error::{Error, ErrorKind};
use crate::models::{ChatThreadId, ExactlyOnceReport, SendChatMessageResult, SendKey};
use crate::transport::{Call, Request};
use deliver::Delivery;

pub use find::FindMessages;

/// How long after contact was lost the service may still carry out a request, or leave out of its
/// lists what it has stored, unless the caller says otherwise.
const SETTLE: Duration = Duration::from_secs(30);

/// Sends a message so that it is stored exactly once; see
/// [`SendMessage::exactly_once`](crate::SendMessage::exactly_once).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct SendExactlyOnce {
    pub(super) message: SendMessage,
    key: Option<SendKey>,
    settle: Duration,
    delete_duplicates: bool,
}

impl SendExactlyOnce {
    pub(crate) fn new(message: SendMessage, key: Option<SendKey>) -> Self {
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
    pub fn settle(mut self, time: Duration) -> Self {
        self.settle = time;
        self
    }

    /// Deletes copies that turn up all the same, all but the oldest.
    pub fn delete_duplicates(mut self) -> Self {
        self.delete_duplicates = true;
        self
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`SendMessage::exactly_once`](crate::SendMessage::exactly_once).
    pub async fn send(self) -> Result<SendChatMessageResult, Error> {
        let (call, thread) = (self.message.call.clone(), self.message.thread.clone());
        thread.check()?;
        let key = match self.key {
            Some(key) => key,
            None => new_key(&call, &thread).await?,
        };
        let fresh = key.take_fresh();
        let keyed = [(SendKey::METADATA, key.id().to_string())];
        let prepared = self.message.metadata(keyed).prepare();
        let delivery = Delivery {
            clock: call.clock(),
            settle: self.settle,
            max_resends: call.max_retries(),
        };
        let send = || prepared.send_once();
        let look = || find::find(&call, &thread, &key);
        let delivered = delivery
            .run(fresh, send, look)
            .await
            .map_err(|error| error.with_send_key(key.clone()))?;
        let mut report = ExactlyOnceReport {
            key,
            resends: delivered.resends,
            duplicates: delivered.duplicates,
            deleted_duplicates: Vec::new(),
        };
        if self.delete_duplicates {
            delete(&call, &thread, &mut report).await;
        }
        Ok(SendChatMessageResult {
            id: delivered.id,
            retry_info: delivered.retry_info,
            exactly_once: Some(Box::new(report)),
        })
    }
}

operation_builder!(SendExactlyOnce, SendChatMessageResult, message.call);

/// Deletes what copies it can: those it can't stay in the report as they are.
async fn delete(call: &Call, thread: &ChatThreadId, report: &mut ExactlyOnceReport) {
    for id in std::mem::take(&mut report.duplicates) {
        let delete = DeleteMessage::new((call.clone(), thread.clone()), id.clone());
        match delete.send().await {
            Ok(()) => report.deleted_duplicates.push(id),
            Err(error) => {
                tracing::warn!(%error, message = %id, "a duplicate could not be deleted");
                report.duplicates.push(id);
            }
        }
    }
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
        new_key(&self.call, &self.thread).await
    }
}

operation_builder!(NewSendKey, SendKey);

/// A fresh key. Its bound is the service's own time: if no answer has told it yet, one is fetched.
async fn new_key(call: &Call, thread: &ChatThreadId) -> Result<SendKey, Error> {
    if let Some(time) = call.service_time() {
        return Ok(SendKey::new(time));
    }
    thread.check()?;
    let get: Request<Client, ChatThreadId, _> =
        |client, thread| Box::pin(client.get_chat_thread_properties(thread.as_str()));
    let operation = &operations::GET_CHAT_THREAD_PROPERTIES;
    call.run(operation, thread, get).await?;
    call.service_time().map(SendKey::new).ok_or_else(|| {
        Error::new(ErrorKind::InvalidResponse)
            .with_operation(operation.id)
            .with_context("it has no Date")
    })
}
