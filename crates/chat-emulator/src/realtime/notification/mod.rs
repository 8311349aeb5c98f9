//! What a client is told of an event: a name, and a body that is not the same for any two recipients.

mod message;
mod thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;
use crate::store::{ThreadEvent, ThreadEventKind};

/// The ten names, as clients know them.
fn name_and_id(kind: &ThreadEventKind) -> (&'static str, u32) {
    match kind {
        ThreadEventKind::MessageReceived(_) => ("chatMessageReceived", 200),
        ThreadEventKind::Typing { .. } => ("typingIndicatorReceived", 245),
        ThreadEventKind::ReadReceipt(_) => ("readReceiptReceived", 246),
        ThreadEventKind::MessageEdited(_) => ("chatMessageEdited", 247),
        ThreadEventKind::MessageDeleted(_) => ("chatMessageDeleted", 248),
        ThreadEventKind::ThreadCreated { .. } => ("chatThreadCreated", 257),
        ThreadEventKind::ThreadUpdated => ("chatThreadPropertiesUpdated", 258),
        ThreadEventKind::ThreadDeleted | ThreadEventKind::ThreadExpired => {
            ("chatThreadDeleted", 259)
        }
        ThreadEventKind::ParticipantsAdded(_) => ("participantsAdded", 260),
        ThreadEventKind::ParticipantsRemoved(_) => ("participantsRemoved", 261),
    }
}

/// The name of a notification, which is the end of the path it is posted to.
pub(super) fn name(event: &ThreadEvent) -> &'static str {
    name_and_id(&event.kind).0
}

/// The body for one recipient, whose client has reached the service at `base`, under a transaction id.
pub(super) fn body(
    event: &ThreadEvent,
    recipient: &RawId,
    base: &str,
    transaction: &str,
) -> String {
    let common = Common {
        event_id: name_and_id(&event.kind).1,
        sender_id: event.actor.id.as_str(),
        // Without the `8:`.
        recipient_id: without_type(recipient),
        transaction_id: transaction,
    };
    match &event.kind {
        ThreadEventKind::MessageReceived(message)
        | ThreadEventKind::MessageEdited(message)
        | ThreadEventKind::MessageDeleted(message) => {
            message::of_message(common, event, recipient, message, base)
        }
        ThreadEventKind::Typing {
            sender_display_name,
        } => message::of_typing(common, event, recipient, sender_display_name),
        ThreadEventKind::ReadReceipt(receipt) => {
            message::of_receipt(common, event, recipient, receipt)
        }
        _ => thread::body(common, event),
    }
}

/// What all bodies begin with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Common<'a> {
    event_id: u32,
    sender_id: &'a str,
    recipient_id: &'a str,
    transaction_id: &'a str,
}

fn without_type(id: &RawId) -> &str {
    let id = id.as_str();
    id.strip_prefix("8:").unwrap_or(id)
}

/// The same for what replaces each other on a screen.
fn collapse_id(parts: &[&str]) -> String {
    let hash = Sha256::digest(parts.join("\n"));
    STANDARD.encode(hash)
}

/// JSON in a string, as these bodies have it.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Times of messages: three digits of a second.
fn with_millis(at: Timestamp) -> String {
    zulu(at.with_millis())
}

/// Times of threads: seven digits of a second.
fn with_ticks(at: Timestamp) -> String {
    zulu(at.with_ticks())
}

fn zulu(text: String) -> String {
    text.replace("+00:00", "Z")
}
