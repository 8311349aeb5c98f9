use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

use super::*;

const THREAD: &str = "19:47b098d56d084eb4a790726c93ac03a0@thread.v2";
const MRI: &str = "8:acs:188d4cea_0000001a";

/// Frames of the service's client for web pages, which are not part of the repository.
const FRAMES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/wire/realtime-frames.json"
);

fn data(payload: Value) -> NotificationData {
    read(payload).unwrap().data().clone()
}

#[test]
fn a_message_is_read_with_what_it_says_and_who_says_it() {
    let notification = read(json!({
        "eventId": 200, "senderId": MRI, "recipientId": "acs:b", "transactionId": "t.1",
        "recipientMri": "8:acs:b", "groupId": THREAD, "messageId": "1732447000123",
        "messageType": "RichText/Html", "messageBody": "<p>hi</p>", "senderDisplayName": "Alice",
        "originalArrivalTime": "2024-11-24T11:16:40.123Z", "version": 1_732_447_000_123_u64,
        "acsChatMessageMetadata": "{\"tags\":\"tag1\"}", "priority": "", "clientMessageId": "",
        "attachments": "[{\"id\":\"i\",\"attachmentType\":\"image\",\"url\":\"/x\"},{\"name\":\"no id\"}]",
    }))
    .unwrap();
    assert_eq!(notification.event_id(), Some(200));
    assert_eq!(notification.thread_id().unwrap().as_str(), THREAD);
    assert_eq!(notification.recipient().unwrap().raw_id(), "8:acs:b");
    assert_eq!(notification.transaction_id(), Some("t.1"));
    assert_eq!(notification.version(), Some("1732447000123"));
    assert_eq!(notification.raw()["priority"], "");
    let NotificationData::MessageReceived(message) = notification.data() else {
        panic!("{notification:?}");
    };
    assert_eq!(message.message_id().unwrap().as_str(), "1732447000123");
    assert_eq!(message.message_type(), Some(&ChatMessageType::Html));
    assert_eq!(message.sender().unwrap().raw_id(), MRI);
    assert_eq!(message.sender_display_name(), Some("Alice"));
    assert_eq!(message.content(), Some("<p>hi</p>"));
    assert_eq!(message.metadata()["tags"], "tag1");
    assert_eq!(message.attachments().len(), 1);
    let sent = datetime!(2024-11-24 11:16:40.123 UTC);
    assert_eq!(
        (message.created_on(), message.edited_on()),
        (Some(sent), None)
    );
    let shown = format!("{notification:?}");
    for hidden in ["hi</p>", "Alice", "tag1"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn a_read_receipt_names_reader_message_and_time() {
    let body = json!({"user": MRI, "consumptionhorizon": "1732447000123;1732447005123;0"});
    let payload =
        json!({"eventId": "246", "senderId": "8:acs:other", "messageBody": body.to_string()});
    let NotificationData::ReadReceiptReceived(receipt) = data(payload) else {
        panic!();
    };
    assert_eq!(receipt.sender().unwrap().raw_id(), MRI);
    assert_eq!(receipt.chat_message_id().as_str(), "1732447000123");
    let read_on = datetime!(2024-11-24 11:16:45.123 UTC);
    assert_eq!(receipt.read_on(), read_on);

    for body in [
        json!({}),
        json!({"consumptionhorizon": ";1;0"}),
        json!({"consumptionhorizon": "1"}),
    ] {
        let payload = json!({"eventId": 246, "senderId": MRI, "messageBody": body.to_string()});
        assert!(matches!(data(payload), NotificationData::Unknown), "{body}");
    }
}

#[test]
fn a_thread_is_read_with_its_properties() {
    let policy =
        json!({"retentionPolicyType": "DeleteAfterCreationTime", "executeAfter": "60.00:00:00"});
    let properties = json!({
        "topic": "Lunch 50%25", "acsChatThreadMetadata": "{\"k\":\"v\"}",
        "retentionPolicy": policy.to_string(),
    });
    let members = json!([
        {"participantId": MRI, "displayName": null, "shareHistoryTime": 1_604_055_050_000_u64,
         "memberMetaData": "{\"role\":\"r\"}"},
        {"displayName": "nobody"},
    ]);
    let by = json!({"participantId": "8:acs:a", "displayName": "Alice"});
    let NotificationData::ThreadCreated(thread) = data(json!({
        "eventId": 257, "groupId": "", "threadId": THREAD, "createTime": "2024-11-24T11:16:30.000Z",
        "createdBy": by.to_string(), "members": members.to_string(),
        "properties": properties.to_string(),
    })) else {
        panic!();
    };
    assert_eq!(thread.topic(), Some("Lunch 50%25"));
    assert_eq!(thread.metadata()["k"], "v");
    let days = ChatRetentionPolicy::thread_creation_date(60);
    assert_eq!(thread.retention_policy(), Some(&days));
    assert_eq!(thread.by().unwrap().display_name(), Some("Alice"));
    assert_eq!(
        thread.created_on(),
        Some(datetime!(2024-11-24 11:16:30 UTC))
    );
    let [member] = thread.participants() else {
        panic!("{thread:?}");
    };
    assert_eq!(
        (member.identifier().raw_id(), member.display_name()),
        (MRI, None)
    );
    let since = OffsetDateTime::from_unix_timestamp(1_604_055_050).unwrap();
    assert_eq!(member.share_history_time(), Some(since));
    assert_eq!(member.metadata()["role"], "r");
}

#[test]
fn a_thread_that_the_service_deleted_was_deleted_by_nobody() {
    let notification = read(json!({
        "eventId": 259, "groupId": "", "threadId": THREAD, "deletedBy": "",
        "deleteTime": "2024-11-24T11:18:00.9882388Z", "reason": "deletedByPolicy",
    }))
    .unwrap();
    assert_eq!(notification.thread_id().unwrap().as_str(), THREAD);
    let NotificationData::ThreadDeleted(thread) = notification.data() else {
        panic!();
    };
    assert!(thread.by().is_none());
    assert_eq!(thread.reason(), Some("deletedByPolicy"));
    assert!(thread.deleted_on().is_some());
}

#[test]
fn events_that_are_not_known_are_kept_and_what_is_no_object_is_no_notification() {
    let unknown = read(json!({"eventId": 999, "groupId": THREAD, "x": [1]})).unwrap();
    assert!(matches!(unknown.data(), NotificationData::Unknown));
    assert_eq!(unknown.raw()["x"], json!([1]));
    assert_eq!(unknown.thread_id().unwrap().as_str(), THREAD);
    assert!(matches!(data(json!({})), NotificationData::Unknown));
    for nothing in [json!([]), json!(null), json!("x"), json!(1)] {
        assert!(read(nothing).is_none());
    }
}

#[test]
fn every_event_is_read_when_all_of_it_is_missing_or_of_another_type() {
    for event_id in [200, 245, 246, 247, 248, 257, 258, 259, 260, 261] {
        let bare = read(json!({ "eventId": event_id })).unwrap();
        // These two are of no use without what they are about.
        let is_known = !matches!(bare.data(), NotificationData::Unknown);
        assert_eq!(is_known, ![245, 246].contains(&event_id), "{event_id}");
        assert!(bare.thread_id().is_none() && bare.recipient().is_none());
        let names = [
            "groupId",
            "threadId",
            "recipientMri",
            "recipientId",
            "messageId",
            "messageType",
            "messageBody",
            "senderId",
            "senderDisplayName",
            "acsChatMessageMetadata",
            "attachments",
            "originalArrivalTime",
            "properties",
            "members",
            "createdBy",
            "editedBy",
            "deletedBy",
            "addedBy",
            "removedBy",
            "participantsAdded",
            "participantsRemoved",
            "time",
            "version",
        ];
        for odd in [
            json!(null),
            json!(-1),
            json!([1]),
            json!({"a": {}}),
            json!("}{"),
            json!("[1]"),
        ] {
            let mut payload = json!({ "eventId": event_id });
            for name in names {
                payload[name] = odd.clone();
            }
            read(payload).unwrap();
        }
    }
}

/// All ten events as the stand-in server sent them to the service's client, and as that client
/// told them to its page.
#[test]
fn the_frames_of_the_official_client_are_read_as_it_reads_them() {
    let Ok(text) = std::fs::read(FRAMES) else {
        eprintln!("skipped: the recorded frames are not there");
        return;
    };
    let frames: Value = serde_json::from_slice(&text).unwrap();
    let out = frames["scenarios"]["happy"]["out"].as_object().unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for (name, step) in out {
        let (Value::Object(_), Value::Object(sdk)) = (&step["pushed"], &step["sdk"]) else {
            continue;
        };
        let notification = read(step["pushed"].clone()).unwrap();
        seen.insert(notification.event_id().unwrap());
        assert_eq!(
            notification.thread_id().unwrap().as_str(),
            sdk["threadId"],
            "{name}"
        );
        let time = |field: &str| {
            let text = sdk.get(field)?["$date"].as_str()?;
            // The page's dates have milliseconds.
            let time = OffsetDateTime::from(text.parse::<chat_rest::DateTime>().unwrap());
            Some(time.unix_timestamp_nanos() / 1_000_000)
        };
        let millis = |time: Option<OffsetDateTime>| Some(time?.unix_timestamp_nanos() / 1_000_000);
        let version = sdk.get("version").and_then(Value::as_str);
        if version.is_some() {
            assert_eq!(notification.version(), version, "{name}");
        }
        match notification.data() {
            NotificationData::MessageReceived(message)
            | NotificationData::MessageEdited(message)
            | NotificationData::MessageDeleted(message) => {
                assert_eq!(message.message_id().unwrap().as_str(), sdk["id"], "{name}");
                let content = sdk.get("message").and_then(Value::as_str);
                assert_eq!(message.content(), content, "{name}");
                assert_eq!(millis(message.created_on()), time("createdOn"), "{name}");
                assert_eq!(millis(message.edited_on()), time("editedOn"), "{name}");
                assert_eq!(millis(message.deleted_on()), time("deletedOn"), "{name}");
                let metadata = sdk.get("metadata").cloned().unwrap_or_else(|| json!({}));
                assert_eq!(json!(message.metadata()), metadata, "{name}");
                let attachments = sdk.get("attachments").and_then(Value::as_array);
                assert_eq!(message.attachments().len(), attachments.map_or(0, Vec::len));
            }
            NotificationData::TypingIndicatorReceived(typing) => {
                assert_eq!(
                    millis(Some(typing.received_on())),
                    time("receivedOn"),
                    "{name}"
                );
            }
            NotificationData::ReadReceiptReceived(receipt) => {
                assert_eq!(receipt.chat_message_id().as_str(), sdk["chatMessageId"]);
                assert_eq!(millis(Some(receipt.read_on())), time("readOn"), "{name}");
            }
            NotificationData::ThreadCreated(thread)
            | NotificationData::ThreadPropertiesUpdated(thread)
            | NotificationData::ThreadDeleted(thread) => {
                let reason = sdk.get("reason").and_then(Value::as_str);
                assert_eq!(thread.reason(), reason, "{name}");
                assert_eq!(millis(thread.updated_on()), time("updatedOn"), "{name}");
                assert_eq!(millis(thread.deleted_on()), time("deletedOn"), "{name}");
                let members = sdk.get("participants").and_then(Value::as_array);
                assert_eq!(thread.participants().len(), members.map_or(0, Vec::len));
            }
            NotificationData::ParticipantsAdded(change)
            | NotificationData::ParticipantsRemoved(change) => {
                let (participants, at) = match sdk.get("participantsAdded") {
                    Some(added) => (added, "addedOn"),
                    None => (&sdk["participantsRemoved"], "removedOn"),
                };
                assert_eq!(
                    change.participants().len(),
                    participants.as_array().unwrap().len()
                );
                assert_eq!(millis(change.time()), time(at), "{name}");
                assert!(change.by().is_some(), "{name}");
            }
            NotificationData::Unknown => panic!("{name}"),
        }
    }
    assert_eq!(
        seen.into_iter().collect::<Vec<_>>(),
        [200, 245, 246, 247, 248, 257, 258, 259, 260, 261]
    );
}
