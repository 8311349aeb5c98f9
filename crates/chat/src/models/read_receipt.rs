//! Who has read up to where.

use chat_rest::chat::types;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{ChatMessageId, CommunicationIdentifier};

/// Says that a participant has read up to a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    from = "types::ChatMessageReadReceipt",
    into = "types::ChatMessageReadReceipt"
)]
pub struct ChatMessageReadReceipt {
    pub(crate) sender: Option<CommunicationIdentifier>,
    pub(crate) chat_message_id: ChatMessageId,
    pub(crate) read_on: OffsetDateTime,
}

impl ChatMessageReadReceipt {
    /// Who has read.
    #[must_use]
    pub fn sender(&self) -> Option<&CommunicationIdentifier> {
        self.sender.as_ref()
    }

    /// The newest message that was read.
    #[must_use]
    pub fn chat_message_id(&self) -> &ChatMessageId {
        &self.chat_message_id
    }

    /// When it was read, to the second.
    #[must_use]
    pub fn read_on(&self) -> OffsetDateTime {
        self.read_on
    }
}
