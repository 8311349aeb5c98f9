//! Sending a message.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};

use super::{SendExactlyOnce, operation_builder};
use crate::convert::{request, response};
use crate::error::Error;
use crate::models::{
    ChatMessageType, ChatThreadId, SendChatMessageResult, SendKey, extend_metadata,
};
use crate::response::Response;
use crate::transport::{self, Call, OperationRequest, PathId, RestResult};

/// Sends a message; see [`ChatThreadClient::send_message`](crate::ChatThreadClient::send_message).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct SendMessage {
    pub(super) call: Call,
    pub(super) thread: ChatThreadId,
    body: request::SendMessageBody,
}

impl SendMessage {
    pub(crate) fn new(call: Call, thread: ChatThreadId, content: String) -> Self {
        Self {
            call,
            thread,
            body: request::send_message(content),
        }
    }

    /// Sets what the content is: [`Text`](ChatMessageType::Text), unless it is set, or
    /// [`Html`](ChatMessageType::Html). Other types are the service's own.
    pub fn message_type(mut self, message_type: impl Into<ChatMessageType>) -> Self {
        self.body.type_ = Some(request::message_type(&message_type.into()));
        self
    }

    /// Sets the name others are shown with this message.
    pub fn sender_display_name(mut self, name: impl Into<String>) -> Self {
        self.body.sender_display_name = Some(name.into());
        self
    }

    /// Adds metadata, which all participants can read. The service takes about 1 KB in all
    /// (documented).
    pub fn metadata<K: Into<String>, V: Into<String>>(
        mut self,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        extend_metadata(&mut self.body.metadata, entries);
        self
    }

    /// Sends the message so that it is stored exactly once, under a fresh key.
    ///
    /// The key stands in the message's metadata as [`SendKey::METADATA`] (60 bytes of the about
    /// 1 KB there is), for all participants to see. When it is not known whether a request was
    /// carried out, the messages of the thread are listed and searched for the key: at once, and
    /// with growing pauses until [`settle`](SendExactlyOnce::settle) is over. Only if a list that
    /// was asked for after that does not show the message, it is sent again, as often as
    /// [`RetryOptions`](crate::RetryOptions) say. A list that fails in a passing way (no
    /// connection, 429, 500 and above) says nothing: it is asked for again. The whole ends with
    /// its [`deadline`](SendExactlyOnce::deadline). The retry info of the result or the error
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
    /// left where the repeats or the deadline are over, or the messages can't be listed (403, 404);
    /// the [`source`](std::error::Error::source) is then what the last list failed with.
    pub fn exactly_once(self) -> SendExactlyOnce {
        SendExactlyOnce::new(self, None)
    }

    /// The same as [`exactly_once`](Self::exactly_once), under a key that was made before
    /// ([`new_send_key`](crate::ChatThreadClient::new_send_key)) and can have been stored. If a
    /// request with it may have left before, the message is looked for first. A key whose requests
    /// were all refused, or never got through to the service, is as good as new.
    pub fn exactly_once_with(self, key: impl Into<SendKey>) -> SendExactlyOnce {
        SendExactlyOnce::new(self, Some(key.into()))
    }

    async fn carry_out(self) -> Result<Response<SendChatMessageResult>, Error> {
        let deadline = self.call.deadline();
        transport::send(&self, deadline).await
    }
}

/// By reference, since a message that is to be stored exactly once may be sent more than once.
impl OperationRequest for &SendMessage {
    const OPERATION: &'static Operation = &operations::SEND_CHAT_MESSAGE;
    type Client = Client;
    type Wire = response::SentMessage;
    type Output = SendChatMessageResult;

    fn call(&self) -> &Call {
        &self.call
    }

    fn path_ids(&self) -> impl IntoIterator<Item = PathId<'_>> {
        [PathId::Thread(&self.thread)]
    }

    async fn request(&self, client: &Client) -> RestResult<Self::Wire> {
        client
            .send_chat_message(self.thread.as_str(), &self.body)
            .await
    }

    fn output(&mut self, wire: Self::Wire) -> Result<SendChatMessageResult, Error> {
        Ok(response::sent(wire))
    }
}

operation_builder!(SendMessage, SendChatMessageResult, carry_out, call);
