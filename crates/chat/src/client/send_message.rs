//! Sending a message.

use std::collections::BTreeMap;

use chat_rest::chat::{Client, operations};

use super::operation_builder;
use crate::convert::{request, response};
use crate::error::Error;
use crate::models::{ChatMessageType, ChatThreadId, SendChatMessageResult, extend_metadata};
use crate::pipeline::{Call, Request};

/// Sends a message; see [`ChatThreadClient::send_message`](crate::ChatThreadClient::send_message).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct SendMessage {
    call: Call,
    thread: ChatThreadId,
    content: String,
    message_type: ChatMessageType,
    sender_display_name: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
}

impl SendMessage {
    pub(super) fn new((call, thread): (Call, ChatThreadId), content: String) -> Self {
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

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::send_message`](crate::ChatThreadClient::send_message).
    pub async fn send(self) -> Result<SendChatMessageResult, Error> {
        self.thread.check()?;
        let body = request::send_message(
            self.content,
            &self.message_type,
            self.sender_display_name,
            self.metadata,
        );
        let send: Request<Client, (ChatThreadId, _), _> =
            |client, (thread, body)| Box::pin(client.send_chat_message(thread.as_str(), body));
        let operation = &operations::SEND_CHAT_MESSAGE;
        let answer = self.call.run(operation, (self.thread, body), send).await?;
        let retry_info = answer.retry_info();
        Ok(response::sent(answer.into_value(), retry_info))
    }
}

operation_builder!(SendMessage, SendChatMessageResult);
