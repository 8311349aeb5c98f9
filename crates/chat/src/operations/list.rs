//! What all lists have in common: a first request, links after it.

use std::fmt;
use std::sync::Arc;

use chat_rest::Operation;
use chat_rest::chat::Client;
use serde::de::DeserializeOwned;
use url::Url;

use crate::convert::page::page;
use crate::error::Error;
use crate::models::ChatThreadId;
use crate::paging::{Continuation, Fetch, PageStream, RawPage, Sieve, Target};
use crate::transport::{self, Call, OperationRequest, PathId, RestResult};

/// What tells one list from another: its operation, and what its first request asks for.
pub(crate) trait ListQuery: Clone + Send + Sync + 'static {
    const OPERATION: &'static Operation;

    /// A page, as the generated function returns it.
    type Wire: DeserializeOwned + Into<RawPage<Self::Item>> + Send + 'static;

    type Item: fmt::Debug + Send + 'static;

    /// The thread whose items are listed.
    fn thread(&self) -> Option<&ChatThreadId>;

    /// Refuses what can't be asked for.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// The page size, unless one is set.
    fn page_size(&self) -> Option<u32> {
        None
    }

    /// What is left out of the pages.
    fn sieve(&self) -> Option<Sieve<Self::Item>> {
        None
    }

    /// Makes the first request. Links say everything by themselves.
    fn first(
        &self,
        client: &Client,
        page_size: Option<i32>,
    ) -> impl Future<Output = RestResult<Self::Wire>> + Send;
}

/// A list that has not begun.
#[derive(Clone)]
pub(crate) struct List<Q> {
    pub(super) call: Call,
    pub(super) query: Q,
    pub(super) page_size: Option<u32>,
    pub(super) continuation: Option<Continuation>,
    pub(super) prefetches: bool,
}

impl<Q: ListQuery> List<Q> {
    pub(super) fn new(call: Call, query: Q) -> Self {
        Self {
            call,
            query,
            page_size: None,
            continuation: None,
            prefetches: false,
        }
    }

    pub(super) fn into_pages(self) -> PageStream<Q::Item> {
        let thread = self.query.thread().map(ChatThreadId::as_str);
        let (endpoint, operation) = (self.call.endpoint().url(), Q::OPERATION);
        let target = Target::new(operation.id, endpoint, operation.path, thread);
        let page_size = match self.check() {
            Ok(page_size) => page_size,
            Err(error) => return PageStream::refused(error, target),
        };
        let (call, query) = (self.call, self.query);
        let sieve = query.sieve();
        let fetch: Fetch<Q::Item> = Arc::new(move |link| {
            let request = PageRequest {
                call: call.clone(),
                query: query.clone(),
                page_size,
                link,
            };
            Box::pin(async move {
                let deadline = request.call.deadline();
                transport::send(request, deadline).await
            })
        });
        PageStream::new(fetch, target, self.continuation.as_ref())
            .with_sieve(sieve)
            .with_prefetch(self.prefetches)
    }

    /// The page size, if it and all else can be asked for.
    fn check(&self) -> Result<Option<i32>, Error> {
        self.query.check()?;
        match self.page_size.or_else(|| self.query.page_size()) {
            Some(0) => Err(Error::invalid_argument("the page size is 0")),
            size => size.map(|size| in_range(size, "page size")).transpose(),
        }
    }
}

/// One page of a list.
struct PageRequest<Q> {
    call: Call,
    query: Q,
    page_size: Option<i32>,
    /// Nothing for the first page.
    link: Option<Url>,
}

impl<Q: ListQuery> OperationRequest for PageRequest<Q> {
    const OPERATION: &'static Operation = Q::OPERATION;
    type Client = Client;
    type Wire = RawPage<Q::Item>;
    type Output = RawPage<Q::Item>;

    fn call(&self) -> &Call {
        &self.call
    }

    fn path_ids(&self) -> impl IntoIterator<Item = PathId<'_>> {
        self.query.thread().map(PathId::Thread)
    }

    async fn request(&self, client: &Client) -> RestResult<Self::Wire> {
        match &self.link {
            None => page(self.query.first(client, self.page_size)).await,
            Some(link) => page(client.follow::<Q::Wire>(Q::OPERATION, link.clone())).await,
        }
    }

    fn output(&mut self, page: Self::Wire) -> Result<Self::Output, Error> {
        Ok(page)
    }
}

/// The service counts in 32 bits with a sign.
pub(super) fn in_range(number: u32, what: &str) -> Result<i32, Error> {
    i32::try_from(number)
        .map_err(|_| Error::invalid_argument(format!("the {what} is larger than {}", i32::MAX)))
}

/// The setters and the ends that the builders of all lists have, in whose field `list` is a
/// [`List`].
macro_rules! list_builder {
    ($builder:ident, $item:ty) => {
        impl $builder {
            /// Sets how many items the service puts into a page at most: 1 to 200, and fewer may
            /// come. Other sizes than 0 are the service's to judge.
            #[doc(alias("results_per_page", "maxPageSize"))]
            pub fn page_size(mut self, size: u32) -> Self {
                self.list.page_size = Some(size);
                self
            }

            /// Begins at the page that `continuation` stands for. It must be of the same operation,
            /// thread and endpoint: otherwise the stream's first poll gives an error of kind
            /// [`InvalidArgument`]($crate::ErrorKind::InvalidArgument), and nothing is sent.
            ///
            /// The page size, start time and number to skip that are set here are then not used:
            /// the continuation has those of the list it came from.
            #[doc(alias("continuation_token", "continuationToken"))]
            pub fn continue_from(mut self, continuation: $crate::paging::Continuation) -> Self {
                self.list.continuation = Some(continuation);
                self
            }

            /// Sets, for this list alone, when and how often a request is repeated.
            pub fn retry(mut self, options: $crate::RetryOptions) -> Self {
                self.list.call.retry = Some(options);
                self
            }

            /// Sets, for this list alone, how long it may take to get one page; see
            /// [`TransportBuilder::timeout`](crate::builders::TransportBuilder::timeout).
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.list.call.timeout = Some(timeout);
                self
            }

            /// Sets, for this list alone, how long one request may take; see
            /// [`TransportBuilder::attempt_timeout`](crate::builders::TransportBuilder::attempt_timeout).
            pub fn attempt_timeout(mut self, timeout: std::time::Duration) -> Self {
                self.list.call.attempt_timeout = Some(timeout);
                self
            }

            /// Fetches the next page while the items of one are handled: one page ahead, in a task
            /// of its own that ends with the stream. So two pages are held at most. Without this,
            /// a page is fetched when it is asked for.
            pub fn prefetch(mut self) -> Self {
                self.list.prefetches = true;
                self
            }

            /// Keeps the JSON as it was received: see [`Page::raw_items`]($crate::paging::Page::raw_items).
            pub fn keep_raw(mut self) -> Self {
                self.list.call.keep_body = true;
                self
            }

            /// The items page by page. This is not awaited: nothing is sent before the stream is
            /// polled. After an error it can be polled on, with a pause:
            /// see [`PageStream`]($crate::paging::PageStream#after-an-error).
            #[doc(alias("by_page", "byPage", "AsPages"))]
            pub fn into_pages(self) -> $crate::paging::PageStream<$item> {
                self.list.into_pages()
            }

            /// The items one by one, over all pages. This is not awaited: nothing is sent before
            /// the stream is polled. After an error it can be polled on, with a pause:
            /// see [`PageStream`]($crate::paging::PageStream#after-an-error).
            pub fn into_stream(self) -> $crate::paging::ItemStream<$item> {
                $crate::paging::ItemStream::new(self.into_pages())
            }

            /// As [`into_pages`](Self::into_pages), without async: an iterator that waits for each
            /// page.
            #[cfg(feature = "blocking")]
            pub fn into_blocking_pages(
                self,
            ) -> $crate::blocking::BlockingIter<$crate::paging::PageStream<$item>> {
                let runtime = self.list.call.runtime().clone();
                $crate::blocking::BlockingIter::new(self.into_pages(), &runtime)
            }

            /// As [`into_stream`](Self::into_stream), without async: an iterator that waits for the
            /// items.
            #[cfg(feature = "blocking")]
            pub fn into_blocking_iter(
                self,
            ) -> $crate::blocking::BlockingIter<$crate::paging::ItemStream<$item>> {
                let runtime = self.list.call.runtime().clone();
                $crate::blocking::BlockingIter::new(self.into_stream(), &runtime)
            }
        }

        impl std::fmt::Debug for $builder {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($builder)).finish_non_exhaustive()
            }
        }
    };
}

pub(super) use list_builder;
