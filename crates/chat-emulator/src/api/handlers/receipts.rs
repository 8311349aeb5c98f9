//! Handlers of read receipts and typing notifications.

use http::StatusCode;

use crate::api::paging::{self, DefaultSize, PageSize};
use crate::store::{Grant, MessageId};
use crate::wire::Collection;
use crate::wire::error::ApiError;
use crate::wire::receipt::{
    ChatMessageReadReceipt, SendReadReceiptRequest, SendTypingNotificationRequest,
};
use crate::wire::version::ChatVersion;

use super::participants::skipping_link;
use super::{Answer, Context};

const DEFAULT_SIZE: DefaultSize = DefaultSize {
    size: 200,
    in_link: false,
};

pub(super) fn typing(context: &Context<'_>, grant: &Grant) -> Result<Answer, ApiError> {
    let request = context.optional_json::<SendTypingNotificationRequest>();
    context.as_caller(grant, |store, caller| {
        let thread = context.thread_id()?;
        let name = request?.map(SendTypingNotificationRequest::sender_display_name);
        Ok(store.send_typing(caller, &thread, name.unwrap_or_default())?)
    })?;
    Answer::empty(StatusCode::OK)
}

pub(super) fn send(context: &Context<'_>, grant: &Grant) -> Result<Answer, ApiError> {
    let request = context.json::<SendReadReceiptRequest>();
    context.as_caller(grant, |store, caller| {
        let thread = context.thread_id()?;
        let text = request?.message_id()?;
        let message = MessageId::parse(&text);
        let message = message.ok_or_else(|| ApiError::malformed_message_id(&text))?;
        Ok(store.send_read_receipt(caller, &thread, message)?)
    })?;
    Answer::empty(StatusCode::OK)
}

pub(super) fn list(
    context: &Context<'_>,
    grant: &Grant,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let (thread, size, page) = context.as_caller(grant, |store, caller| {
        let thread = context.thread_id()?;
        let skip = paging::skip(context.query)?;
        let size = PageSize::read(context.query, DEFAULT_SIZE, store.limits().page_size)?;
        let page = store.list_read_receipts(caller, &thread, skip, size.size)?;
        Ok((thread, size, page))
    })?;

    let path = format!("/chat/threads/{}/readReceipts", thread.as_str());
    let next_link = skipping_link(context, &path, page.next, size, version)?;
    let value: Vec<_> = page
        .items
        .iter()
        .map(ChatMessageReadReceipt::from)
        .collect();
    Answer::json(StatusCode::OK, &Collection { value, next_link })
}
