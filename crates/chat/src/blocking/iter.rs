//! Streams as iterators.

use std::fmt;
use std::pin::Pin;

use futures_core::Stream;

use super::runtime::{Runtime, block_on};
use crate::error::Error;

/// A stream as an iterator: [`next`](Iterator::next) waits on this thread for the next item.
///
/// Within a tokio runtime, and where the library's own runtime can't be started, the iterator gives
/// one error and ends.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # fn example(Scene { thread, .. }: Scene) -> Done {
/// for message in thread.list_messages().into_blocking_iter() {
///     println!("{}", message?.id());
/// }
///
/// let outcomes = thread.send_messages_iter(["one", "two"]).into_blocking_iter();
/// let sent: Vec<_> = outcomes.collect::<Result<_, _>>()?;
/// assert_eq!(sent.len(), 2);
/// # Ok(()) }
/// # fn main() -> Done { run_blocking(example) }
/// ```
#[must_use = "iterators do nothing unless they are used"]
pub struct BlockingIter<S> {
    stream: S,
    runtime: Runtime,
    refused: bool,
}

impl<S> BlockingIter<S> {
    pub(crate) fn new(stream: S, runtime: &Runtime) -> Self {
        Self {
            stream,
            runtime: runtime.clone(),
            refused: false,
        }
    }

    /// The stream, for instance for its
    /// [`continuation`](crate::paging::ItemStream::continuation).
    pub fn get_ref(&self) -> &S {
        &self.stream
    }

    /// The stream, where the iterator has come to.
    pub fn into_inner(self) -> S {
        self.stream
    }
}

impl<T, S: Stream<Item = Result<T, Error>> + Unpin> Iterator for BlockingIter<S> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.refused {
            return None;
        }
        let stream = &mut self.stream;
        let next = std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx));
        block_on(&self.runtime, next).unwrap_or_else(|error| {
            self.refused = true;
            Some(Err(error))
        })
    }
}

impl<S> fmt::Debug for BlockingIter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingIter").finish_non_exhaustive()
    }
}
