//! Showing that somebody is typing.

use chat_rest::chat::{Client, operations};

use super::operation_builder;
use crate::convert::request;
use crate::error::Error;
use crate::models::ChatThreadId;
use crate::transport::{Answer, Call, Request};

/// Sends a typing notification; see
/// [`ChatThreadClient::send_typing_notification`](crate::ChatThreadClient::send_typing_notification).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct SendTypingNotification {
    call: Call,
    thread: ChatThreadId,
    sender_display_name: Option<String>,
}

impl SendTypingNotification {
    pub(crate) fn new((call, thread): (Call, ChatThreadId)) -> Self {
        Self {
            call,
            thread,
            sender_display_name: None,
        }
    }

    /// Sets the name others are shown with this notification.
    pub fn sender_display_name(mut self, name: impl Into<String>) -> Self {
        self.sender_display_name = Some(name.into());
        self
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See
    /// [`ChatThreadClient::send_typing_notification`](crate::ChatThreadClient::send_typing_notification).
    pub async fn send(self) -> Result<(), Error> {
        self.thread.check()?;
        let body = request::typing_notification(self.sender_display_name);
        let notify: Request<Client, (ChatThreadId, _), _> = |client, (thread, body)| {
            Box::pin(client.send_typing_notification(thread.as_str(), body))
        };
        let operation = &operations::SEND_TYPING_NOTIFICATION;
        self.call
            .run(operation, &(self.thread, body), notify)
            .await
            .map(Answer::into_value)
    }
}

operation_builder!(SendTypingNotification, ());
