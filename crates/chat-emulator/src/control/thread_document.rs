//! Threads and messages as the page reads them, with the names of users.

use serde_json::{Value, json};

use crate::store::identifier::RawId;
use crate::store::{ContentType, Message, MessageBody, Names, Participant, ThreadOverview};

pub(super) fn thread_document(names: &Names, thread: &ThreadOverview) -> Value {
    let properties = &thread.properties;
    json!({
        "id": properties.id.as_str(),
        "topic": properties.topic,
        "createdOn": properties.created_on,
        "deletedOn": properties.deleted_on,
        "lastMessageReceivedOn": thread.last_message_received_on,
        "metadata": properties.metadata,
        "messageCount": thread.message_count,
        "participantCount": thread.participant_count,
        "participants": participants(names, &thread.participants),
    })
}

/// As [`thread_document`], with messages, receipts and who types.
pub(super) fn whole_thread_document(names: &Names, thread: &ThreadOverview) -> Value {
    let mut document = thread_document(names, thread);
    let messages = thread.messages.iter();
    document["messages"] = messages
        .map(|message| message_document(names, message))
        .collect();
    let receipts = thread.receipts.iter().map(|receipt| {
        json!({
            "user": receipt.sender.as_str(),
            "messageId": receipt.message.to_string(),
            "readOn": receipt.read_on,
        })
    });
    document["receipts"] = receipts.collect();
    document["typing"] = thread.typing.iter().map(RawId::as_str).collect();
    document
}

fn message_document(names: &Names, message: &Message) -> Value {
    let mut document = json!({
        "id": message.id.to_string(),
        "sequenceId": message.sequence.to_string(),
        "createdOn": message.created_on(),
        "editedOn": message.edited_on,
        "deletedOn": message.deleted_on,
    });
    match &message.body {
        MessageBody::User(body) => {
            document["type"] = match body.content_type {
                ContentType::Text => "text".into(),
                ContentType::Html => "html".into(),
            };
            document["sender"] = user(names, &body.sender);
            document["senderDisplayName"] = body.sender_display_name.as_str().into();
            document["content"] = body.content.as_str().into();
            document["metadata"] = json!(body.metadata);
            let attachments = body.attachments.iter().map(|attachment| {
                json!({ "id": attachment.id, "type": attachment.kind, "name": attachment.name })
            });
            document["attachments"] = attachments.collect();
        }
        MessageBody::Foreign(body) => document["type"] = body.r#type.as_str().into(),
        MessageBody::TopicUpdated { topic, initiator } => {
            document["type"] = "topicUpdated".into();
            document["initiator"] = user(names, initiator);
            document["topic"] = topic.as_str().into();
        }
        MessageBody::ParticipantAdded {
            participants: added,
            initiator,
        } => {
            document["type"] = "participantAdded".into();
            document["initiator"] = user(names, initiator);
            document["participants"] = participants(names, added);
        }
        MessageBody::ParticipantRemoved {
            participants: removed,
            initiator,
        } => {
            document["type"] = "participantRemoved".into();
            document["initiator"] = user(names, initiator);
            document["participants"] = participants(names, removed);
        }
    }
    document
}

fn participants(names: &Names, participants: &[Participant]) -> Value {
    let documents = participants.iter().map(|participant| {
        let mut document = user(names, &participant.id);
        document["displayName"] = participant.display_name.as_deref().into();
        document
    });
    documents.collect()
}

fn user(names: &Names, id: &RawId) -> Value {
    json!({ "id": id.as_str(), "name": names.get(id) })
}
