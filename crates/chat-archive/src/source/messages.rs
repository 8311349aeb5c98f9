//! The messages of a thread, page by page.

use chat::models::ChatMessage;
use chat::paging::{Continuation, PageStream};
use chat::{ChatThreadClient, Error};

use super::record::ListedMessage;

/// The most that the service puts into a page.
const LARGEST_PAGE: u64 = 200;

/// A page of messages, newest change first.
#[derive(Clone, Debug)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<ListedMessage>,
    /// How many there were that have no id or no sequence id.
    pub unreadable: usize,
    /// Where the list goes on; nothing at its end.
    pub continuation: Option<Continuation>,
}

/// The messages of a thread, page by page, newest change first, each in its newest state.
#[derive(Debug)]
pub struct MessagePages {
    client: ChatThreadClient,
    since: Option<u64>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// With `since`, the newest message tells how much there is to read.
    Unasked,
    Listing(Box<PageStream<ChatMessage>>),
    Ended,
}

impl MessagePages {
    pub(super) fn new(
        client: &ChatThreadClient,
        since: Option<u64>,
        continuation: Option<Continuation>,
    ) -> Self {
        let state = match (&continuation, since) {
            (None, Some(_)) => State::Unasked,
            _ => {
                let list = client.list_messages().page_size(200).keep_raw();
                let list = match since {
                    Some(place) => list.changes_since(place),
                    None => list,
                };
                State::Listing(Box::new(match continuation {
                    Some(from) => list.continue_from(from).into_pages(),
                    None => list.into_pages(),
                }))
            }
        };
        Self {
            client: client.clone(),
            since,
            state,
        }
    }

    /// The next page; nothing at the end, and after an error.
    ///
    /// # Errors
    /// Those of [`ChatThreadClient::list_messages`].
    pub async fn try_next(&mut self) -> Result<Option<MessagePage>, Error> {
        let result = self.next_page().await;
        if !matches!(result, Ok(Some(_))) {
            self.state = State::Ended;
        }
        result
    }

    async fn next_page(&mut self) -> Result<Option<MessagePage>, Error> {
        if let (State::Unasked, Some(since)) = (&self.state, self.since) {
            let Some(list) = self.changes(since).await? else {
                return Ok(None);
            };
            self.state = State::Listing(Box::new(list));
        }
        let State::Listing(pages) = &mut self.state else {
            return Ok(None);
        };
        let Some(page) = pages.try_next().await? else {
            return Ok(None);
        };
        let raw = page.raw_items();
        let messages: Vec<_> = raw
            .iter()
            .filter_map(|json| ListedMessage::new(json))
            .collect();
        let unreadable = raw.len() - messages.len();
        let since = self.since.unwrap_or_default();
        let is_new = |message: &ListedMessage| message.sequence_id > since;
        // Below what follows the place at once, there is nothing more.
        let reached = |message: &ListedMessage| message.sequence_id <= since + 1;
        let is_last = self.since.is_some() && messages.iter().any(reached);
        let continuation = page.continuation().filter(|_| !is_last).cloned();
        if is_last {
            self.state = State::Ended;
        }
        Ok(Some(MessagePage {
            messages: messages.into_iter().filter(is_new).collect(),
            unreadable,
            continuation,
        }))
    }

    /// What has changed since a place: as few messages are asked for as there can be.
    async fn changes(&self, since: u64) -> Result<Option<PageStream<ChatMessage>>, Error> {
        let mut newest = self.client.list_messages().latest(1).into_stream();
        let newest = newest.try_next().await?;
        let newest = newest.and_then(|message| message.sequence_id().as_u64());
        let changes = newest.unwrap_or_default().saturating_sub(since);
        if changes == 0 {
            return Ok(None);
        }
        let size = u32::try_from(changes.min(LARGEST_PAGE)).unwrap_or(1);
        let list = self.client.list_messages().page_size(size).keep_raw();
        Ok(Some(list.changes_since(since).into_pages()))
    }
}
