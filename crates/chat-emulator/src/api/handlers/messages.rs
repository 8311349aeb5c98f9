//! Handlers of messages.

use http::StatusCode;

use crate::api::paging::{self, DefaultSize, MessagesState, NextLink, PageSize};
use crate::store::timestamp::Timestamp;
use crate::store::{Grant, ListMessages, PictureSize};
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
    let location = context.location(&thread, &["/messages/", &id]);
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
    let links = context.links(&thread);
    let value: Vec<_> = page
        .items
        .iter()
        .map(|message| ChatMessage::new(message, version, links))
        .collect();
    Answer::json(StatusCode::OK, &Collection { value, next_link })
}

pub(super) fn get(
    context: &Context<'_>,
    grant: &Grant,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let (thread, message) = context.as_caller(grant, |store, caller| {
        let (thread, id) = (context.thread_id()?, context.message_id()?);
        let message = store.message(caller, &thread, id)?;
        Ok((thread, message))
    })?;
    let message = ChatMessage::new(&message, version, context.links(&thread));
    Answer::json(StatusCode::OK, &message)
}

/// A picture that is attached to a message: `…/images/ID/views/VIEW` below a thread, or a message of it.
pub(super) fn image(context: &Context<'_>, grant: &Grant) -> Result<Answer, ApiError> {
    let content = context.as_caller(grant, |store, caller| {
        let thread = context.thread_id()?;
        let (message, id, view) = match context.route.parameters.as_slice() {
            [_, _, id, view] => (Some(context.message_id()?), id, view),
            [_, id, view] => (None, id, view),
            _ => return Err(ApiError::no_operation()),
        };
        let size = match view.as_str() {
            "original" => PictureSize::Original,
            "small" => PictureSize::Small,
            _ => return Err(ApiError::no_operation()),
        };
        Ok(store.attachment(caller, &thread, message, id, size)?)
    })?;
    Ok(Answer::content(content))
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
