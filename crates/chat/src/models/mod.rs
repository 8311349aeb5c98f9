//! What the service's answers and the callers' requests are made of: messages, threads,
//! participants, ids, identifiers and tokens.

mod chat_error;
mod idempotency_token;
mod identifier;
mod ids;
mod message;
mod open_enum;
mod parse_error;
mod participant;
mod raw_id;
mod read_receipt;
mod retry_info;
mod send_key;
mod sensitive;
mod thread;
#[cfg(feature = "identity")]
mod token_scope;

use std::collections::BTreeMap;

pub use chat_error::ChatError;
pub use chat_rest::ChatRetentionPolicy;
pub use idempotency_token::IdempotencyToken;
pub use identifier::{
    CommunicationCloudEnvironment, CommunicationIdentifier, CommunicationUserIdentifier,
    MicrosoftTeamsAppIdentifier, MicrosoftTeamsUserIdentifier, PhoneNumberIdentifier,
    TeamsExtensionUserIdentifier, UnknownIdentifier,
};
pub use ids::{ChatMessageId, ChatThreadId};
pub use message::{
    ChatAttachment, ChatAttachmentType, ChatMessage, ChatMessageContent, ChatMessageType,
    ExactlyOnceReport, SendChatMessageResult,
};
pub use parse_error::ParseError;
pub use participant::{
    AddChatParticipantsResult, ChatParticipant, FailedParticipant, UnfinishedAdd,
};
pub use read_receipt::ChatMessageReadReceipt;
pub use retry_info::RetryInfo;
pub use send_key::SendKey;
pub use thread::{ChatThreadItem, ChatThreadProperties, CreateChatThreadResult};
#[cfg(feature = "identity")]
pub use token_scope::TokenScope;

pub(crate) use open_enum::open_enum;
pub(crate) use participant::match_failures;
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
