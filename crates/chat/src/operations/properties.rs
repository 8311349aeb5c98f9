//! Reading and changing a thread's properties.

use super::{metadata_setter, operation, operation_builder, retention_policy_setter};
use crate::convert::{request, response};
use crate::models::{ChatThreadId, ChatThreadProperties};
use crate::transport::OperationRequest;

operation_builder! {
    /// Reads a thread's properties; see
    /// [`ChatThreadClient::properties`](crate::ChatThreadClient::properties).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// let properties = thread.properties().await?;
    /// assert_eq!(properties.topic(), "Lunch");
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct GetProperties -> ChatThreadProperties {
        thread: ChatThreadId,
    }
}

impl OperationRequest for GetProperties {
    operation! {
        GET_CHAT_THREAD_PROPERTIES of chat, [Thread(thread)],
        |self, client| client.get_chat_thread_properties(self.thread.as_str()).await,
        |wire: response::ThreadProperties| -> ChatThreadProperties { Ok(wire.into()) }
    }
}

operation_builder! {
    /// Changes a thread's properties; see
    /// [`ChatThreadClient::update_properties`](crate::ChatThreadClient::update_properties).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// thread.update_properties().topic("Dinner").metadata([("table", "4")]).await?;
    ///
    /// let properties = thread.properties().await?;
    /// assert_eq!(properties.topic(), "Dinner");
    /// assert_eq!(properties.metadata()["table"], "4");
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct UpdateProperties -> () {
        thread: ChatThreadId,
        [body: request::UpdateThreadBody]
    }
}

impl UpdateProperties {
    /// Sets the topic.
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.body.topic = Some(topic.into());
        self
    }

    metadata_setter! {
        /// Sets these entries of the metadata; the others stay as they are.
    }

    retention_policy_setter!();
}

impl OperationRequest for UpdateProperties {
    operation! {
        UPDATE_CHAT_THREAD_PROPERTIES of chat, [Thread(thread)],
        |self, client| client.update_chat_thread_properties(self.thread.as_str(), &self.body).await
    }
}
