//! Events on the wire. Of either level, and of models old and new: what is not in all of them may
//! be missing.

use std::collections::BTreeMap;

use chat_rest::{ChatMessageType, ChatRetentionPolicy, DateTime};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::data::{About, MessageEvent, ParticipantEvent, ThreadEvent, TypingEvent};
use crate::convert::identifier::{Wire as Identifier, from_wire};
use crate::models::{ChatParticipant, Sensitive};

/// The envelope of an event: the Event Grid schema and CloudEvents name its fields differently.
#[derive(Deserialize)]
pub(super) struct Envelope {
    pub(super) id: String,
    #[serde(alias = "eventType", rename = "type")]
    pub(super) event_type: String,
    #[serde(alias = "topic", default)]
    pub(super) source: String,
    #[serde(default)]
    pub(super) subject: String,
    #[serde(alias = "eventTime")]
    pub(super) time: DateTime,
    #[serde(default)]
    pub(super) data: Value,
}

pub(super) fn message(data: &Value) -> Result<MessageEvent, String> {
    let wire: Message = read(data)?;
    Ok(MessageEvent {
        about: read::<Base>(data)?.into(),
        message_id: wire.message_id.into(),
        message_type: message_type(wire.message_type),
        sender: wire.sender_communication_identifier.map(from_wire),
        sender_display_name: Sensitive(wire.sender_display_name),
        content: Sensitive(wire.message_body),
        metadata: Sensitive(wire.metadata.unwrap_or_default()),
        created_on: wire.compose_time.into(),
        edited_on: wire.edit_time.map(Into::into),
        deleted_on: wire.delete_time.map(Into::into),
        version: wire.version,
        sequence_id: wire.sequence_id,
    })
}

/// The type as the rest of the service names it: it has another name for HTML in what it pushes.
fn message_type(pushed: ChatMessageType) -> ChatMessageType {
    match pushed.as_str().eq_ignore_ascii_case("RichText/Html") {
        true => ChatMessageType::Html,
        false => pushed,
    }
}

pub(super) fn typing(data: &Value) -> Result<TypingEvent, String> {
    let wire: Typing = read(data)?;
    Ok(TypingEvent {
        about: read::<Base>(data)?.into(),
        sender: wire.sender_communication_identifier.map(from_wire),
        sender_display_name: Sensitive(wire.sender_display_name),
    })
}

pub(super) fn thread(data: &Value) -> Result<ThreadEvent, String> {
    let mut wire: Thread = read(data)?;
    let properties = wire.properties.get_or_insert_default();
    let topic = match properties.remove("topic") {
        Some(Value::String(topic)) => Some(topic),
        _ => None,
    };
    // It stands beside the properties, and was once announced among them.
    let metadata = match (wire.metadata, properties.remove("metadata")) {
        (Some(metadata), _) => metadata,
        (None, Some(among)) => serde_json::from_value(among).unwrap_or_default(),
        (None, None) => BTreeMap::new(),
    };
    let by = wire
        .created_by_communication_identifier
        .or(wire.deleted_by_communication_identifier)
        .or(wire.edited_by_communication_identifier);
    Ok(ThreadEvent {
        about: read::<Base>(data)?.into(),
        by: by.map(from_wire),
        topic: Sensitive(topic),
        metadata: Sensitive(metadata),
        participants: wire
            .participants
            .into_iter()
            .flatten()
            .map(Into::into)
            .collect(),
        retention_policy: wire.retention_policy,
        created_on: wire.create_time.map(Into::into),
        updated_on: wire.edit_time.map(Into::into),
        deleted_on: wire.delete_time.map(Into::into),
        version: wire.version,
    })
}

pub(super) fn participant(data: &Value) -> Result<ParticipantEvent, String> {
    let wire: Participant = read(data)?;
    let by = wire
        .added_by_communication_identifier
        .or(wire.removed_by_communication_identifier);
    Ok(ParticipantEvent {
        about: read::<Base>(data)?.into(),
        by: by.map(from_wire),
        participant: wire.participant.into(),
        time: wire.time.into(),
        version: wire.version,
    })
}

fn read<T: DeserializeOwned>(data: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(data).map_err(|error| error.to_string())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Base {
    thread_id: String,
    transaction_id: Option<String>,
    recipient_communication_identifier: Option<Identifier>,
}

impl From<Base> for About {
    fn from(wire: Base) -> Self {
        Self {
            thread_id: wire.thread_id.into(),
            transaction_id: wire.transaction_id,
            recipient: wire.recipient_communication_identifier.map(from_wire),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    #[serde(rename = "type")]
    message_type: ChatMessageType,
    sender_communication_identifier: Option<Identifier>,
    sender_display_name: Option<String>,
    message_body: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
    compose_time: DateTime,
    edit_time: Option<DateTime>,
    delete_time: Option<DateTime>,
    #[serde(default, deserialize_with = "number")]
    version: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    sequence_id: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Typing {
    sender_communication_identifier: Option<Identifier>,
    sender_display_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    created_by_communication_identifier: Option<Identifier>,
    deleted_by_communication_identifier: Option<Identifier>,
    edited_by_communication_identifier: Option<Identifier>,
    properties: Option<Map<String, Value>>,
    metadata: Option<BTreeMap<String, String>>,
    participants: Option<Vec<ThreadParticipant>>,
    retention_policy: Option<ChatRetentionPolicy>,
    create_time: Option<DateTime>,
    edit_time: Option<DateTime>,
    delete_time: Option<DateTime>,
    #[serde(default, deserialize_with = "number")]
    version: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Participant {
    added_by_communication_identifier: Option<Identifier>,
    removed_by_communication_identifier: Option<Identifier>,
    #[serde(alias = "participantAdded", alias = "participantRemoved")]
    participant: ThreadParticipant,
    time: DateTime,
    #[serde(default, deserialize_with = "number")]
    version: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThreadParticipant {
    participant_communication_identifier: Identifier,
    display_name: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
}

impl From<ThreadParticipant> for ChatParticipant {
    fn from(wire: ThreadParticipant) -> Self {
        Self {
            identifier: from_wire(wire.participant_communication_identifier),
            display_name: wire.display_name,
            share_history_time: None,
            metadata: wire.metadata.unwrap_or_default(),
        }
    }
}

/// A number, which examples of the service also show as a text.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(D::Error::custom),
        other => serde_json::from_value(other)
            .map(Some)
            .map_err(D::Error::custom),
    }
}
