//! Notifications on the wire: JSON that holds more JSON in its texts.

mod fields;

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::data::{MessageNotification, ParticipantsNotification, ThreadNotification};
use super::notification::{Inner, Notification, NotificationData};
use crate::models::{
    ChatAttachment, ChatMessageReadReceipt, ChatMessageType, ChatParticipant, ChatRetentionPolicy,
    ChatThreadId, CommunicationIdentifier, Sensitive, TypingNotification,
};
use fields::{Fields, milliseconds};

/// Reads the payload of a notification; nothing if it is no JSON object.
pub(crate) fn read(raw: Value) -> Option<Notification> {
    let fields = Fields(raw.as_object()?);
    let event_id = fields.number("eventId");
    let data = match event_id {
        Some(200) => NotificationData::MessageReceived(message(fields)),
        Some(245) => known(typing(fields), NotificationData::TypingIndicatorReceived),
        Some(246) => known(read_receipt(fields), NotificationData::ReadReceiptReceived),
        Some(247) => NotificationData::MessageEdited(message(fields)),
        Some(248) => NotificationData::MessageDeleted(message(fields)),
        Some(257) => NotificationData::ThreadCreated(thread(fields)),
        Some(258) => NotificationData::ThreadPropertiesUpdated(thread(fields)),
        Some(259) => NotificationData::ThreadDeleted(thread(fields)),
        Some(260) => NotificationData::ParticipantsAdded(participants(fields, "Added")),
        Some(261) => NotificationData::ParticipantsRemoved(participants(fields, "Removed")),
        _ => NotificationData::Unknown,
    };
    let inner = Inner {
        event_id,
        thread_id: thread_id(fields),
        recipient: recipient(fields),
        transaction_id: fields.text("transactionId"),
        version: fields.text("version"),
        data,
        raw: Sensitive(Value::Null),
    };
    let raw = Sensitive(raw);
    let inner = Arc::new(Inner { raw, ..inner });
    Some(Notification { inner })
}

/// Which event of which thing in which version it is: the same for one that is delivered twice.
/// Times, the sender and what was read belong to it, since the version of a thread is not known to
/// change with each event.
pub(super) fn fingerprint(notification: &Notification, state: &impl BuildHasher) -> u64 {
    let mut hasher = state.build_hasher();
    notification.event_id().hash(&mut hasher);
    notification.thread_id().hash(&mut hasher);
    let whole = notification.raw();
    for field in [
        "messageId",
        "version",
        "senderId",
        "originalArrivalTime",
        "edittime",
        "deletetime",
        "time",
        "editTime",
        "deleteTime",
        "participantsAdded",
        "participantsRemoved",
        "properties",
    ] {
        whole.get(field).hash(&mut hasher);
    }
    if matches!(
        notification.data(),
        NotificationData::ReadReceiptReceived(_) | NotificationData::Unknown
    ) {
        whole.get("messageBody").hash(&mut hasher);
    }
    hasher.finish()
}

fn thread_id(fields: Fields<'_>) -> Option<ChatThreadId> {
    let id = fields.text("groupId").or_else(|| fields.text("threadId"));
    id.map(ChatThreadId::from)
}

/// The one field has the raw id, the other has it without its `8:`.
fn recipient(fields: Fields<'_>) -> Option<CommunicationIdentifier> {
    fields.identifier("recipientMri").or_else(|| {
        let id = fields.text("recipientId")?;
        let is_whole = id.as_bytes().first().is_some_and(u8::is_ascii_digit);
        Some(CommunicationIdentifier::from_raw_id(match is_whole {
            true => id,
            false => format!("8:{id}"),
        }))
    })
}

fn message(fields: Fields<'_>) -> MessageNotification {
    MessageNotification {
        message_id: fields.text("messageId").map(Into::into),
        message_type: fields.text("messageType").map(message_type),
        sender: fields.identifier("senderId"),
        sender_display_name: Sensitive(fields.text("senderDisplayName")),
        content: Sensitive(fields.content("messageBody")),
        metadata: Sensitive(fields.metadata("acsChatMessageMetadata")),
        attachments: objects(fields, "attachments", attachment),
        created_on: fields.time("originalArrivalTime"),
        edited_on: fields.time("edittime"),
        deleted_on: fields.time("deletetime"),
    }
}

/// Notifications name the types otherwise than lists do.
fn message_type(name: String) -> ChatMessageType {
    match name.as_str() {
        "RichText/Html" => ChatMessageType::Html,
        _ => name.into(),
    }
}

fn attachment(fields: Fields<'_>) -> Option<ChatAttachment> {
    Some(ChatAttachment {
        id: fields.text("id")?,
        attachment_type: fields.text("attachmentType").unwrap_or_default().into(),
        name: Sensitive(fields.text("name")),
        url: Sensitive(fields.text("url")),
        preview_url: Sensitive(fields.text("previewUrl")),
    })
}

fn typing(fields: Fields<'_>) -> Option<TypingNotification> {
    Some(TypingNotification {
        sender: fields.identifier("senderId"),
        sender_display_name: Sensitive(fields.text("senderDisplayName")),
        // The version is a time, too.
        received_on: fields
            .time("originalArrivalTime")
            .or_else(|| fields.time("version"))?,
    })
}

fn read_receipt(fields: Fields<'_>) -> Option<ChatMessageReadReceipt> {
    let body = fields.json("messageBody")?;
    let receipt = Fields(body.as_object()?);
    // What was read last, when, and a number of the client.
    let horizon = receipt.text("consumptionhorizon")?;
    let mut parts = horizon.split(';').map(str::trim);
    let message_id = parts.next().filter(|id| !id.is_empty())?;
    let read_on = parts
        .next()
        .and_then(|time| milliseconds(time.parse().ok()?));
    Some(ChatMessageReadReceipt {
        sender: receipt
            .identifier("user")
            .or_else(|| fields.identifier("senderId")),
        chat_message_id: message_id.into(),
        read_on: read_on.or_else(|| receipt.time("version"))?,
    })
}

/// What an event is that may lack what it is about.
fn known<T>(data: Option<T>, event: fn(T) -> NotificationData) -> NotificationData {
    data.map_or(NotificationData::Unknown, event)
}

fn thread(fields: Fields<'_>) -> ThreadNotification {
    let properties = fields.json("properties");
    let nothing = Map::new();
    let properties = Fields(
        properties
            .as_ref()
            .and_then(Value::as_object)
            .unwrap_or(&nothing),
    );
    let by = ["createdBy", "editedBy", "deletedBy"];
    ThreadNotification {
        by: by.into_iter().find_map(|by| one_participant(fields, by)),
        topic: Sensitive(properties.content("topic")),
        metadata: Sensitive(properties.metadata("acsChatThreadMetadata")),
        participants: objects(fields, "members", participant),
        retention_policy: properties
            .json("retentionPolicy")
            .and_then(retention_policy),
        created_on: fields.time("createTime"),
        updated_on: fields.time("editTime"),
        deleted_on: fields.time("deleteTime"),
        reason: fields.text("reason"),
    }
}

/// A policy counts days as `60.00:00:00`.
fn retention_policy(policy: Value) -> Option<ChatRetentionPolicy> {
    let fields = Fields(policy.as_object()?);
    let days = fields.text("executeAfter").and_then(|after| {
        let (days, _) = after.split_once('.')?;
        days.parse().ok()
    });
    match (fields.text("retentionPolicyType").as_deref(), days) {
        (Some("DeleteAfterCreationTime"), Some(days)) => {
            Some(ChatRetentionPolicy::thread_creation_date(days))
        }
        _ => Some(ChatRetentionPolicy::UnknownValue(policy)),
    }
}

/// What was done to the participants is part of the names of the fields.
fn participants(fields: Fields<'_>, done: &str) -> ParticipantsNotification {
    let by = format!("{}By", done.to_ascii_lowercase());
    ParticipantsNotification {
        by: one_participant(fields, &by),
        participants: objects(fields, &format!("participants{done}"), participant),
        time: fields.time("time"),
    }
}

fn one_participant(fields: Fields<'_>, name: &str) -> Option<ChatParticipant> {
    participant(Fields(fields.json(name)?.as_object()?))
}

fn participant(fields: Fields<'_>) -> Option<ChatParticipant> {
    Some(ChatParticipant {
        identifier: fields.identifier("participantId")?,
        display_name: fields.text("displayName"),
        share_history_time: fields.time("shareHistoryTime"),
        metadata: fields.metadata("memberMetaData"),
    })
}

/// The objects of an array within a text. Those that can't be read are left out.
fn objects<T>(fields: Fields<'_>, name: &str, read: fn(Fields<'_>) -> Option<T>) -> Vec<T> {
    let Some(Value::Array(items)) = fields.json(name) else {
        return Vec::new();
    };
    let items = items.iter().filter_map(Value::as_object);
    items.filter_map(|item| read(Fields(item))).collect()
}

#[cfg(test)]
mod tests;
