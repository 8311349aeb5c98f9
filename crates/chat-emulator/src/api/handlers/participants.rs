//! Handlers of participants.

use http::StatusCode;

use crate::api::paging::{self, DefaultSize, NextLink, PageSize};
use crate::store::Grant;
use crate::wire::Collection;
use crate::wire::error::ApiError;
use crate::wire::identifier::IdentifierRequest;
use crate::wire::participant::{
    AddChatParticipantsRequest, AddChatParticipantsResult, ChatError, ChatParticipant,
};
use crate::wire::version::ChatVersion;

use super::{Answer, Context, JSON, MERGE_PATCH};

const DEFAULT_SIZE: DefaultSize = DefaultSize {
    size: 200,
    in_link: false,
};

pub(super) fn list(
    context: &Context<'_>,
    grant: &Grant,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let (thread, size, page) = context.as_caller(grant, |store, caller| {
        let thread = context.thread_id()?;
        let skip = paging::skip(context.query)?;
        let size = PageSize::read(context.query, DEFAULT_SIZE, store.limits().page_size)?;
        let page = store.list_participants(caller, &thread, skip, size.size)?;
        Ok((thread, size, page))
    })?;

    let path = format!("/chat/threads/{}/participants", thread.as_str());
    let next_link = skipping_link(context, &path, page.next, size, version)?;
    let value: Vec<_> = page
        .items
        .iter()
        .map(|participant| ChatParticipant::new(participant, version))
        .collect();
    Answer::json(StatusCode::OK, &Collection { value, next_link })
}

pub(super) fn add(
    context: &Context<'_>,
    grant: &Grant,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let request = context.json::<AddChatParticipantsRequest>();
    let failures = context.as_caller(grant, |store, caller| {
        let thread = context.thread_id()?;
        let participants = request?.participants(version)?;
        Ok(store.add_participants(caller, &thread, participants)?)
    })?;
    let invalid_participants = ChatError::list(&failures);
    Answer::json(
        StatusCode::CREATED,
        &AddChatParticipantsResult {
            invalid_participants,
        },
    )
}

pub(super) fn remove(context: &Context<'_>, grant: &Grant) -> Result<Answer, ApiError> {
    let request = context.json_of::<IdentifierRequest>(&[JSON, MERGE_PATCH]);
    context.as_caller(grant, |store, caller| {
        let thread = context.thread_id()?;
        Ok(store.remove_participant(caller, &thread, &request?.raw_id()?)?)
    })?;
    Answer::empty(StatusCode::NO_CONTENT)
}

/// The link to the next page of a list that is paged by how many items to skip.
pub(super) fn skipping_link(
    context: &Context<'_>,
    path: &str,
    next: Option<usize>,
    size: PageSize,
    version: ChatVersion,
) -> Result<Option<String>, ApiError> {
    let Some(skip) = next else { return Ok(None) };
    let link = NextLink::new(&context.base, path)
        .parameter("skip", &skip.to_string())
        .page_size(size)
        .api_version(version.as_str());
    Ok(Some(link))
}
