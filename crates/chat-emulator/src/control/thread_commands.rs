//! What the page does in a thread as one of its participants. The service decides as if that user had asked
//! with a token of the scope `chat`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use crate::api::service::StoreGuard;
use crate::http::state::AppState;
use crate::store::{
    Caller, ContentType, MessageChange, MessageId, Metadata, ThreadId, UserMessage,
};
use crate::wire::error::ApiError;

use super::answer::{Answer, Document, Id, MessageIds, Refusal};
use super::threads::thread_id;
use super::users::user_id;

type Shared = State<Arc<AppState>>;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewMessage {
    from: String,
    content: String,
    #[serde(default)]
    r#type: NewType,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum NewType {
    #[default]
    Text,
    Html,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    from: String,
    content: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct By {
    from: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewReceipt {
    from: String,
    message_id: String,
}

pub(super) async fn send(
    State(state): Shared,
    Id(id): Id,
    Document(new): Document<NewMessage>,
) -> Result<Answer, Refusal> {
    let (mut store, caller, thread) = act(&state, &new.from, &id)?;
    let message = UserMessage {
        sender: caller.user.clone(),
        sender_display_name: store
            .display_name(&thread, &caller.user)
            .unwrap_or_default(),
        content_type: match new.r#type {
            NewType::Text => ContentType::Text,
            NewType::Html => ContentType::Html,
        },
        content: new.content,
        metadata: new.metadata,
        attachments: Vec::new(),
    };
    let sent = store.send_message(&caller, &thread, message);
    let message = sent.map_err(ApiError::from)?;
    Ok(Answer::created(json!({ "id": message.to_string() })))
}

pub(super) async fn edit(
    State(state): Shared,
    MessageIds(id, message): MessageIds,
    Document(Edit { from, content }): Document<Edit>,
) -> Result<Answer, Refusal> {
    let message = message_id(&message)?;
    let (mut store, caller, thread) = act(&state, &from, &id)?;
    let change = MessageChange {
        content: Some(content),
        metadata: None,
    };
    let edited = store.update_message(&caller, &thread, message, change);
    edited.map_err(ApiError::from)?;
    Ok(Answer::empty())
}

pub(super) async fn delete(
    State(state): Shared,
    MessageIds(id, message): MessageIds,
    Document(By { from }): Document<By>,
) -> Result<Answer, Refusal> {
    let message = message_id(&message)?;
    let (mut store, caller, thread) = act(&state, &from, &id)?;
    let deleted = store.delete_message(&caller, &thread, message);
    deleted.map_err(ApiError::from)?;
    Ok(Answer::empty())
}

pub(super) async fn notify_typing(
    State(state): Shared,
    Id(id): Id,
    Document(By { from }): Document<By>,
) -> Result<Answer, Refusal> {
    let (mut store, caller, thread) = act(&state, &from, &id)?;
    let name = store.display_name(&thread, &caller.user);
    let noted = store.send_typing(&caller, &thread, name.unwrap_or_default());
    noted.map_err(ApiError::from)?;
    Ok(Answer::empty())
}

pub(super) async fn read(
    State(state): Shared,
    Id(id): Id,
    Document(NewReceipt {
        from,
        message_id: text,
    }): Document<NewReceipt>,
) -> Result<Answer, Refusal> {
    let message = message_id(&text)?;
    let (mut store, caller, thread) = act(&state, &from, &id)?;
    let noted = store.send_read_receipt(&caller, &thread, message);
    noted.map_err(ApiError::from)?;
    Ok(Answer::empty())
}

/// The store, for a command of the user `from` in a thread.
fn act<'a>(
    state: &'a AppState,
    from: &str,
    thread: &str,
) -> Result<(StoreGuard<'a>, Caller, ThreadId), Refusal> {
    let thread = thread_id(thread)?;
    let user = user_id(from)?;
    let store = state.service.store();
    let caller = store.caller_as(&user).map_err(ApiError::from)?;
    Ok((store, caller, thread))
}

fn message_id(text: &str) -> Result<MessageId, Refusal> {
    MessageId::parse(text)
        .ok_or_else(|| Refusal::not_found(format!("{text:?} is no id of a message")))
}
