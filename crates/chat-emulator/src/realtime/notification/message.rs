//! Notifications of messages, typing and receipts.

use serde::Serialize;

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;
use crate::store::{ContentType, Message, MessageBody, ReadReceipt, ThreadEvent, ThreadEventKind};
use crate::wire::attachment::{ChatAttachment, Links};
use crate::wire::version::ChatVersion;

use super::{Common, collapse_id, json, with_millis};

/// What all notifications of messages have.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageNotification<'a> {
    #[serde(flatten)]
    common: Common<'a>,
    recipient_mri: &'a str,
    group_id: &'a str,
    message_id: String,
    collapse_id: String,
    message_type: &'static str,
    sender_display_name: &'a str,
    #[serde(flatten)]
    more: More<'a>,
}

/// What not all of them have. What is missing is left out.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct More<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    message_body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_message_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_arrival_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(rename = "edittime", skip_serializing_if = "Option::is_none")]
    edit_time: Option<String>,
    #[serde(rename = "deletetime", skip_serializing_if = "Option::is_none")]
    delete_time: Option<String>,
    #[serde(rename = "composetime", skip_serializing_if = "Option::is_none")]
    compose_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acs_chat_message_metadata: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<String>,
}

/// How far somebody has read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Horizon<'a> {
    user: &'a str,
    #[serde(rename = "consumptionhorizon")]
    consumption_horizon: String,
    message_visibility_time: i64,
    version: String,
}

/// The body for a message that was sent, edited or deleted.
pub(super) fn of_message(
    common: Common<'_>,
    event: &ThreadEvent,
    recipient: &RawId,
    message: &Message,
    base: &str,
) -> String {
    // The service's own messages are no events.
    let MessageBody::User(user) = &message.body else {
        return String::new();
    };
    let created = with_millis(message.created_on());
    let changed = !matches!(event.kind, ThreadEventKind::MessageReceived(_));
    let deleted = message.deleted_on.is_some();
    let more = More {
        client_message_id: Some(""),
        original_arrival_time: Some(created.clone()),
        version: Some(message.version.to_string()),
        edit_time: message.edited_on.map(with_millis),
        delete_time: message.deleted_on.map(with_millis),
        compose_time: changed.then_some(created),
        ..More::default()
    };
    let more = match deleted {
        true => more,
        false => More {
            message_body: Some(&user.content),
            priority: Some(""),
            acs_chat_message_metadata: Some(match user.metadata.is_empty() {
                true => "null".to_owned(),
                false => json(&user.metadata),
            }),
            attachments: attachments(event, message, base),
            ..more
        },
    };
    let message_id = message.id.to_string();
    json(&MessageNotification {
        common,
        recipient_mri: recipient.as_str(),
        group_id: event.thread.id.as_str(),
        collapse_id: collapse_id(&[event.thread.id.as_str(), &message_id]),
        message_id,
        message_type: match user.content_type {
            ContentType::Text => "Text",
            ContentType::Html => "RichText/Html",
        },
        sender_display_name: &user.sender_display_name,
        more,
    })
}

/// The body for somebody who types.
pub(super) fn of_typing(
    common: Common<'_>,
    event: &ThreadEvent,
    recipient: &RawId,
    sender_display_name: &str,
) -> String {
    let at = event.at.millis().to_string();
    let sender = event.actor.id.as_str();
    json(&MessageNotification {
        common,
        recipient_mri: recipient.as_str(),
        group_id: event.thread.id.as_str(),
        message_id: at.clone(),
        collapse_id: collapse_id(&[event.thread.id.as_str(), "typing", sender]),
        message_type: "Control/Typing",
        sender_display_name,
        more: More {
            original_arrival_time: Some(with_millis(event.at)),
            version: Some(at),
            ..More::default()
        },
    })
}

/// The body for somebody who has read.
pub(super) fn of_receipt(
    common: Common<'_>,
    event: &ThreadEvent,
    recipient: &RawId,
    receipt: &ReadReceipt,
) -> String {
    let read_on = receipt.read_on.millis();
    let sender = receipt.sender.as_str();
    let horizon = json(&Horizon {
        user: sender,
        consumption_horizon: format!("{};{read_on};0", receipt.message),
        message_visibility_time: visible_since(event),
        version: read_on.to_string(),
    });
    json(&MessageNotification {
        common,
        recipient_mri: recipient.as_str(),
        group_id: event.thread.id.as_str(),
        message_id: receipt.message.to_string(),
        collapse_id: collapse_id(&[event.thread.id.as_str(), "read", sender]),
        message_type: "ThreadActivity/MemberConsumptionHorizonUpdate",
        sender_display_name: "",
        more: More {
            message_body: Some(&horizon),
            client_message_id: Some("0"),
            ..More::default()
        },
    })
}

/// Since when the reader sees messages, in milliseconds.
fn visible_since(event: &ThreadEvent) -> i64 {
    let since = event.actor.share_history_time;
    since
        .max(event.thread.created_on)
        .max(Timestamp::EPOCH)
        .millis()
}

/// Pictures and files, at the addresses at which the latest version of the API has them.
fn attachments(event: &ThreadEvent, message: &Message, base: &str) -> Option<String> {
    let version = ChatVersion::NEWEST;
    let links = Links {
        base,
        thread: &event.thread.id,
    };
    let attachments: Vec<_> = message
        .body
        .attachments()
        .iter()
        .map(|attachment| ChatAttachment::new(attachment, message.id, version, links))
        .collect();
    (!attachments.is_empty()).then(|| json(&attachments))
}
