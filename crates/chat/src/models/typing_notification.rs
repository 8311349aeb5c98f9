//! Who is typing.

use time::OffsetDateTime;

use super::{CommunicationIdentifier, Sensitive};

/// Says that a participant is typing. It is not kept by the service: who does not hear it then will
/// not hear it later.
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
