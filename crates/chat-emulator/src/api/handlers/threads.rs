//! Handlers of threads.

use http::StatusCode;

use crate::api::paging::{self, DefaultSize, NextLink, PageSize, ThreadsState};
use crate::api::repeatability;
use crate::store::timestamp::Timestamp;
use crate::store::{Grant, ListThreads};
use crate::wire::Collection;
use crate::wire::error::ApiError;
use crate::wire::thread::{
    ChatThreadItem, ChatThreadProperties, CreateChatThreadRequest, CreateChatThreadResult,
    UpdateChatThreadRequest,
};
use crate::wire::version::ChatVersion;

use super::{Answer, Context};

const DEFAULT_SIZE: DefaultSize = DefaultSize {
    size: 100,
    in_link: false,
};

pub(super) fn create(
    context: &Context<'_>,
    grant: &Grant,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let repeatability = repeatability::request_id(&context.request.head.headers);
    let request = context.json::<CreateChatThreadRequest>();
    let created = context.as_caller(grant, |store, caller| {
        let repeatability = repeatability?;
        let new = request?.new_thread(repeatability, version)?;
        let created = store.create_thread(caller, new);
        created.map_err(|refusal| match ApiError::from(refusal) {
            // So it was seen.
            error if error.status == StatusCode::FORBIDDEN => error.without_message(),
            error => error,
        })
    })?;
    let location = context.location(&created.properties.id, &[]);
    let answer = Answer::json(
        StatusCode::CREATED,
        &CreateChatThreadResult::new(&created, version),
    )?;
    Ok(answer.with_location(location))
}

pub(super) fn list(
    context: &Context<'_>,
    grant: &Grant,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let query = context.query;
    let (size, start, exact_start, page) = context.as_caller(grant, |store, caller| {
        let size = PageSize::read(query, DEFAULT_SIZE, store.limits().page_size)?;
        let start = paging::start_time(query)?;
        let state = query
            .get("syncState")
            .map(ThreadsState::decode)
            .transpose()?;
        let exact_start = state.and_then(|state| state.start).or(start);
        let list = ListThreads {
            page_size: size.size,
            start: exact_start.unwrap_or(Timestamp::EPOCH),
            after: state.map(|state| state.listed),
        };
        let page = store.list_threads(caller, &list)?;
        Ok((size, start, exact_start, page))
    })?;

    let next_link = match page.next {
        None => None,
        Some(listed) => {
            let state = ThreadsState {
                listed,
                start: exact_start,
            };
            let mut link = NextLink::new(&context.base, "/chat/threads")
                .parameter("syncState", &state.encode());
            if let Some(start) = start {
                link = link.parameter("startTime", &start.in_link());
            }
            Some(link.page_size(size).api_version(version.as_str()))
        }
    };
    let value: Vec<_> = page.items.iter().map(ChatThreadItem::from).collect();
    Answer::json(StatusCode::OK, &Collection { value, next_link })
}

pub(super) fn properties(
    context: &Context<'_>,
    grant: &Grant,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let thread = context.as_caller(grant, |store, caller| {
        Ok(store.thread_properties(caller, &context.thread_id()?)?)
    })?;
    Answer::json(StatusCode::OK, &ChatThreadProperties::new(&thread, version))
}

pub(super) fn update(
    context: &Context<'_>,
    grant: &Grant,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let request = context.json::<UpdateChatThreadRequest>();
    context.as_caller(grant, |store, caller| {
        let id = context.thread_id()?;
        Ok(store.update_thread(caller, &id, request?.change(version)?)?)
    })?;
    Answer::empty(StatusCode::NO_CONTENT)
}

pub(super) fn delete(context: &Context<'_>, grant: &Grant) -> Result<Answer, ApiError> {
    context.as_caller(grant, |store, caller| {
        Ok(store.delete_thread(caller, &context.thread_id()?)?)
    })?;
    Answer::empty(StatusCode::NO_CONTENT)
}
