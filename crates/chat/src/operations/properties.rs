//! Reading and changing a thread's properties.

use std::collections::BTreeMap;

use chat_rest::chat::{Client, operations};

use super::operation_builder;
use crate::convert::request;
use crate::error::Error;
use crate::models::{ChatRetentionPolicy, ChatThreadId, ChatThreadProperties, extend_metadata};
use crate::transport::{Answer, Call, Request};

/// Reads a thread's properties; see
/// [`ChatThreadClient::properties`](crate::ChatThreadClient::properties).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct GetProperties {
    call: Call,
    thread: ChatThreadId,
}

impl GetProperties {
    pub(crate) fn new((call, thread): (Call, ChatThreadId)) -> Self {
        Self { call, thread }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::properties`](crate::ChatThreadClient::properties).
    pub async fn send(self) -> Result<ChatThreadProperties, Error> {
        self.thread.check()?;
        let get: Request<Client, ChatThreadId, _> =
            |client, thread| Box::pin(client.get_chat_thread_properties(thread.as_str()));
        let operation = &operations::GET_CHAT_THREAD_PROPERTIES;
        Ok(self
            .call
            .run(operation, &self.thread, get)
            .await?
            .into_value()
            .into())
    }
}

operation_builder!(GetProperties, ChatThreadProperties);

/// Changes a thread's properties; see
/// [`ChatThreadClient::update_properties`](crate::ChatThreadClient::update_properties).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct UpdateProperties {
    call: Call,
    thread: ChatThreadId,
    topic: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
    retention_policy: Option<ChatRetentionPolicy>,
}

impl UpdateProperties {
    pub(crate) fn new((call, thread): (Call, ChatThreadId)) -> Self {
        Self {
            call,
            thread,
            topic: None,
            metadata: None,
            retention_policy: None,
        }
    }

    /// Sets the topic.
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// Sets these entries of the metadata; the others stay as they are.
    pub fn metadata<K: Into<String>, V: Into<String>>(
        mut self,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        extend_metadata(&mut self.metadata, entries);
        self
    }

    /// Sets when the service deletes the thread by itself.
    pub fn retention_policy(mut self, policy: ChatRetentionPolicy) -> Self {
        self.retention_policy = Some(policy);
        self
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::update_properties`](crate::ChatThreadClient::update_properties).
    pub async fn send(self) -> Result<(), Error> {
        self.thread.check()?;
        let body = request::update_thread(self.topic, self.metadata, self.retention_policy);
        let update: Request<Client, (ChatThreadId, _), _> = |client, (thread, body)| {
            Box::pin(client.update_chat_thread_properties(thread.as_str(), body))
        };
        let operation = &operations::UPDATE_CHAT_THREAD_PROPERTIES;
        self.call
            .run(operation, &(self.thread, body), update)
            .await
            .map(Answer::into_value)
    }
}

operation_builder!(UpdateProperties, ());
