//! The public models as JSON, by their getters alone and in the service's form, so that they can be
//! held against what was recorded: a field that is lost or made up on the way makes a difference.

use std::collections::BTreeMap;

use chat::AccessToken;
use chat::models::{
    ChatError, ChatMessage, ChatMessageReadReceipt, ChatParticipant, ChatThreadItem,
    ChatThreadProperties, CommunicationIdentifier, CommunicationUserIdentifier, FailedParticipant,
};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::normal;

/// Only the fields that are there.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields.into_iter();
    let present: Map<_, _> = fields
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    Value::Object(present)
}

fn text(text: &str) -> Option<Value> {
    Some(text.into())
}

fn time(time: OffsetDateTime) -> Option<Value> {
    Some(normal::written(time).into())
}

fn metadata(metadata: &BTreeMap<String, String>) -> Option<Value> {
    (!metadata.is_empty()).then(|| json!(metadata))
}

fn list<T>(items: &[T], view: impl Fn(&T) -> Value) -> Option<Value> {
    (!items.is_empty()).then(|| items.iter().map(view).collect())
}

fn identifier(identifier: &CommunicationIdentifier) -> Value {
    match identifier {
        CommunicationIdentifier::CommunicationUser(user) => {
            normal::user(identifier.raw_id(), user.id())
        }
        // No other kind was recorded; this one then makes a difference.
        other => json!({ "rawId": other.raw_id() }),
    }
}

/// A thread's properties.
pub(super) fn properties(thread: &ChatThreadProperties) -> Value {
    object([
        ("id", text(thread.id().as_str())),
        ("topic", text(thread.topic())),
        ("createdOn", time(thread.created_on())),
        (
            "createdByCommunicationIdentifier",
            thread.created_by().map(identifier),
        ),
        ("deletedOn", thread.deleted_on().and_then(time)),
        ("metadata", metadata(thread.metadata())),
        // None was recorded.
        (
            "retentionPolicy",
            thread
                .retention_policy()
                .map(|policy| format!("{policy:?}").into()),
        ),
    ])
}

/// A thread in a list.
pub(super) fn thread_item(thread: &ChatThreadItem) -> Value {
    object([
        ("id", text(thread.id().as_str())),
        ("topic", text(thread.topic())),
        ("deletedOn", thread.deleted_on().and_then(time)),
        (
            "lastMessageReceivedOn",
            thread.last_message_received_on().and_then(time),
        ),
    ])
}

/// A message.
pub(super) fn message(message: &ChatMessage) -> Value {
    let content = message.content();
    object([
        ("id", text(message.id().as_str())),
        ("type", text(message.message_type().as_str())),
        ("sequenceId", text(message.sequence_id().as_str())),
        ("version", text(message.version())),
        (
            "content",
            Some(object([
                ("message", content.message().and_then(text)),
                ("topic", content.topic().and_then(text)),
                ("participants", list(content.participants(), participant)),
                (
                    "attachments",
                    list(content.attachments(), |attachment| {
                        format!("{attachment:?}").into()
                    }),
                ),
                (
                    "initiatorCommunicationIdentifier",
                    content.initiator().map(identifier),
                ),
            ])),
        ),
        (
            "senderDisplayName",
            message.sender_display_name().and_then(text),
        ),
        (
            "senderCommunicationIdentifier",
            message.sender().map(identifier),
        ),
        ("createdOn", time(message.created_on())),
        ("editedOn", message.edited_on().and_then(time)),
        ("deletedOn", message.deleted_on().and_then(time)),
        ("metadata", metadata(message.metadata())),
    ])
}

/// A participant.
pub(super) fn participant(participant: &ChatParticipant) -> Value {
    object([
        (
            "communicationIdentifier",
            Some(identifier(participant.identifier())),
        ),
        ("displayName", participant.display_name().and_then(text)),
        (
            "shareHistoryTime",
            participant.share_history_time().and_then(time),
        ),
        ("metadata", metadata(participant.metadata())),
    ])
}

/// A read receipt.
pub(super) fn read_receipt(receipt: &ChatMessageReadReceipt) -> Value {
    object([
        (
            "senderCommunicationIdentifier",
            receipt.sender().map(identifier),
        ),
        ("chatMessageId", text(receipt.chat_message_id().as_str())),
        ("readOn", time(receipt.read_on())),
    ])
}

/// The errors about participants: those that are matched, then the others.
pub(super) fn invalid_participants(
    failed: &[FailedParticipant],
    unmatched: &[ChatError],
) -> Option<Value> {
    let matched = failed.iter().map(FailedParticipant::error);
    let errors: Vec<_> = matched.chain(unmatched).map(error).collect();
    (!errors.is_empty()).then(|| errors.into())
}

/// An error.
pub(super) fn error(error: &ChatError) -> Value {
    object([
        ("code", text(error.code())),
        ("message", error.message().and_then(text)),
        ("target", error.target().and_then(text)),
        ("details", list(error.details(), self::error)),
        ("innererror", error.inner_error().map(self::error)),
    ])
}

/// What creating a thread gave.
pub(super) fn created(thread: &ChatThreadProperties, invalid_participants: Option<Value>) -> Value {
    object([
        ("chatThread", Some(properties(thread))),
        ("invalidParticipants", invalid_participants),
    ])
}

/// What adding participants gave.
pub(super) fn added(invalid_participants: Option<Value>) -> Value {
    object([("invalidParticipants", invalid_participants)])
}

/// A page.
pub(super) fn page(items: Value, next_link: Option<&str>) -> Value {
    object([
        ("value", Some(items)),
        ("nextLink", next_link.and_then(text)),
    ])
}

/// A user and its token.
pub(super) fn user_and_token(user: &CommunicationUserIdentifier, token: &AccessToken) -> Value {
    json!({
        "identity": { "id": user.id() },
        "accessToken": { "token": token.secret(), "expiresOn": normal::written(token.expires_on()) }
    })
}
