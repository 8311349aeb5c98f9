//! Who has read up to where.

use chat_rest::chat::types;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{ChatMessageId, CommunicationIdentifier};

/// Says that a participant has read up to a message.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, bobs_thread, bob, .. }: Scene) -> Done {
/// let sent = thread.send_message("Hello").await?;
/// bobs_thread.send_read_receipt(sent.id()).await?;
///
/// let mut receipts = thread.list_read_receipts().into_stream();
/// let receipt = receipts.try_next().await?.expect("Bob has read");
/// assert_eq!(receipt.sender(), Some(&bob.into()));
/// assert_eq!(receipt.chat_message_id(), sent.id());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
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
