//! Who is typing.

use time::OffsetDateTime;

use super::{CommunicationIdentifier, Sensitive};

/// Says that a participant is typing. The service does not store it: who does not get it at that
/// moment does not get it later.
///
/// ```
/// # #[cfg(not(feature = "realtime"))] fn main() {}
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # #[cfg(feature = "realtime")] async fn example(Scene { client, thread, bobs_thread, bob, .. }: Scene) -> Done {
/// use chat::watch::ChatEvent;
///
/// # let mut notifications = client.notifications().connect()?;
/// # while !notifications.is_connected() { notifications.try_next().await?; }
/// let mut watch = thread.watch().notified_by(&notifications).into_stream();
/// # when_following(watch.handle(), async move { bobs_thread.send_typing_notification().sender_display_name("Bob").await });
/// while let Some(watched) = watch.try_next().await? {
///     if let ChatEvent::Typing(typing) = watched.event() {
///         println!("{} is typing", typing.sender_display_name().unwrap_or("somebody"));
///         assert_eq!(typing.sender(), Some(&bob.into()));
///         break; // The example's end; a program goes on.
///     }
/// }
/// # Ok(()) }
/// # #[cfg(feature = "realtime")] fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TypingNotification {
    pub(crate) sender: Option<CommunicationIdentifier>,
    pub(crate) sender_display_name: Sensitive<Option<String>>,
    pub(crate) received_on: OffsetDateTime,
}

impl TypingNotification {
    /// Who is typing.
    #[must_use]
    pub fn sender(&self) -> Option<&CommunicationIdentifier> {
        self.sender.as_ref()
    }

    /// The name the sender gave itself.
    #[must_use]
    pub fn sender_display_name(&self) -> Option<&str> {
        self.sender_display_name.as_deref()
    }

    /// When the service received it.
    #[must_use]
    pub fn received_on(&self) -> OffsetDateTime {
        self.received_on
    }
}
