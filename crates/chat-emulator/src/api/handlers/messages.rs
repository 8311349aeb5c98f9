//! Handlers of messages.

use http::StatusCode;

use crate::api::paging::{self, DefaultSize, MessagesState, NextLink, PageSize};
use crate::store::timestamp::Timestamp;
use crate::store::{Caller, ListMessages};
use crate::wire::Collection;
use crate::wire::error::ApiError;
use crate::wire::message::{
    ChatMessage, SendChatMessageRequest, SendChatMessageResult, UpdateChatMessageRequest,
};
use crate::wire::version::ChatVersion;

use super::{Answer, Context};

const DEFAULT_SIZE: DefaultSize = DefaultSize {
    size: 10,
    in_link: true,
};

pub(super) fn send(context: &Context<'_>, caller: &Caller) -> Result<Answer, ApiError> {
    let thread = context.thread_id()?;
    let message = context
        .json::<SendChatMessageRequest>()?
        .message(&caller.user)?;
    let id = context
        .service
        .store()
        .send_message(caller, &thread, message)?
        .to_string();
    let location = format!("{}/messages/{id}", context.thread_location(&thread));
    let answer = Answer::json(StatusCode::CREATED, &SendChatMessageResult { id })?;
    Ok(answer.with_location(location))
}

pub(super) fn list(
    context: &Context<'_>,
    caller: &Caller,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let query = &context.query;
    let thread = context.thread_id()?;
    let start = paging::start_time(query)?.unwrap_or(Timestamp::EPOCH);
    let state = match query.get("syncState") {
        Some(text) => MessagesState::decode(text, &thread)?,
        None => MessagesState {
            before: u64::MAX,
            start,
        },
    };
    let store = context.service.store();
    let size = PageSize::read(query, DEFAULT_SIZE, store.limits().page_size)?;
    let list = ListMessages {
        page_size: size.size,
        start: state.start,
        before: state.before,
    };
    let page = store.list_messages(caller, &thread, &list)?;
    drop(store);

    let next_link = match page.next {
        None => None,
        Some(before) => {
            let state = MessagesState { before, ..state };
            let path = format!("/chat/threads/{}/messages", thread.as_str());
            let link = NextLink::new(&context.origin, &path)
                .parameter("syncState", &state.encode(&thread))
                .parameter("startTime", &state.start.in_link())
                .page_size(size)
                .api_version(version.as_str());
            Some(link)
        }
    };
    let value: Vec<_> = page
        .items
        .iter()
        .map(|message| ChatMessage::new(message, version))
        .collect();
    Answer::json(StatusCode::OK, &Collection { value, next_link })
}

pub(super) fn get(
    context: &Context<'_>,
    caller: &Caller,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let (thread, id) = (context.thread_id()?, context.message_id()?);
    let message = context.service.store().message(caller, &thread, id)?;
    Answer::json(StatusCode::OK, &ChatMessage::new(&message, version))
}

pub(super) fn update(context: &Context<'_>, caller: &Caller) -> Result<Answer, ApiError> {
    let (thread, id) = (context.thread_id()?, context.message_id()?);
    let change = context.json::<UpdateChatMessageRequest>()?.change()?;
    context
        .service
        .store()
        .update_message(caller, &thread, id, change)?;
    Answer::empty(StatusCode::NO_CONTENT)
}

pub(super) fn delete(context: &Context<'_>, caller: &Caller) -> Result<Answer, ApiError> {
    let (thread, id) = (context.thread_id()?, context.message_id()?);
    context
        .service
        .store()
        .delete_message(caller, &thread, id)?;
    Answer::empty(StatusCode::NO_CONTENT)
}
