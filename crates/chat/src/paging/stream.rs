//! Streams of pages and of items.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use sync_wrapper::SyncWrapper;
use url::Origin;

use super::continuation::{Continuation, Scope};
use super::link::{Link, SeenLinks};
use crate::error::Error;
use crate::models::RetryInfo;

/// A page as it was fetched: its items, and the service's link to the next one.
#[derive(Debug)]
pub(crate) struct RawPage<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_link: Option<String>,
}

/// A page, and what it took to fetch it.
type Fetched<T> = Result<(RawPage<T>, RetryInfo), Error>;

/// Fetches the first page (no link) or the page behind a link.
pub(crate) type Fetch<T> =
    Arc<dyn Fn(Option<Link>) -> BoxFuture<'static, Fetched<T>> + Send + Sync>;

/// Part of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    items: Vec<T>,
    continuation: Option<Continuation>,
    retry_info: RetryInfo,
}

impl<T> Page<T> {
    /// The items, in the service's order.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The items, in the service's order.
    #[must_use]
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Where the list goes on; nothing on the last page.
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.continuation.as_ref()
    }

    /// What it took to fetch the page.
    #[must_use]
    pub fn retry_info(&self) -> RetryInfo {
        self.retry_info
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

enum State<T> {
    /// The next request has not been made.
    Ready(Option<Link>),
    /// Where to go on could not be made out; said at the first poll, since nothing else can fail.
    Refused(Error),
    Fetching(SyncWrapper<BoxFuture<'static, Fetched<T>>>),
    Done,
}

/// A list as a stream of pages. Nothing is sent before it is polled; one page is fetched at a time.
///
/// Pages without items are skipped. After an error the stream ends.
#[must_use = "streams do nothing unless polled"]
pub struct PageStream<T> {
    fetch: Fetch<T>,
    scope: Scope,
    origin: Origin,
    seen: SeenLinks,
    state: State<T>,
}

impl<T: Send + 'static> PageStream<T> {
    pub(crate) fn new(
        fetch: Fetch<T>,
        scope: Scope,
        origin: Origin,
        from: Option<&Continuation>,
    ) -> Self {
        let mut seen = SeenLinks::default();
        let state = match from.map(|from| from.link(&scope, &origin)).transpose() {
            Ok(link) => {
                // The first link can't have come before.
                let _ = link.as_ref().map(|link| seen.note(link));
                State::Ready(link)
            }
            Err(error) => State::Refused(error),
        };
        Self {
            fetch,
            scope,
            origin,
            seen,
            state,
        }
    }

    /// A list that can't be begun: the error comes with the first poll.
    pub(crate) fn refused(error: Error, scope: Scope, origin: Origin) -> Self {
        let error = error.with_operation(scope.operation.clone());
        let never: Fetch<T> = Arc::new(|_| Box::pin(std::future::pending()));
        let seen = SeenLinks::default();
        Self {
            fetch: never,
            scope,
            origin,
            seen,
            state: State::Refused(error),
        }
    }

    /// The next page, or nothing when the list has ended.
    ///
    /// # Errors
    /// Those of the list's operation, and
    /// [`ErrorKind::InvalidNextLink`](crate::ErrorKind::InvalidNextLink).
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>, Error> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx))
            .await
            .transpose()
    }

    fn follow(&mut self, next_link: Option<String>) -> Result<Option<Link>, Error> {
        let Some(text) = next_link.filter(|link| !link.is_empty()) else {
            return Ok(None);
        };
        let link = Link::parse(&text, &self.origin).and_then(|link| {
            self.seen.note(&link)?;
            Ok(link)
        });
        link.map(Some)
            .map_err(|error| error.with_operation(self.scope.operation.clone()))
    }
}

impl<T: Send + 'static> Stream for PageStream<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.state {
                State::Done => return Poll::Ready(None),
                State::Refused(_) => {
                    let State::Refused(error) = std::mem::replace(&mut self.state, State::Done)
                    else {
                        continue;
                    };
                    return Poll::Ready(Some(Err(error)));
                }
                State::Ready(link) => {
                    let link = link.take();
                    self.state = State::Fetching(SyncWrapper::new((self.fetch)(link)));
                }
                State::Fetching(future) => {
                    let fetched = ready!(future.get_mut().as_mut().poll(cx));
                    self.state = State::Done;
                    let (page, retry_info) = match fetched {
                        Ok(fetched) => fetched,
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    };
                    match self.follow(page.next_link) {
                        Ok(link) => {
                            let continuation = link
                                .as_ref()
                                .map(|link| Continuation::new(&self.scope, link));
                            if link.is_some() {
                                self.state = State::Ready(link);
                            }
                            if !page.items.is_empty() {
                                return Poll::Ready(Some(Ok(Page {
                                    items: page.items,
                                    continuation,
                                    retry_info,
                                })));
                            }
                        }
                        // The items are good, and there is no other way to get them; the error
                        // comes with the next poll.
                        Err(error) if !page.items.is_empty() => {
                            self.state = State::Refused(error);
                            return Poll::Ready(Some(Ok(Page {
                                items: page.items,
                                continuation: None,
                                retry_info,
                            })));
                        }
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
            }
        }
    }
}

impl<T> fmt::Debug for PageStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageStream")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// A list as a stream of items. Nothing is sent before it is polled; the next page is fetched when
/// the items of the one before are used up, so no more than one page is ever held.
///
/// After an error the stream ends.
#[must_use = "streams do nothing unless polled"]
pub struct ItemStream<T> {
    pages: PageStream<T>,
    items: std::vec::IntoIter<T>,
}

impl<T: Send + 'static> ItemStream<T> {
    pub(crate) fn new(pages: PageStream<T>) -> Self {
        Self {
            pages,
            items: Vec::new().into_iter(),
        }
    }

    /// The next item, or nothing when the list has ended.
    ///
    /// # Errors
    /// Those of the list's operation, and
    /// [`ErrorKind::InvalidNextLink`](crate::ErrorKind::InvalidNextLink).
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx))
            .await
            .transpose()
    }
}

/// Items are handed out by value and never pinned.
impl<T> Unpin for ItemStream<T> {}
impl<T> Unpin for PageStream<T> {}

impl<T: Send + 'static> Stream for ItemStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(cx)) {
                Some(Ok(page)) => self.items = page.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items.len(), None)
    }
}

impl<T> fmt::Debug for ItemStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream")
            .field("scope", &self.pages.scope)
            .field("held", &self.items.len())
            .finish_non_exhaustive()
    }
}
