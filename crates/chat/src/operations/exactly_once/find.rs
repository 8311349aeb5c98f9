//! Looking for messages with a key.

use chat_rest::chat::operations::LIST_CHAT_MESSAGES;
use time::{Duration, OffsetDateTime};

use super::super::{ListMessages, operation_builder};
use super::copies::{Copies, Copy};
use super::deliver::Found;
use crate::error::{Error, ErrorKind};
use crate::models::{ChatMessage, ChatMessageId, ChatThreadId, RetryInfo, SendKey};
use crate::response::{Response, ResponseInfo};
use crate::transport::Call;

/// How much earlier than the key's bound a message may seem to have been stored: twice what dates
/// of the service's machines may differ by and still be believed.
const MARGIN: Duration = Duration::minutes(10);

/// The largest page the service gives.
const PAGE_SIZE: u32 = 200;

operation_builder! {
    /// Finds the messages with a key; see
    /// [`ChatThreadClient::find_messages`](crate::ChatThreadClient::find_messages).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// let key = thread.new_send_key().await?;
    /// let sent = thread.send_message("Hello").exactly_once_with(&key).await?;
    ///
    /// let found = thread.find_messages(&key).await?;
    /// assert_eq!(found, [sent.id().clone()]);
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct FindMessages by carry_out -> Vec<ChatMessageId> {
        thread: ChatThreadId,
        key: SendKey,
    }
}

impl FindMessages {
    async fn carry_out(self) -> Result<Response<Vec<ChatMessageId>>, Error> {
        let bound = self.key.not_before();
        let (found, retry_info) = find(&self.call, &self.thread, &self.key, || bound).await?;
        let all = Copies::of(found).into_iter();
        let all = all.flat_map(|copies| [copies.oldest].into_iter().chain(copies.others));
        let info = ResponseInfo {
            retry_info,
            ..ResponseInfo::default()
        };
        Ok(Response::new(all.map(|copy| copy.id).collect(), info))
    }
}

/// The messages with this key, in no order: reads the newest messages back to the bound, which the
/// first response may be the first to tell.
pub(super) async fn find(
    call: &Call,
    thread: &ChatThreadId,
    key: &SendKey,
    bound: impl Fn() -> OffsetDateTime,
) -> Found {
    let list = ListMessages::new(call.clone(), thread.clone());
    let mut pages = list.page_size(PAGE_SIZE).into_pages();
    let id = key.id().to_string();
    let mut found = Vec::new();
    let mut info = RetryInfo::default();
    loop {
        let page = match pages.try_next().await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok((found, info)),
            Err(error) => {
                info.add(error.retry_info());
                return Err(error.with_retry_info(info));
            }
        };
        info.add(page.info().retry_info());
        // An unreadable item may be the message that is looked for.
        if let Some(item) = page.unreadable().first() {
            return Err(Error::new(ErrorKind::InvalidResponse)
                .with_context(item.to_string())
                .with_operation(LIST_CHAT_MESSAGES.id)
                .with_retry_info(info));
        }
        let bound = bound();
        for message in page.items() {
            if message.metadata().get(SendKey::METADATA) == Some(&id) {
                found.push(Copy::from(message));
            } else if ends(message, bound) {
                return Ok((found, info));
            }
        }
    }
}

/// Whether no message behind this one can have the key: it is older than the key's bound and lies
/// at its original place. (Edited and deleted messages lie at the top, however old they are.)
fn ends(message: &ChatMessage, bound: OffsetDateTime) -> bool {
    let untouched = message.edited_on().is_none() && message.deleted_on().is_none();
    untouched && message.created_on() < bound.saturating_sub(MARGIN)
}
