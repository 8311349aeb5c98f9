//! Handlers of messages.

use http::StatusCode;

use crate::api::paging::{self, DefaultSize, MessagesState, NextLink, PageSize};
use crate::store::timestamp::Timestamp;
use crate::store::{Grant, ListMessages};
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

pub(super) fn send(context: &Context<'_>, grant: &Grant) -> Result<Answer, ApiError> {
    let (thread, request) = (context.thread_id(), context.json());
    let (thread, id) = context.as_caller(grant, |store, caller| {
        let (thread, request): (_, SendChatMessageRequest) = (thread?, request?);
        let id = store.send_message(caller, &thread, request.message(&caller.user)?)?;
        Ok((thread, id.to_string()))
    })?;
    let location = format!("{}/messages/{id}", context.thread_location(&thread));
    let answer = Answer::json(StatusCode::CREATED, &SendChatMessageResult { id })?;
    Ok(answer.with_location(location))
}

pub(super) fn list(
    context: &Context<'_>,
    grant: &Grant,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let query = context.query;
    let (thread, state, size, page) = context.as_caller(grant, |store, caller| {
        let thread = context.thread_id()?;
        let start = paging::start_time(query)?.unwrap_or(Timestamp::EPOCH);
        let state = match query.get("syncState") {
            Some(text) => MessagesState::decode(text, &thread)?,
            None => MessagesState {
                before: u64::MAX,
                start,
            },
        };
        let size = PageSize::read(query, DEFAULT_SIZE, store.limits().page_size)?;
        let list = ListMessages {
            page_size: size.size,
            start: state.start,
            before: state.before,
        };
        let page = store.list_messages(caller, &thread, &list)?;
        Ok((thread, state, size, page))
    })?;

    let next_link = match page.next {
        None => None,
        Some(before) => {
            let state = MessagesState { before, ..state };
            let path = format!("/chat/threads/{}/messages", thread.as_str());
            let link = NextLink::new(&context.base, &path)
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
    grant: &Grant,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let message = context.as_caller(grant, |store, caller| {
        let (thread, id) = (context.thread_id()?, context.message_id()?);
        Ok(store.message(caller, &thread, id)?)
    })?;
    Answer::json(StatusCode::OK, &ChatMessage::new(&message, version))
}

pub(super) fn update(context: &Context<'_>, grant: &Grant) -> Result<Answer, ApiError> {
    let request = context.json::<UpdateChatMessageRequest>();
    context.as_caller(grant, |store, caller| {
        let (thread, id) = (context.thread_id()?, context.message_id()?);
        Ok(store.update_message(caller, &thread, id, request?.change()?)?)
    })?;
    Answer::empty(StatusCode::NO_CONTENT)
}

pub(super) fn delete(context: &Context<'_>, grant: &Grant) -> Result<Answer, ApiError> {
    context.as_caller(grant, |store, caller| {
        let (thread, id) = (context.thread_id()?, context.message_id()?);
        Ok(store.delete_message(caller, &thread, id)?)
    })?;
    Answer::empty(StatusCode::NO_CONTENT)
}
