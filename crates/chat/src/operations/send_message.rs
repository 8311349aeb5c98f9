//! Sending a message.

use std::collections::BTreeMap;

use chat_rest::chat::{Client, operations};

use super::{SendExactlyOnce, operation_builder};
use crate::convert::{request, response};
use crate::error::Error;
use crate::models::{
    ChatMessageType, ChatThreadId, SendChatMessageResult, SendKey, extend_metadata,
};
use crate::transport::{Call, Request};

/// Sends a message; see [`ChatThreadClient::send_message`](crate::ChatThreadClient::send_message).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct SendMessage {
    pub(super) call: Call,
    pub(super) thread: ChatThreadId,
    content: String,
    message_type: ChatMessageType,
    sender_display_name: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
}

impl SendMessage {
    pub(crate) fn new((call, thread): (Call, ChatThreadId), content: String) -> Self {
        Self {
            call,
            thread,
            content,
            message_type: ChatMessageType::Text,
            sender_display_name: None,
            metadata: None,
        }
    }

    /// Sets what the content is: [`Text`](ChatMessageType::Text), unless it is set, or
    /// [`Html`](ChatMessageType::Html). Other types are the service's own.
    pub fn message_type(mut self, message_type: ChatMessageType) -> Self {
        self.message_type = message_type;
        self
    }

    /// Sets the name others are shown with this message.
    pub fn sender_display_name(mut self, name: impl Into<String>) -> Self {
        self.sender_display_name = Some(name.into());
        self
    }

    /// Adds metadata, which all participants can read. The service takes about 1 KB in all
    /// (documented).
    pub fn metadata<K: Into<String>, V: Into<String>>(
        mut self,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        extend_metadata(&mut self.metadata, entries);
        self
    }

    /// Sends the message so that it is stored exactly once, under a fresh key.
    ///
    /// When it is not known whether a request was carried out, the message is looked for by its
    /// key among the newest of the thread, at once and again after the settle time, and is sent
    /// again only if it is not there. How often is what [`RetryOptions`](crate::RetryOptions) say.
    ///
    /// There are never two copies and none is lost, provided that
    ///
    /// - the service carries out nothing later than [`settle`](SendExactlyOnce::settle) after
    ///   contact was lost,
    /// - what it has stored shows in lists by then too, however late it was carried out, and
    /// - nobody takes the key out of the message's metadata, where it stands as
    ///   [`SendKey::METADATA`] (60 bytes of the about 1 KB there is), for all participants to see.
    ///
    /// If that does not hold, copies that are found are in the
    /// [report](SendChatMessageResult::exactly_once), and can be deleted by
    /// [`delete_duplicates`](SendExactlyOnce::delete_duplicates).
    ///
    /// # Errors
    /// As [`ChatThreadClient::send_message`](crate::ChatThreadClient::send_message), each with its
    /// [`send_key`](Error::send_key). [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) is
    /// left where no attempt was answered, or the user may not list the messages.
    pub fn exactly_once(self) -> SendExactlyOnce {
        SendExactlyOnce::new(self, None)
    }

    /// The same as [`exactly_once`](Self::exactly_once), under a key that was made before
    /// ([`new_send_key`](crate::ChatThreadClient::new_send_key)) and can have been stored. If it
    /// may have been used, the message is looked for first.
    pub fn exactly_once_with(self, key: impl Into<SendKey>) -> SendExactlyOnce {
        SendExactlyOnce::new(self, Some(key.into()))
    }

    pub(super) fn prepare(self) -> Prepared {
        let body = request::send_message(
            self.content,
            &self.message_type,
            self.sender_display_name,
            self.metadata,
        );
        Prepared {
            call: self.call,
            state: (self.thread, body),
        }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::send_message`](crate::ChatThreadClient::send_message).
    pub async fn send(self) -> Result<SendChatMessageResult, Error> {
        self.thread.check()?;
        self.prepare().send_once().await
    }
}

/// A message ready to be sent, as often as it takes.
pub(super) struct Prepared {
    call: Call,
    state: (ChatThreadId, request::SendMessageBody),
}

impl Prepared {
    pub(super) async fn send_once(&self) -> Result<SendChatMessageResult, Error> {
        let send: Request<Client, (ChatThreadId, _), _> =
            |client, (thread, body)| Box::pin(client.send_chat_message(thread.as_str(), body));
        let operation = &operations::SEND_CHAT_MESSAGE;
        let answer = self.call.run(operation, &self.state, send).await?;
        let retry_info = answer.retry_info();
        Ok(response::sent(answer.into_value(), retry_info))
    }
}

operation_builder!(SendMessage, SendChatMessageResult);
