//! How the properties of a thread were changed.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::{ChatRetentionPolicy, CommunicationIdentifier, Sensitive};

/// The properties of a thread after a change. The service does not say which of them are new.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatThreadPropertiesUpdate {
    pub(crate) topic: Sensitive<Option<String>>,
    pub(crate) metadata: Sensitive<BTreeMap<String, String>>,
    pub(crate) retention_policy: Option<ChatRetentionPolicy>,
    pub(crate) updated_on: Option<OffsetDateTime>,
    pub(crate) updated_by: Option<CommunicationIdentifier>,
}

impl ChatThreadPropertiesUpdate {
    /// The topic.
    #[must_use]
    pub fn topic(&self) -> Option<&str> {
        self.topic.as_deref()
    }

    /// What programs have noted about the thread; empty where there is nothing.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// When the service deletes the thread by itself, where it says so.
    #[must_use]
    pub fn retention_policy(&self) -> Option<&ChatRetentionPolicy> {
        self.retention_policy.as_ref()
    }

    /// When the change was made.
    #[must_use]
    pub fn updated_on(&self) -> Option<OffsetDateTime> {
        self.updated_on
    }

    /// Who made the change.
    #[must_use]
    pub fn updated_by(&self) -> Option<&CommunicationIdentifier> {
        self.updated_by.as_ref()
    }
}
