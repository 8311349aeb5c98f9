//! Showing that somebody is typing.

use super::{operation, operation_builder};
use crate::convert::request;
use crate::models::ChatThreadId;
use crate::transport::OperationRequest;

operation_builder! {
    /// Sends a typing notification; see
    /// [`ChatThreadClient::send_typing_notification`](crate::ChatThreadClient::send_typing_notification).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// let typing = thread.send_typing_notification().sender_display_name("Alice");
    /// let response = typing.send_with_info().await?;
    /// assert_eq!(response.info().status(), Some(200));
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct SendTypingNotification -> () {
        thread: ChatThreadId,
        [body: request::TypingBody]
    }
}

impl SendTypingNotification {
    /// Sets the name others are shown with this notification.
    pub fn sender_display_name(mut self, name: impl Into<String>) -> Self {
        self.body.sender_display_name = Some(name.into());
        self
    }
}

impl OperationRequest for SendTypingNotification {
    operation! {
        SEND_TYPING_NOTIFICATION of chat, [Thread(thread)],
        |self, client| client.send_typing_notification(self.thread.as_str(), &self.body).await
    }
}
