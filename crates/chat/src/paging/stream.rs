//! Lists as streams of pages.

use std::fmt;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::FusedStream;
use sync_wrapper::SyncWrapper;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::continuation::Continuation;
use super::link::{RecentLinks, Target};
use super::page::{Page, RawPage};
use super::sieve::{Sieve, Sifted, sift};
use crate::error::{Error, ErrorKind};
use crate::response::{Response, ResponseInfo};

/// How many pages without items may come in a row.
const MAX_EMPTY_PAGES: u32 = 1000;

/// A page, and how many requests it took to fetch it.
pub(crate) type Fetched<T> = Result<Response<RawPage<T>>, Error>;

/// Fetches the first page, or the one where a list goes on.
pub(crate) type Fetch<T> =
    Arc<dyn Fn(Option<Continuation>) -> BoxFuture<'static, Fetched<T>> + Send + Sync>;

enum State<T> {
    /// The next page is to be fetched.
    Ready,
    Fetching(SyncWrapper<BoxFuture<'static, Fetched<T>>>),
    /// The next poll gives this error, and the stream ends.
    Failed(Error),
    Done,
}

/// A list as a stream of pages. Nothing is sent before it is polled; one page is fetched at a time.
///
/// Pages without items are skipped, up to 1,000 in a row: then the stream ends with an error of kind
/// [`InvalidNextLink`](ErrorKind::InvalidNextLink). So it does where a link was followed before (the
/// last 1,000 are remembered), or where a link is not one of this list at its endpoint. If the
/// endpoint has a path of its own, as behind a gateway, that path is put in front of links that
/// lack it.
///
/// # After an error
/// After a transient error ([`Error::is_retryable`], or no access token) the stream keeps its
/// place: polling it again asks for the same page again. After any other error it has ended:
/// it gives nothing more, and [`FusedStream::is_terminated`] says so.
/// [`Error::continuation`] is where a new list can go on.
///
/// An error comes when the [retries](crate::RetryOptions) of a page are over, with
/// `RetryOptions::none()` after one request. Polling again asks at once: whoever loops over errors
/// until the list goes on must pause between polls, for [`Error::retry_after`] or a time that
/// grows, and give up at some point. Otherwise the loop sends requests as fast as they fail. It is
/// simpler to set more retries, and to take an error for the end:
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use std::time::Duration;
/// use chat::RetryOptions;
///
/// let patient = RetryOptions::exponential().max_retries(10);
/// let list = thread.list_messages().retry(patient);
/// let mut messages = list.timeout(Duration::from_secs(600)).into_stream();
/// let mut count = 0;
/// while let Some(message) = messages.try_next().await? {
///     println!("{}", message.id());
///     count += 1;
/// }
/// assert_eq!(count, 2);
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct PageStream<T> {
    fetch: Fetch<T>,
    target: Target,
    sieve: Option<Sieve<T>>,
    prefetches: bool,
    recent: RecentLinks,
    empty_pages: u32,
    /// The page that is fetched next, or being fetched, or failed; nothing for the first one.
    next: Option<Continuation>,
    state: State<T>,
}

impl<T: Send + 'static> PageStream<T> {
    pub(crate) fn new(fetch: Fetch<T>, target: Target, from: Option<&Continuation>) -> Self {
        let mut stream = Self {
            fetch,
            target,
            sieve: None,
            prefetches: false,
            recent: RecentLinks::default(),
            empty_pages: 0,
            next: None,
            state: State::Ready,
        };
        if let Some(from) = from {
            let start = stream.target.resume(from).and_then(|start| {
                stream.recent.add(&start)?;
                Ok(start)
            });
            match start {
                Ok(start) => stream.next = Some(start),
                Err(error) => stream.state = State::Failed(stream.complete(error)),
            }
        }
        stream
    }

    /// Gives only what the sieve lets through.
    pub(crate) fn with_sieve(mut self, sieve: Option<Sieve<T>>) -> Self {
        self.sieve = sieve;
        self
    }

    /// Fetches the next page while the caller has one.
    pub(crate) fn with_prefetch(mut self, prefetches: bool) -> Self {
        self.prefetches = prefetches;
        self
    }

    /// The next page, an error, or nothing when the list has ended.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The next page, or nothing when the list has ended.
    ///
    /// # Errors
    /// Those of the list's operation, and
    /// [`ErrorKind::InvalidNextLink`](crate::ErrorKind::InvalidNextLink).
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>, Error> {
        self.next().await.transpose()
    }

    /// The page that is fetched next. Nothing before the first page has come, and at the end of the
    /// list. After an error: the page that failed, or whose link did.
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.next.as_ref()
    }

    /// Takes note of where the list goes on after a page, and gives the page unless it is empty.
    fn advance(&mut self, page: RawPage<T>, info: ResponseInfo) -> Option<Page<T>> {
        let had_nothing = page.items.is_empty() && page.unreadable.is_empty();
        let start = self.next.clone();
        let sifted = sift(page, self.sieve.as_mut());
        let Sifted {
            page,
            items_before,
            ends,
        } = sifted;
        match self.follow(page.next_link.filter(|_| !ends)) {
            Ok(next) => {
                self.state = match next {
                    Some(_) => State::Ready,
                    None => State::Done,
                };
                self.next = next;
            }
            // The items are good, and there is no other way to get them: the page comes first.
            Err(error) => self.state = State::Failed(self.complete(error)),
        }
        let goes_on = matches!(self.state, State::Ready);
        self.empty_pages = match had_nothing {
            true => self.empty_pages + 1,
            false => 0,
        };
        if page.items.is_empty() && page.unreadable.is_empty() {
            if goes_on && self.empty_pages == MAX_EMPTY_PAGES {
                let error = Error::new(ErrorKind::InvalidNextLink);
                let reason = format!("{MAX_EMPTY_PAGES} pages in a row had no items");
                self.state = State::Failed(self.complete(error.with_context(reason)));
            }
            return None;
        }
        if goes_on && self.prefetches {
            self.prefetch();
        }
        Some(Page {
            items: page.items,
            unreadable: page.unreadable,
            items_before,
            start,
            continuation: self.next.clone().filter(|_| goes_on),
            info,
        })
    }

    /// Begins to fetch the next page in a task of its own, which ends with the stream.
    fn prefetch(&mut self) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let next = self.next.clone();
        let fetch = Arc::clone(&self.fetch);
        let mut task = JoinSet::new();
        task.spawn_on(fetch(next.clone()), &runtime);
        self.state = State::Fetching(SyncWrapper::new(Box::pin(async move {
            match task.join_next().await {
                Some(Ok(fetched)) => fetched,
                Some(Err(error)) if error.is_panic() => resume_unwind(error.into_panic()),
                // The task's runtime has ended, and this is another one.
                _ => fetch(next).await,
            }
        })));
    }

    fn follow(&mut self, link: Option<String>) -> Result<Option<Continuation>, Error> {
        let Some(link) = link.filter(|link| !link.is_empty()) else {
            return Ok(None);
        };
        let next = self.target.follow(&link)?;
        self.recent.add(&next)?;
        Ok(Some(next))
    }

    pub(super) fn operation(&self) -> &'static str {
        self.target.operation()
    }

    fn complete(&self, error: Error) -> Error {
        error
            .with_operation(self.operation())
            .with_continuation(self.next.clone())
    }
}

/// Whether asking for the same page once more may go well.
fn may_pass(error: &Error) -> bool {
    error.is_retryable() || error.kind() == ErrorKind::Credential
}

impl<T: Send + 'static> Stream for PageStream<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.state {
                State::Ready => {
                    let next = self.next.clone();
                    self.state = State::Fetching(SyncWrapper::new((self.fetch)(next)));
                }
                State::Fetching(page) => match ready!(page.get_mut().as_mut().poll(cx)) {
                    Ok(response) => {
                        let (page, info) = response.into_parts();
                        if let Some(page) = self.advance(page, info) {
                            return Poll::Ready(Some(Ok(page)));
                        }
                    }
                    Err(error) => {
                        self.state = match may_pass(&error) {
                            true => State::Ready,
                            false => State::Done,
                        };
                        return Poll::Ready(Some(Err(self.complete(error))));
                    }
                },
                State::Failed(_) | State::Done => {
                    let ended = std::mem::replace(&mut self.state, State::Done);
                    return Poll::Ready(match ended {
                        State::Failed(error) => Some(Err(error)),
                        _ => None,
                    });
                }
            }
        }
    }
}

impl<T: Send + 'static> FusedStream for PageStream<T> {
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Done)
    }
}

/// Pages are given by value and never pinned.
impl<T> Unpin for PageStream<T> {}

impl<T> fmt::Debug for PageStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageStream")
            .field("operation", &self.target.operation())
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
