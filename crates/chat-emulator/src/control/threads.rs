//! `/threads`: all threads with all their messages, whoever takes part in them, for the page.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::state::AppState;
use crate::store::identifier::RawId;
use crate::store::{
    ContentType, Message, MessageBody, Participant, Store, ThreadId, ThreadOverview,
};
use crate::wire::error::ApiError;

use super::answer::{Answer, Document, Id, Refusal};

/// As many as people look at.
const MOST_THREADS: usize = 200;
const MOST_MESSAGES: usize = 200;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewMessage {
    from: String,
    content: String,
}

pub(super) async fn list(State(state): State<Arc<AppState>>) -> Answer {
    let store = state.service.store();
    let (threads, count) = store.overview(MOST_THREADS);
    let threads: Vec<Value> = threads
        .iter()
        .map(|thread| thread_document(&store, thread))
        .collect();
    Answer::ok(json!({ "threads": threads, "count": count }))
}

pub(super) async fn show(
    State(state): State<Arc<AppState>>,
    Id(id): Id,
) -> Result<Answer, Refusal> {
    let id = thread_id(&id)?;
    let store = state.service.store();
    let thread = store
        .thread_overview(&id, MOST_MESSAGES)
        .map_err(ApiError::from)?;
    let mut document = thread_document(&store, &thread);
    document["messages"] = thread
        .messages
        .iter()
        .map(|message| message_document(&store, message))
        .collect();
    Ok(Answer::ok(document))
}

pub(super) async fn send(
    State(state): State<Arc<AppState>>,
    Id(id): Id,
    Document(NewMessage { from, content }): Document<NewMessage>,
) -> Result<Answer, Refusal> {
    let id = thread_id(&id)?;
    let user = RawId::parse(&from)
        .map_err(|_| Refusal::bad_request(format!("{from:?} is no id of a user")))?;
    let sent = state.service.store().send_as(&user, &id, content);
    let message = sent.map_err(ApiError::from)?;
    Ok(Answer::created(json!({ "id": message.to_string() })))
}

fn thread_id(text: &str) -> Result<ThreadId, Refusal> {
    ThreadId::parse(text)
        .ok_or_else(|| Refusal::not_found(format!("{text:?} is no id of a thread")))
}

fn thread_document(store: &Store, thread: &ThreadOverview) -> Value {
    let properties = &thread.properties;
    json!({
        "id": properties.id.as_str(),
        "topic": properties.topic,
        "createdOn": properties.created_on,
        "deletedOn": properties.deleted_on,
        "lastMessageReceivedOn": thread.last_message_received_on,
        "messageCount": thread.message_count,
        "participants": participants(store, &thread.participants),
    })
}

fn message_document(store: &Store, message: &Message) -> Value {
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
            document["sender"] = user(store, &body.sender);
            document["senderDisplayName"] = body.sender_display_name.as_str().into();
            document["content"] = body.content.as_str().into();
        }
        MessageBody::TopicUpdated { topic, initiator } => {
            document["type"] = "topicUpdated".into();
            document["initiator"] = user(store, initiator);
            document["topic"] = topic.as_str().into();
        }
        MessageBody::ParticipantAdded {
            participants: added,
            initiator,
        } => {
            document["type"] = "participantAdded".into();
            document["initiator"] = user(store, initiator);
            document["participants"] = participants(store, added);
        }
        MessageBody::ParticipantRemoved {
            participants: removed,
            initiator,
        } => {
            document["type"] = "participantRemoved".into();
            document["initiator"] = user(store, initiator);
            document["participants"] = participants(store, removed);
        }
    }
    document
}

fn participants(store: &Store, participants: &[Participant]) -> Value {
    let documents = participants.iter().map(|participant| {
        let mut document = user(store, &participant.id);
        document["displayName"] = participant.display_name.as_deref().into();
        document
    });
    documents.collect()
}

fn user(store: &Store, id: &RawId) -> Value {
    json!({ "id": id.as_str(), "name": store.user_name(id) })
}
