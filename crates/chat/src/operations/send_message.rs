//! Sending a message.

use super::{metadata_setter, operation, operation_builder};
use crate::convert::{request, response};
use crate::error::Error;
use crate::models::{ChatMessageType, ChatThreadId, SendChatMessageResult};
use crate::response::Response;
use crate::transport::{self, Call, OperationRequest};

/// Sends a message; see [`ChatThreadClient::send_message`](crate::ChatThreadClient::send_message).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use chat::models::ChatMessageType;
///
/// let sent = thread
///     .send_message("<b>Hello</b>")
///     .message_type(ChatMessageType::Html)
///     .sender_display_name("Alice")
///     .metadata([("ticket", "17")])
///     .await?;
/// let message = thread.message(sent.id()).await?;
/// assert_eq!(message.sender_display_name(), Some("Alice"));
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
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
        self.body.type_ = Some(message_type.into());
        self
    }

    /// Sets the name others are shown with this message.
    pub fn sender_display_name(mut self, name: impl Into<String>) -> Self {
        self.body.sender_display_name = Some(name.into());
        self
    }

    metadata_setter! {
        /// Adds metadata, which all participants can read. The service takes about 1 KB in all
        /// (documented).
    }

    async fn carry_out(self) -> Result<Response<SendChatMessageResult>, Error> {
        let deadline = self.call.deadline();
        transport::send(&mut &self, deadline).await
    }
}

/// By reference, since a message that is to be stored exactly once may be sent more than once.
impl OperationRequest for &SendMessage {
    operation! {
        SEND_CHAT_MESSAGE of chat, [Thread(thread)],
        |self, client| client.send_chat_message(self.thread.as_str(), &self.body).await,
        |wire: response::SentMessage| -> SendChatMessageResult { Ok(response::sent(wire)) }
    }
}

operation_builder!(SendMessage, SendChatMessageResult, carry_out, call);
