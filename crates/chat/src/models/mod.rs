//! What the service's answers and the callers' requests are made of: messages, threads,
//! participants, ids, identifiers and tokens.

pub(crate) mod chat_event;
mod cursor;
mod idempotency_token;
mod identifier;
mod ids;
mod message;
mod parse_error;
mod participant;
mod place;
pub(crate) mod places;
mod properties_update;
mod read_receipt;
mod retry_info;
mod send_key;
mod sensitive;
mod sequence_id;
mod thread;
mod typing_notification;
mod user_cursor;

use std::collections::BTreeMap;

#[cfg(feature = "identity")]
#[doc(inline)]
pub use chat_rest::TokenScope;
#[doc(inline)]
pub use chat_rest::{
    ChatAttachmentType, ChatError, ChatMessageType, ChatRetentionPolicy,
    CommunicationCloudEnvironment,
};
pub use cursor::Cursor;
pub use idempotency_token::IdempotencyToken;
pub use identifier::CommunicationIdentifier;
pub use identifier::kinds::{
    CommunicationUserIdentifier, MicrosoftTeamsAppIdentifier, MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier, TeamsExtensionUserIdentifier, UnknownIdentifier,
};
pub use ids::{ChatMessageId, ChatThreadId};
pub use message::{
    ChatAttachment, ChatMessage, ChatMessageContent, ExactlyOnceReport, SendChatMessageResult,
};
pub use parse_error::ParseError;
pub use participant::{
    AddChatParticipantsResult, ChatParticipant, FailedParticipant, UnfinishedAdd,
};
pub use properties_update::ChatThreadPropertiesUpdate;
pub use read_receipt::ChatMessageReadReceipt;
pub use retry_info::RetryInfo;
pub use send_key::SendKey;
pub use sequence_id::SequenceId;
pub use thread::{ChatThreadItem, ChatThreadProperties, CreateChatThreadResult};
pub use typing_notification::TypingNotification;
pub use user_cursor::UserCursor;

pub(crate) use message::MoreContent;
pub(crate) use participant::match_failures;
pub(crate) use place::{Access, Place, fingerprint};
pub(crate) use sensitive::Sensitive;

/// Metadata as callers hand it in: pairs of whatever turns into strings.
pub(crate) fn extend_metadata<K: Into<String>, V: Into<String>>(
    metadata: &mut Option<BTreeMap<String, String>>,
    entries: impl IntoIterator<Item = (K, V)>,
) {
    metadata
        .get_or_insert_with(BTreeMap::new)
        .extend(entries.into_iter().map(|(k, v)| (k.into(), v.into())));
}
