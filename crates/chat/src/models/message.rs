//! Messages, their content and attachments.

use std::collections::BTreeMap;

use chat_rest::chat::types;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    ChatAttachmentType, ChatMessageId, ChatMessageType, ChatParticipant, CommunicationIdentifier,
    SendKey, Sensitive, SequenceId,
};

/// A message.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, alice, .. }: Scene) -> Done {
/// use chat::models::ChatMessageType;
///
/// let sent = thread.send_message("Hello").sender_display_name("Alice").await?;
/// let message = thread.message(sent.id()).await?;
/// assert_eq!(message.message_type(), &ChatMessageType::Text);
/// assert_eq!(message.content().message(), Some("Hello"));
/// assert_eq!(message.sender_display_name(), Some("Alice"));
/// assert_eq!(message.sender(), Some(&alice.into()));
/// assert!(message.edited_on().is_none());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "types::ChatMessage", into = "types::ChatMessage")]
pub struct ChatMessage {
    pub(crate) id: ChatMessageId,
    pub(crate) message_type: ChatMessageType,
    pub(crate) sequence_id: SequenceId,
    pub(crate) version: String,
    pub(crate) content: ChatMessageContent,
    pub(crate) sender_display_name: Sensitive<Option<String>>,
    pub(crate) sender: Option<CommunicationIdentifier>,
    pub(crate) created_on: OffsetDateTime,
    pub(crate) edited_on: Option<OffsetDateTime>,
    pub(crate) deleted_on: Option<OffsetDateTime>,
    pub(crate) metadata: Sensitive<BTreeMap<String, String>>,
}

impl ChatMessage {
    /// What the message says, by value.
    #[must_use]
    pub fn into_content(self) -> ChatMessageContent {
        self.content
    }

    /// For printing: `Debug` of what this gives shows the texts that `Debug` of the model leaves out
    /// because they do not belong in logs.
    #[must_use]
    pub fn revealed(&self) -> impl std::fmt::Debug {
        types::ChatMessage::from(self.clone())
    }

    /// The id, unique within the thread.
    #[must_use]
    pub fn id(&self) -> &ChatMessageId {
        &self.id
    }

    /// What the message is.
    #[must_use]
    pub fn message_type(&self) -> &ChatMessageType {
        &self.message_type
    }

    /// The place of the message in the thread, which orders as a number. An edit or a deletion
    /// gives the message a new one, above all others.
    #[must_use]
    pub fn sequence_id(&self) -> &SequenceId {
        &self.sequence_id
    }

    /// The version: the id, and after a change the time of the change in milliseconds.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The content. Of a deleted message it is empty.
    #[must_use]
    pub fn content(&self) -> &ChatMessageContent {
        &self.content
    }

    /// The name the sender gave itself with this message.
    #[must_use]
    pub fn sender_display_name(&self) -> Option<&str> {
        self.sender_display_name.as_deref()
    }

    /// Who sent the message; the service's own messages have none
    /// ([`ChatMessageContent::initiator`]).
    #[must_use]
    pub fn sender(&self) -> Option<&CommunicationIdentifier> {
        self.sender.as_ref()
    }

    /// When the message was sent, to the second.
    #[must_use]
    pub fn created_on(&self) -> OffsetDateTime {
        self.created_on
    }

    /// When the message was last edited, to the second.
    #[must_use]
    pub fn edited_on(&self) -> Option<OffsetDateTime> {
        self.edited_on
    }

    /// When the message was deleted, to the second. Deleted messages stay listed.
    #[must_use]
    pub fn deleted_on(&self) -> Option<OffsetDateTime> {
        self.deleted_on
    }

    /// The metadata that programs have given the message; empty where there is nothing.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }
}

/// The place of this message.
impl From<&ChatMessage> for SequenceId {
    fn from(message: &ChatMessage) -> Self {
        message.sequence_id().clone()
    }
}

/// What a message says: text of people, or what the service has to tell.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use chat::models::ChatMessageType;
///
/// thread.update_topic("Dinner").await?;
/// let list = thread.list_messages().only([ChatMessageType::TopicUpdated]);
/// let newest = list.into_stream().try_next().await?.expect("the topic was changed");
/// assert_eq!(newest.content().topic(), Some("Dinner"));
/// assert_eq!(newest.content().message(), None);
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "types::ChatMessageContent", into = "types::ChatMessageContent")]
pub struct ChatMessageContent {
    pub(crate) message: Sensitive<Option<String>>,
    /// In a box, since most messages are nothing but a text.
    pub(crate) more: Option<Box<MoreContent>>,
}

/// What the messages of the service say, and those from Microsoft Teams may have.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MoreContent {
    pub(crate) topic: Sensitive<Option<String>>,
    pub(crate) participants: Vec<ChatParticipant>,
    pub(crate) attachments: Vec<ChatAttachment>,
    pub(crate) initiator: Option<CommunicationIdentifier>,
}

impl ChatMessageContent {
    /// The text, by value; see [`message`](Self::message).
    #[must_use]
    pub fn into_message(self) -> Option<String> {
        self.message.0
    }

    /// The text, of a message of type [`Text`](ChatMessageType::Text) or
    /// [`Html`](ChatMessageType::Html).
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The new topic, of a message of type [`TopicUpdated`](ChatMessageType::TopicUpdated).
    #[must_use]
    pub fn topic(&self) -> Option<&str> {
        self.more.as_ref()?.topic.as_deref()
    }

    /// Who was added or removed, of a message of type
    /// [`ParticipantAdded`](ChatMessageType::ParticipantAdded) or
    /// [`ParticipantRemoved`](ChatMessageType::ParticipantRemoved).
    #[must_use]
    pub fn participants(&self) -> &[ChatParticipant] {
        let more = self.more.as_deref();
        more.map_or(&[], |more| &more.participants)
    }

    /// Files and images that came with the message from Microsoft Teams.
    #[must_use]
    pub fn attachments(&self) -> &[ChatAttachment] {
        let more = self.more.as_deref();
        more.map_or(&[], |more| &more.attachments)
    }

    /// Who caused a message of the service.
    #[must_use]
    pub fn initiator(&self) -> Option<&CommunicationIdentifier> {
        self.more.as_ref()?.initiator.as_ref()
    }
}

/// A file or image that came with a message from Microsoft Teams.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { .. }: Scene) -> Done {
/// # let (_emulator, thread) = pictures().await?;
/// # let message = thread.list_messages().into_stream().try_next().await?.expect("a picture");
/// for attachment in message.content().attachments() {
///     println!("{}: {}", attachment.attachment_type(), attachment.name().unwrap_or("no name"));
///     let preview = thread.download_attachment_preview(attachment).await?;
///     assert_eq!(preview.bytes().await?, b"small");
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "types::ChatAttachment", into = "types::ChatAttachment")]
pub struct ChatAttachment {
    pub(crate) id: String,
    pub(crate) attachment_type: ChatAttachmentType,
    pub(crate) name: Sensitive<Option<String>>,
    pub(crate) url: Sensitive<Option<String>>,
    pub(crate) preview_url: Sensitive<Option<String>>,
}

impl ChatAttachment {
    /// The id of the attachment.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the attachment is.
    #[must_use]
    pub fn attachment_type(&self) -> &ChatAttachmentType {
        &self.attachment_type
    }

    /// The file name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Where the attachment can be fetched.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Where a preview can be fetched.
    #[must_use]
    pub fn preview_url(&self) -> Option<&str> {
        self.preview_url.as_deref()
    }
}

/// A message that was sent.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let sent = thread.send_message("Hello").await?;
/// let receipt = thread.send_read_receipt(sent.id());
/// receipt.await?;
/// assert!(sent.exactly_once().is_none());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SendChatMessageResult {
    pub(crate) id: ChatMessageId,
    pub(crate) exactly_once: Option<Box<ExactlyOnceReport>>,
}

impl SendChatMessageResult {
    /// The id of the message.
    #[must_use]
    pub fn id(&self) -> &ChatMessageId {
        &self.id
    }
    /// What became of a message that was sent
    /// [`exactly_once`](crate::operations::SendMessage::exactly_once); nothing for any other.
    #[must_use]
    pub fn exactly_once(&self) -> Option<&ExactlyOnceReport> {
        self.exactly_once.as_deref()
    }
}

/// What became of a message that was sent exactly once.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let sent = thread.send_message("Hello").exactly_once().await?;
/// let report = sent.exactly_once().expect("it was sent exactly once");
/// assert_eq!(report.resends(), 0);
/// assert!(report.duplicates().is_empty());
/// println!("stored under the key {}", report.key());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ExactlyOnceReport {
    pub(crate) key: SendKey,
    pub(crate) resends: u32,
    pub(crate) duplicates: Vec<ChatMessageId>,
    pub(crate) deleted_duplicates: Vec<ChatMessageId>,
}

impl ExactlyOnceReport {
    /// The key the message was sent with.
    #[must_use]
    pub fn key(&self) -> &SendKey {
        &self.key
    }

    /// How often this call sent the message again because it had not turned up.
    #[must_use]
    pub fn resends(&self) -> u32 {
        self.resends
    }

    /// Other copies that were found, oldest first. After a resend, more may turn up later:
    /// [`find_messages`](crate::ChatThreadClient::find_messages) looks again.
    #[must_use]
    pub fn duplicates(&self) -> &[ChatMessageId] {
        &self.duplicates
    }

    /// Other copies that were found and have been deleted.
    #[must_use]
    pub fn deleted_duplicates(&self) -> &[ChatMessageId] {
        &self.deleted_duplicates
    }
}
