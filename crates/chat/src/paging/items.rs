//! Lists as streams of items.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use futures_core::stream::FusedStream;

use super::continuation::Continuation;
use super::page::{Page, UnreadableItem};
use super::stream::PageStream;
use crate::error::{Error, ErrorKind};
use crate::response::ResponseInfo;

/// A list as a stream of items. Nothing is sent before it is polled; the next page is fetched when
/// the items of the one before are used up, so no more than one page is held (two if the list is to
/// fetch [ahead](crate::operations::ListMessages::prefetch)).
///
/// An item that can't be read comes as an error of kind
/// [`InvalidResponse`](ErrorKind::InvalidResponse), which says which item of the page it is
/// and which field, and has the status and the request ids of the page; the items after it follow.
/// Pages are skipped, and errors of pages end the list or keep its place, as for [`PageStream`],
/// which also says [how to go on after an error](PageStream#after-an-error).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let mut messages = thread.list_messages().into_stream();
/// let mut newest = Vec::new();
/// messages.read_into(&mut newest, 1).await?; // Up to one.
/// while let Some(message) = messages.try_next().await? {
///     assert!(message.sequence_id() < newest[0].sequence_id());
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct ItemStream<T> {
    pages: PageStream<T>,
    /// Where the page came from whose items are being given.
    start: Option<Continuation>,
    items: vec::IntoIter<T>,
    /// The items that can't be read, each with how many items come before it.
    unreadable: vec::IntoIter<(usize, UnreadableItem)>,
    /// What came with that page.
    info: ResponseInfo,
    /// How many items of the page were given.
    given: usize,
}

impl<T: Send + 'static> ItemStream<T> {
    pub(crate) fn new(pages: PageStream<T>) -> Self {
        Self {
            pages,
            start: None,
            items: Vec::new().into_iter(),
            unreadable: Vec::new().into_iter(),
            info: ResponseInfo::default(),
            given: 0,
        }
    }

    /// The next item, an error, or nothing when the list has ended.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The next item, or nothing when the list has ended.
    ///
    /// # Errors
    /// Those of the list's operation, and
    /// [`ErrorKind::InvalidNextLink`](crate::ErrorKind::InvalidNextLink).
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        self.next().await.transpose()
    }

    /// Reads the whole list into memory; [`read_into`](Self::read_into) has a limit.
    ///
    /// # Errors
    /// The first error of [`try_next`](Self::try_next); the items before it are dropped.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        self.read_into(&mut items, usize::MAX).await?;
        Ok(items)
    }

    /// Reads up to `limit` items and appends them to `items`. Gives their number; it is less than
    /// `limit` only at the end of the list.
    ///
    /// # Errors
    /// The first error of [`try_next`](Self::try_next). The items before it are in `items`, and
    /// the stream can be read on.
    pub async fn read_into(&mut self, items: &mut Vec<T>, limit: usize) -> Result<usize, Error> {
        for read in 0..limit {
            match self.try_next().await? {
                Some(item) => items.push(item),
                None => return Ok(read),
            }
        }
        Ok(limit)
    }

    /// The page of the item that comes next: a list that is continued from here gives no item
    /// twice if all items of a page were read, and repeats those of the page that was begun
    /// otherwise. Nothing within the first page, and at the end of the list. After an error: the
    /// page that failed, or whose link did.
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        match self.is_in_page() {
            true => self.start.as_ref(),
            false => self.pages.continuation(),
        }
    }

    fn is_in_page(&self) -> bool {
        self.items.len() + self.unreadable.len() > 0
    }

    fn begin(&mut self, page: Page<T>) {
        self.start = page.start;
        self.items = page.items.into_iter();
        let unreadable = page.items_before.into_iter().zip(page.unreadable);
        self.unreadable = unreadable.collect::<Vec<_>>().into_iter();
        self.info = ResponseInfo {
            body: None,
            ..page.info
        };
        self.given = 0;
    }

    /// What comes next in the page at hand.
    fn next_in_page(&mut self) -> Option<Result<T, Error>> {
        let unreadable = self.unreadable.as_slice().first();
        if unreadable.is_some_and(|(before, _)| *before <= self.given) {
            let (_, item) = self.unreadable.next()?;
            return Some(Err(self.error(&item)));
        }
        self.given += 1;
        self.items.next().map(Ok)
    }

    fn error(&self, item: &UnreadableItem) -> Error {
        Error::new(ErrorKind::InvalidResponse)
            .with_context(item.to_string())
            .with_operation(self.pages.operation())
            .with_head(self.info.head.as_deref().cloned())
            .with_client_request_id(self.info.client_request_id)
            .with_retry_info(self.info.retry_info)
            .with_continuation(self.start.clone())
    }
}

impl<T: Send + 'static> Stream for ItemStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.next_in_page() {
                return Poll::Ready(Some(item));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(cx)) {
                Some(Ok(page)) => self.begin(page),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items.len() + self.unreadable.len(), None)
    }
}

impl<T: Send + 'static> FusedStream for ItemStream<T> {
    fn is_terminated(&self) -> bool {
        !self.is_in_page() && self.pages.is_terminated()
    }
}

/// Items are given by value and never pinned.
impl<T> Unpin for ItemStream<T> {}

impl<T> fmt::Debug for ItemStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream")
            .field("pages", &self.pages)
            .field("held", &self.items.len())
            .finish_non_exhaustive()
    }
}
