//! Reading, editing and deleting messages.

use super::{done_if_not_found, metadata_setter, operation, operation_builder};
use crate::convert::{request, response};
use crate::models::{ChatMessage, ChatMessageId, ChatThreadId};
use crate::transport::OperationRequest;

operation_builder! {
    /// Reads a message; see [`ChatThreadClient::message`](crate::ChatThreadClient::message).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// let sent = thread.send_message("Hello").await?;
    ///
    /// let message = thread.message(sent.id()).await?;
    /// assert_eq!(message.content().message(), Some("Hello"));
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct GetMessage -> ChatMessage {
        thread: ChatThreadId,
        message: ChatMessageId,
    }
}

impl OperationRequest for GetMessage {
    operation! {
        GET_CHAT_MESSAGE of chat, [Thread(thread), Message(message)],
        |self, client| client.get_chat_message(self.thread.as_str(), self.message.as_str()).await,
        |wire: response::Message| -> ChatMessage { Ok(wire.into()) }
    }
}

operation_builder! {
    /// Edits a message; see
    /// [`ChatThreadClient::update_message`](crate::ChatThreadClient::update_message).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// let sent = thread.send_message("Helo").await?;
    /// thread.update_message(sent.id()).content("Hello").metadata([("edits", "1")]).await?;
    ///
    /// let message = thread.message(sent.id()).await?;
    /// assert_eq!(message.content().message(), Some("Hello"));
    /// assert!(message.edited_on().is_some());
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct UpdateMessage -> () {
        thread: ChatThreadId,
        message: ChatMessageId,
        [body: request::UpdateMessageBody]
    }
}

impl UpdateMessage {
    /// Sets the content.
    pub fn content(mut self, content: impl Into<String>) -> Self {
        self.body.content = Some(content.into());
        self
    }

    metadata_setter! {
        /// Sets these entries of the metadata; the others stay as they are. An entry that is set to an
        /// empty text is removed.
    }
}

impl OperationRequest for UpdateMessage {
    operation! {
        UPDATE_CHAT_MESSAGE of chat, [Thread(thread), Message(message)],
        |self, client| {
            let (thread, message) = (self.thread.as_str(), self.message.as_str());
            client.update_chat_message(thread, message, &self.body).await
        }
    }
}

operation_builder! {
    /// Deletes a message; see
    /// [`ChatThreadClient::delete_message`](crate::ChatThreadClient::delete_message).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// let sent = thread.send_message("Hello").await?;
    /// thread.delete_message(sent.id()).await?;
    ///
    /// let messages = thread.list_messages().into_stream().collect().await?;
    /// assert!(messages[0].deleted_on().is_some());
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct DeleteMessage -> () {
        thread: ChatThreadId,
        message: ChatMessageId,
    }
}

impl OperationRequest for DeleteMessage {
    operation! {
        DELETE_CHAT_MESSAGE of chat, [Thread(thread), Message(message)],
        |self, client| client.delete_chat_message(self.thread.as_str(), self.message.as_str()).await
    }

    done_if_not_found!();
}
