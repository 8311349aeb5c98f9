//! How the properties of a thread were changed.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::{ChatRetentionPolicy, CommunicationIdentifier, Sensitive};

/// The properties of a thread after a change. The service does not say which of them are new.
///
/// ```
/// # #[cfg(not(feature = "realtime"))] fn main() {}
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # #[cfg(feature = "realtime")] async fn example(Scene { client, thread, bobs_thread, .. }: Scene) -> Done {
/// use chat::watch::ChatEvent;
///
/// # let mut notifications = client.notifications().connect()?;
/// # while !notifications.is_connected() { notifications.try_next().await?; }
/// let mut watch = thread.watch().notified_by(&notifications).into_stream();
/// # when_following(watch.handle(), async move { bobs_thread.update_topic("Dinner").await });
/// while let Some(watched) = watch.try_next().await? {
///     if let ChatEvent::PropertiesUpdated(properties) = watched.event() {
///         assert_eq!(properties.topic(), Some("Dinner"));
///         break; // The example's end; a program goes on.
///     }
/// }
/// # Ok(()) }
/// # #[cfg(feature = "realtime")] fn main() -> Done { run(example) }
/// ```
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

    /// The metadata that programs have given the thread; empty where there is nothing.
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
