//! Showing that somebody is typing.

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};

use super::operation_builder;
use crate::convert::request;
use crate::error::Error;
use crate::models::ChatThreadId;
use crate::transport::{Call, OperationRequest, PathId, RestResult};

/// Sends a typing notification; see
/// [`ChatThreadClient::send_typing_notification`](crate::ChatThreadClient::send_typing_notification).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct SendTypingNotification {
    call: Call,
    thread: ChatThreadId,
    body: request::TypingBody,
}

impl SendTypingNotification {
    pub(crate) fn new(call: Call, thread: ChatThreadId) -> Self {
        Self {
            call,
            thread,
            body: request::TypingBody::default(),
        }
    }

    /// Sets the name others are shown with this notification.
    pub fn sender_display_name(mut self, name: impl Into<String>) -> Self {
        self.body.sender_display_name = Some(name.into());
        self
    }
}

impl OperationRequest for SendTypingNotification {
    const OPERATION: &'static Operation = &operations::SEND_TYPING_NOTIFICATION;
    type Client = Client;
    type Wire = ();
    type Output = ();

    fn call(&self) -> &Call {
        &self.call
    }

    fn path_ids(&self) -> impl IntoIterator<Item = PathId<'_>> {
        [PathId::Thread(&self.thread)]
    }

    async fn request(&self, client: &Client) -> RestResult<()> {
        client
            .send_typing_notification(self.thread.as_str(), &self.body)
            .await
    }

    fn output(&mut self, (): ()) -> Result<(), Error> {
        Ok(())
    }
}

operation_builder!(SendTypingNotification, ());
