//! What all lists have in common: a first request, links after it.

use std::fmt;
use std::sync::Arc;

use chat_rest::chat::Client as RestClient;
use chat_rest::{Operation, ResponseValue};
use futures_core::future::BoxFuture;
use serde::de::DeserializeOwned;
use url::Url;

use crate::convert::page::page;
use crate::error::Error;
use crate::models::ChatThreadId;
use crate::paging::{Continuation, Fetch, PageStream, RawPage, Target};
use crate::transport::{Call, Request};

/// A list that has not begun.
pub(super) struct List {
    call: Call,
    operation: &'static Operation,
    thread: Option<ChatThreadId>,
    page_size: Option<u32>,
    continuation: Option<Continuation>,
}

/// What the first request of a list is made from.
#[derive(Clone)]
pub(super) struct First<P> {
    pub(super) thread: Option<ChatThreadId>,
    pub(super) page_size: Option<i32>,
    pub(super) parameter: P,
}

impl<P> First<P> {
    /// The thread's id for the path; [`List::pages`] has checked it.
    pub(super) fn thread(&self) -> &str {
        self.thread.as_ref().map_or("", ChatThreadId::as_str)
    }
}

impl List {
    pub(crate) fn new(
        call: Call,
        operation: &'static Operation,
        thread: Option<ChatThreadId>,
    ) -> Self {
        Self {
            call,
            operation,
            thread,
            page_size: None,
            continuation: None,
        }
    }

    pub(super) fn page_size(&mut self, size: u32) {
        self.page_size = Some(size);
    }

    pub(super) fn call(&mut self) -> &mut Call {
        &mut self.call
    }

    pub(super) fn continue_from(&mut self, continuation: Continuation) {
        self.continuation = Some(continuation);
    }

    /// The list as a stream. `parameter` is what else the first request says, or why it can't be
    /// said; links say it all by themselves.
    pub(super) fn pages<P, W, T>(
        self,
        parameter: Result<P, Error>,
        first: Request<RestClient, First<P>, W>,
    ) -> PageStream<T>
    where
        P: Clone + Send + Sync + 'static,
        W: DeserializeOwned + Into<RawPage<T>> + Send + 'static,
        T: fmt::Debug + Send + 'static,
    {
        let thread = self.thread.as_ref().map(ChatThreadId::as_str);
        let (endpoint, path) = (self.call.endpoint().url(), self.operation.path);
        let target = Target::new(self.operation.id, endpoint, path, thread);
        let first = match self.first(parameter) {
            Ok(parts) => (parts, first),
            Err(error) => return PageStream::refused(error, target),
        };
        let (call, operation) = (self.call, self.operation);
        let fetch: Fetch<T> = Arc::new(move |link| {
            let (call, first) = (call.clone(), first.clone());
            Box::pin(async move {
                let answer = match link {
                    None => call.run(operation, &first, begin::<P, W, T>).await?,
                    Some(link) => {
                        let link = (operation, link);
                        call.run(operation, &link, follow::<W, T>).await?
                    }
                };
                let retry_info = answer.retry_info();
                Ok((answer.into_value(), retry_info))
            })
        });
        PageStream::new(fetch, target, self.continuation.as_ref())
    }

    fn first<P>(&self, parameter: Result<P, Error>) -> Result<First<P>, Error> {
        if let Some(thread) = &self.thread {
            thread.check()?;
        }
        let page_size = match self.page_size {
            Some(0) => return Err(Error::invalid_argument("the page size is 0")),
            size => size.map(|size| in_range(size, "page size")).transpose()?,
        };
        Ok(First {
            thread: self.thread.clone(),
            page_size,
            parameter: parameter?,
        })
    }
}

/// What fetches a page.
type Fetching<'a, T> = BoxFuture<'a, Result<ResponseValue<RawPage<T>>, chat_rest::Error>>;

/// Fetches the first page.
fn begin<'a, P, W, T>(
    client: &'a RestClient,
    (parts, request): &'a (First<P>, Request<RestClient, First<P>, W>),
) -> Fetching<'a, T>
where
    P: Send + Sync,
    W: DeserializeOwned + Into<RawPage<T>> + Send + 'static,
    T: fmt::Debug + Send + 'static,
{
    Box::pin(page(request(client, parts)))
}

/// Fetches the page behind a link.
fn follow<'a, W, T>(
    client: &'a RestClient,
    (operation, link): &'a (&'static Operation, Url),
) -> Fetching<'a, T>
where
    W: DeserializeOwned + Into<RawPage<T>> + Send + 'static,
    T: fmt::Debug + Send + 'static,
{
    Box::pin(page(client.follow::<W>(operation, link.clone())))
}

/// The service counts in 32 bits with a sign.
pub(super) fn in_range(number: u32, what: &str) -> Result<i32, Error> {
    i32::try_from(number)
        .map_err(|_| Error::invalid_argument(format!("the {what} is larger than {}", i32::MAX)))
}

/// The setters and the ends that the builders of all lists have.
macro_rules! list_builder {
    ($builder:ident, $item:ty) => {
        impl $builder {
            /// Sets how many items the service puts into a page at most: 1 to 200, and fewer may
            /// come. Other sizes than 0 are the service's to judge.
            pub fn page_size(mut self, size: u32) -> Self {
                self.list.page_size(size);
                self
            }

            /// Begins at the page that `continuation` stands for. It must be of the same operation,
            /// thread and endpoint: otherwise the stream's first poll gives an error of kind
            /// [`InvalidArgument`]($crate::ErrorKind::InvalidArgument), and nothing is sent.
            ///
            /// The page size, start time and number to skip that are set here are then not used:
            /// the continuation has those of the list it came from.
            pub fn continue_from(mut self, continuation: $crate::Continuation) -> Self {
                self.list.continue_from(continuation);
                self
            }

            /// Sets, for this list alone, when and how often a request is made again.
            pub fn retry(mut self, options: $crate::RetryOptions) -> Self {
                self.list.call().set_retry(options);
                self
            }

            /// Sets, for this list alone, how long an attempt at a page may take.
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.list.call().set_timeout(timeout);
                self
            }

            /// The items one by one, over all pages. Nothing is sent before the stream is polled.
            pub fn into_stream(self) -> $crate::ItemStream<$item> {
                $crate::ItemStream::new(self.into_pages())
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
