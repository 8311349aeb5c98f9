//! What all lists have in common: a first request, links after it.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::paging::{Continuation, Fetch, PageStream, RawPage, Sieve, Target};
use crate::transport::{self, OperationRequest, PathId};

/// What every list can be asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListOptions {
    pub(super) page_size: Option<u32>,
    pub(super) skip: Option<u32>,
    /// The page to begin at, and in the request of a page that page; nothing for the first. Links say
    /// everything by themselves.
    pub(super) continuation: Option<Continuation>,
    pub(super) prefetches: bool,
}

impl ListOptions {
    /// Refuses what can't be asked for: the service counts in 32 bits with a sign.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.page_size == Some(0) {
            return Err(Error::invalid_argument("the page size is 0"));
        }
        let counts = [(self.page_size, "page size"), (self.skip, "number to skip")];
        let too_large =
            |(count, _): &(Option<u32>, _)| count.is_some() && counted(*count).is_none();
        match counts.iter().find(|count| too_large(count)) {
            None => Ok(()),
            Some((_, what)) => {
                let reason = format!("the {what} is larger than {}", i32::MAX);
                Err(Error::invalid_argument(reason))
            }
        }
    }

    pub(super) fn page_size(&self) -> Option<i32> {
        counted(self.page_size)
    }

    pub(super) fn skip(&self) -> Option<i32> {
        counted(self.skip)
    }
}

fn counted(count: Option<u32>) -> Option<i32> {
    count.and_then(|count| count.try_into().ok())
}

/// A list: the request for one of its pages.
pub(crate) trait ListRequest:
    OperationRequest<Output = RawPage<Self::Item>> + Clone + 'static
{
    type Item: fmt::Debug + Send + 'static;

    fn options(&mut self) -> &mut ListOptions;

    /// What is left out of the pages.
    fn sieve(&self) -> Option<Sieve<Self::Item>> {
        None
    }
}

/// The pages of a list that has not begun.
pub(super) fn pages<R: ListRequest>(mut first: R) -> PageStream<R::Item> {
    let ids = first.path_ids().into_iter().map(PathId::as_str);
    let ids: Vec<_> = ids.collect();
    let endpoint = first.call().endpoint().url();
    let target = Target::new(R::OPERATION.id, endpoint, R::OPERATION.path, &ids);
    let (sieve, options) = (first.sieve(), first.options());
    let (from, prefetches) = (options.continuation.take(), options.prefetches);
    let fetch: Fetch<R::Item> = Arc::new(move |continuation| {
        let mut page = first.clone();
        page.options().continuation = continuation;
        let deadline = page.call().deadline();
        Box::pin(async move { transport::send(&mut page, deadline).await })
    });
    PageStream::new(fetch, target, from.as_ref())
        .with_sieve(sieve)
        .with_prefetch(prefetches)
}

/// Makes the builder of a list: a type with a field `call`, the [`ListOptions`] `list`, and the
/// fields that are named, with a constructor as that of
/// [`operation_builder`](super::operation_builder); its operation, what is received, the ids in the
/// path, and the request for the first page. What else it has of a [`ListRequest`] comes last.
macro_rules! list_builder {
    (
        $(#[$doc:meta])*
        pub struct $builder:ident of $item:ty {
            $($field:ident: $type:ty,)* $([$rest:ident: $default:ty])*
        }
        $operation:ident, $wire:ty, $ids:tt, |$this:ident, $client:ident| $first:expr
        $(, |$checked:ident| $check:expr)?;
        $($more:item)*
    ) => {
        $(#[$doc])*
        ///
        /// It is not awaited: [`into_stream`](Self::into_stream) gives the items one by one,
        /// [`into_pages`](Self::into_pages) page by page.
        #[derive(Clone)]
        #[must_use = "nothing is sent before the stream is polled"]
        pub struct $builder {
            call: $crate::transport::Call,
            list: $crate::operations::list::ListOptions,
            $($field: $type,)*
            $($rest: $default,)*
        }

        impl $builder {
            pub(crate) fn new(call: $crate::transport::Call $(, $field: $type)*) -> Self {
                let list = Default::default();
                Self { call, list, $($field,)* $($rest: Default::default(),)* }
            }

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

            /// Fetches the next page while the items of one are handled: one page ahead, in a task
            /// of its own that ends with the stream. So two pages are held at most. Without this,
            /// a page is fetched when it is asked for.
            pub fn prefetch(mut self) -> Self {
                self.list.prefetches = true;
                self
            }

            /// The items page by page. This is not awaited: nothing is sent before the stream is
            /// polled. After an error it can be polled on, with a pause:
            /// see [`PageStream`]($crate::paging::PageStream#after-an-error).
            #[doc(alias("by_page", "byPage", "AsPages"))]
            pub fn into_pages(self) -> $crate::paging::PageStream<$item> {
                $crate::operations::list::pages(self)
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
                let runtime = self.call.runtime().clone();
                $crate::blocking::BlockingIter::new(self.into_pages(), &runtime)
            }

            /// As [`into_stream`](Self::into_stream), without async: an iterator that waits for the
            /// items.
            #[cfg(feature = "blocking")]
            pub fn into_blocking_iter(
                self,
            ) -> $crate::blocking::BlockingIter<$crate::paging::ItemStream<$item>> {
                let runtime = self.call.runtime().clone();
                $crate::blocking::BlockingIter::new(self.into_stream(), &runtime)
            }
        }

        $crate::operations::call_setters!($builder, call);

        impl $crate::transport::OperationRequest for $builder {
            $crate::operations::operation! {
                $operation of chat, $ids,
                |$this, $client| match &$this.list.continuation {
                    None => $crate::convert::page::page($first),
                    Some(continuation) => {
                        let link = continuation.link().clone();
                        let page = $client.follow::<$wire>(Self::OPERATION, link);
                        $crate::convert::page::page(page.await)
                    }
                },
                |page: $crate::paging::RawPage<$item>| -> $crate::paging::RawPage<$item> { Ok(page) }
            }

            fn check(&self) -> Result<(), $crate::Error> {
                $({
                    let $checked = self;
                    $check?;
                })?
                self.list.check()
            }
        }

        impl $crate::operations::list::ListRequest for $builder {
            type Item = $item;

            fn options(&mut self) -> &mut $crate::operations::list::ListOptions {
                &mut self.list
            }

            $($more)*
        }
    };
}

/// The setter of how much of a list is left out.
macro_rules! skip_setter {
    () => {
        /// Leaves out this many items at the beginning.
        pub fn skip(mut self, count: u32) -> Self {
            self.list.skip = Some(count);
            self
        }
    };
}

pub(super) use {list_builder, skip_setter};
