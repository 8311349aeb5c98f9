//! Reading and changing a thread's properties.

use chat_rest::chat::Client;

use super::{operation, operation_builder};
use crate::convert::{request, response};
use crate::error::Error;
use crate::models::{ChatRetentionPolicy, ChatThreadId, ChatThreadProperties, extend_metadata};
use crate::transport::{Call, OperationRequest, RestResult};

/// Reads a thread's properties; see
/// [`ChatThreadClient::properties`](crate::ChatThreadClient::properties).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct GetProperties {
    call: Call,
    thread: ChatThreadId,
}

impl GetProperties {
    pub(crate) fn new(call: Call, thread: ChatThreadId) -> Self {
        Self { call, thread }
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

operation_builder!(GetProperties, ChatThreadProperties);

/// Changes a thread's properties; see
/// [`ChatThreadClient::update_properties`](crate::ChatThreadClient::update_properties).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct UpdateProperties {
    call: Call,
    thread: ChatThreadId,
    body: request::UpdateThreadBody,
}

impl UpdateProperties {
    pub(crate) fn new(call: Call, thread: ChatThreadId) -> Self {
        Self {
            call,
            thread,
            body: request::UpdateThreadBody::default(),
        }
    }

    /// Sets the topic.
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.body.topic = Some(topic.into());
        self
    }

    /// Sets these entries of the metadata; the others stay as they are.
    pub fn metadata<K: Into<String>, V: Into<String>>(
        mut self,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        extend_metadata(&mut self.body.metadata, entries);
        self
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

operation_builder!(UpdateProperties, ());
