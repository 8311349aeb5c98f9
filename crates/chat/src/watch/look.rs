//! Looks at a thread: reads its lists as far as what is new reaches.

use std::time::Duration;

use futures_util::TryStreamExt;

use super::position::Position;
use super::reader::Reader;
use super::receipts::Receipts;
use super::source::Source;
use crate::error::{Error, ErrorKind};
use crate::models::chat_event::ChatEvent;
use crate::models::{ChatThreadId, Place};
use crate::paging::Continuation;

/// The largest page the service gives.
const LARGEST_PAGE: u32 = 200;

/// The page of a look that mostly finds little.
const SMALL_PAGE: u32 = 20;

/// How many pages of receipts are read at most: a thread with receipts has few participants.
const RECEIPT_PAGES: usize = 5;

/// What a watch is to tell, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interests {
    /// How long after a change those before it may still turn up.
    pub(super) lateness: Duration,
    pub(super) receipts: bool,
}

/// What is known of a thread, and how it is read.
#[derive(Debug)]
pub(super) struct Look {
    thread: ChatThreadId,
    reader: Reader,
    receipts: Option<Receipts>,
}

impl Look {
    /// Nothing for a place begins with what comes after the first look.
    pub(super) fn new(thread: ChatThreadId, place: Option<&Place>, interests: Interests) -> Self {
        let receipts = place.and_then(|place| place.receipts.as_deref());
        Self {
            thread,
            reader: Reader::new(place.map(Position::from), interests.lateness),
            receipts: interests.receipts.then(|| Receipts::new(receipts)),
        }
    }

    pub(super) fn thread(&self) -> &ChatThreadId {
        &self.thread
    }

    /// Whether receipts are read from their list.
    pub(super) fn lists_receipts(&self) -> bool {
        self.receipts.is_some()
    }

    pub(super) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// How far the thread was followed; nothing before the first look of a watch from now on.
    pub(super) fn place(&self) -> Option<Place> {
        let receipts = self.receipts.as_ref().and_then(Receipts::known);
        let place = self.reader.position()?.place();
        Some(Place { receipts, ..place })
    }

    /// Whether a look found something that is not given yet.
    pub(super) fn has_events(&self) -> bool {
        let receipts = self.receipts.as_ref();
        self.reader.has_events() || receipts.is_some_and(Receipts::has_events)
    }

    /// The next event.
    pub(super) fn next_event(&mut self) -> Option<ChatEvent> {
        let message = self.reader.next_event();
        message.or_else(|| self.receipts.as_mut()?.next().map(ChatEvent::ReadReceipt))
    }

    /// Reads one small page. Gives whether that was enough.
    pub(super) async fn glance(&mut self, source: &dyn Source) -> Result<bool, Error> {
        let is_enough = match self.reader.begin(source.clock().instant()) {
            // A backlog goes on where it is.
            Some(start) => self.read_from_link(source, start).await?,
            None => self.read_pages(source, SMALL_PAGE, None, 1).await?,
        };
        if is_enough {
            self.read_receipts(source).await?;
        }
        Ok(is_enough)
    }

    /// Reads from the top, or from a page of the backlog, down to what was given.
    pub(super) async fn read(&mut self, source: &dyn Source) -> Result<(), Error> {
        let is_enough = match self.reader.begin(source.clock().instant()) {
            Some(start) => self.read_from_link(source, start).await?,
            None => false,
        };
        if !is_enough {
            self.reader.begin(source.clock().instant());
            self.read_pages(source, LARGEST_PAGE, None, usize::MAX)
                .await?;
        }
        self.read_receipts(source).await
    }

    /// Reads the backlog from a page that an earlier reading came by. Gives whether that went well:
    /// the link may be too old.
    async fn read_from_link(
        &mut self,
        source: &dyn Source,
        start: Continuation,
    ) -> Result<bool, Error> {
        let outcome = self
            .read_pages(source, LARGEST_PAGE, Some(start), usize::MAX)
            .await;
        if outcome.as_ref().is_err_and(|error| !may_pass(error)) {
            self.reader.forget_links();
            return Ok(false);
        }
        outcome
    }

    /// Reads so many pages at most. Gives whether what was given before was met, or the end.
    async fn read_pages(
        &mut self,
        source: &dyn Source,
        page_size: u32,
        start: Option<Continuation>,
        limit: usize,
    ) -> Result<bool, Error> {
        let mut pages = source.messages(&self.thread, page_size, start.clone());
        let mut link = start;
        for read in 1.. {
            let Some(page) = pages.try_next().await? else {
                break;
            };
            let next = page.continuation().cloned();
            if !self.reader.take_page(page.into_items(), link.as_ref()) {
                break;
            }
            if read >= limit && next.is_some() {
                return Ok(false);
            }
            link = next;
        }
        self.reader.end(source.clock().instant());
        Ok(true)
    }

    /// Lists the receipts, where they are asked for and it is time.
    async fn read_receipts(&mut self, source: &dyn Source) -> Result<(), Error> {
        let now = source.clock().instant();
        let receipts = self
            .receipts
            .as_mut()
            .filter(|receipts| receipts.are_due(now));
        let Some(receipts) = receipts else {
            return Ok(());
        };
        receipts.begin(now);
        let (mut pages, mut list) = (source.receipts(&self.thread), Vec::new());
        for _ in 0..RECEIPT_PAGES {
            match pages.try_next().await {
                Ok(Some(page)) => list.extend(page.into_items()),
                Ok(None) => break,
                // Threads with many participants have no receipts.
                Err(error) if !may_pass(&error) => break,
                Err(error) => return Err(error),
            }
        }
        receipts.take(list);
        Ok(())
    }
}

/// Whether the same reading may go well later.
pub(super) fn may_pass(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::InvalidArgument
            | ErrorKind::BadRequest
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
    )
}
