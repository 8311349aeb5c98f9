//! Reading and changing a thread's properties.

use chat_rest::chat::Client;

use super::{metadata_setter, operation, operation_builder};
use crate::convert::{request, response};
use crate::error::Error;
use crate::models::{ChatRetentionPolicy, ChatThreadId, ChatThreadProperties};
use crate::transport::{OperationRequest, RestResult};

operation_builder! {
    /// Reads a thread's properties; see
    /// [`ChatThreadClient::properties`](crate::ChatThreadClient::properties).
    pub struct GetProperties -> ChatThreadProperties {
        thread: ChatThreadId,
    }
}

impl OperationRequest for GetProperties {
    operation!(GET_CHAT_THREAD_PROPERTIES of chat, response::ThreadProperties => ChatThreadProperties, [Thread(thread)]);

    async fn request(&self, client: &Client) -> RestResult<Self::Wire> {
        client
            .get_chat_thread_properties(self.thread.as_str())
            .await
    }

    fn output(&mut self, wire: Self::Wire) -> Result<ChatThreadProperties, Error> {
        Ok(wire.into())
    }
}

operation_builder! {
    /// Changes a thread's properties; see
    /// [`ChatThreadClient::update_properties`](crate::ChatThreadClient::update_properties).
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

    /// Sets when the service deletes the thread by itself.
    pub fn retention_policy(mut self, policy: ChatRetentionPolicy) -> Self {
        self.body.retention_policy = Some(policy);
        self
    }
}

impl OperationRequest for UpdateProperties {
    operation!(UPDATE_CHAT_THREAD_PROPERTIES of chat, [Thread(thread)]);

    async fn request(&self, client: &Client) -> RestResult<()> {
        client
            .update_chat_thread_properties(self.thread.as_str(), &self.body)
            .await
    }
}
