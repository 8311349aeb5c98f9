//! Threads.

use serde::{Deserialize, Serialize};

use crate::store::timestamp::Timestamp;
use crate::store::{
    CreatedThread, Metadata, NewThread, RetentionPolicy, ThreadChange, ThreadItem, ThreadProperties,
};
use crate::wire::error::ApiError;
use crate::wire::version::ChatVersion;

use super::identifier::Identifier;
use super::object::Object;
use super::participant::{ChatError, ChatParticipantRequest};
use super::{MetadataRequest, metadata_patch, nullable, required};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatThreadProperties<'a> {
    id: &'a str,
    topic: &'a str,
    created_on: Timestamp,
    created_by_communication_identifier: Identifier<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_on: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Metadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_policy: Option<ChatRetentionPolicy>,
}

impl<'a> ChatThreadProperties<'a> {
    pub(crate) fn new(thread: &'a ThreadProperties, version: ChatVersion) -> Self {
        let metadata = Some(&thread.metadata);
        Self {
            id: thread.id.as_str(),
            topic: &thread.topic,
            created_on: thread.created_on,
            created_by_communication_identifier: (&thread.created_by).into(),
            deleted_on: thread.deleted_on,
            metadata: metadata
                .filter(|metadata| version.has_thread_metadata() && !metadata.is_empty()),
            retention_policy: thread
                .retention
                .filter(|_| version.has_retention_policy())
                .map(ChatRetentionPolicy::from),
        }
    }
}

/// When a thread deletes itself. Kinds that the contract does not name are refused.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum ChatRetentionPolicy {
    None,
    #[serde(rename_all = "camelCase")]
    ThreadCreationDate {
        delete_thread_after_days: u32,
    },
}

impl From<RetentionPolicy> for ChatRetentionPolicy {
    fn from(policy: RetentionPolicy) -> Self {
        match policy {
            RetentionPolicy::None => Self::None,
            RetentionPolicy::ThreadCreationDate { days } => Self::ThreadCreationDate {
                delete_thread_after_days: days,
            },
        }
    }
}

impl From<ChatRetentionPolicy> for RetentionPolicy {
    fn from(policy: ChatRetentionPolicy) -> Self {
        match policy {
            ChatRetentionPolicy::None => Self::None,
            ChatRetentionPolicy::ThreadCreationDate {
                delete_thread_after_days: days,
            } => Self::ThreadCreationDate { days },
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateChatThreadResult<'a> {
    chat_thread: ChatThreadProperties<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invalid_participants: Vec<ChatError<'a>>,
}

impl<'a> CreateChatThreadResult<'a> {
    pub(crate) fn new(created: &'a CreatedThread, version: ChatVersion) -> Self {
        Self {
            chat_thread: ChatThreadProperties::new(&created.properties, version),
            invalid_participants: ChatError::list(&created.failures),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatThreadItem<'a> {
    id: &'a str,
    topic: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_on: Option<Timestamp>,
    last_message_received_on: Timestamp,
}

impl<'a> From<&'a ThreadItem> for ChatThreadItem<'a> {
    fn from(item: &'a ThreadItem) -> Self {
        Self {
            id: item.id.as_str(),
            topic: &item.topic,
            deleted_on: item.deleted_on,
            last_message_received_on: item.last_message_received_on,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateChatThreadRequest {
    topic: Option<String>,
    participants: Option<Vec<Object<ChatParticipantRequest>>>,
    metadata: Option<Metadata>,
    retention_policy: Option<Object<ChatRetentionPolicy>>,
}

impl CreateChatThreadRequest {
    pub(crate) fn new_thread(
        self,
        repeatability: Option<String>,
        version: ChatVersion,
    ) -> Result<NewThread, ApiError> {
        let metadata = self.metadata.filter(|_| version.has_thread_metadata());
        let retention = self.retention_policy;
        let retention = retention.filter(|_| version.has_retention_policy());
        let participants = self.participants.unwrap_or_default();
        Ok(NewThread {
            topic: topic(required("topic", self.topic)?)?,
            participants: participants
                .into_iter()
                .map(|Object(request)| request.participant(version))
                .collect::<Result<_, _>>()?,
            metadata: metadata.unwrap_or_default(),
            retention: retention.map(|Object(policy)| policy.into()),
            repeatability,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateChatThreadRequest {
    #[serde(default, deserialize_with = "nullable")]
    topic: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    metadata: Option<MetadataRequest>,
    #[serde(default, deserialize_with = "nullable")]
    retention_policy: Option<Option<Object<ChatRetentionPolicy>>>,
}

impl UpdateChatThreadRequest {
    pub(crate) fn change(self, version: ChatVersion) -> Result<ThreadChange, ApiError> {
        let metadata = self.metadata.filter(|_| version.has_thread_metadata());
        let retention = self.retention_policy;
        let retention = retention.filter(|_| version.has_retention_policy());
        let topic = match self.topic {
            None => None,
            Some(Some(text)) => Some(topic(text)?),
            Some(None) => {
                return Err(ApiError::invalid(
                    "topic",
                    "A thread's topic cannot be removed.",
                ));
            }
        };
        Ok(ThreadChange {
            topic,
            metadata: metadata.map(metadata_patch),
            retention: retention.map(|policy| policy.map(|Object(policy)| policy.into())),
        })
    }
}

fn topic(text: String) -> Result<String, ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::invalid(
            "topic",
            "A thread's topic must not be empty.",
        ));
    }
    Ok(text)
}
