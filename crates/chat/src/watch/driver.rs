//! What follows, as a stream.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::FusedStream;
use sync_wrapper::SyncWrapper;

use super::handle::{WatchHandle, WatchState};
use crate::error::Error;

/// Gives events for as long as it is asked.
pub(super) trait Follow: Sized + Send + 'static {
    type Event: Send;

    /// The next event; an error is the last.
    fn next(&mut self) -> impl Future<Output = Result<Self::Event, Error>> + Send;

    /// Whether nothing comes after this event.
    fn is_last(event: &Self::Event) -> bool;
}

/// What a follower gives next, and the follower.
type Next<F> = (Box<F>, Result<<F as Follow>::Event, Error>);

enum State<F: Follow> {
    Idle(Box<F>),
    Waiting(SyncWrapper<BoxFuture<'static, Next<F>>>),
    /// The next poll gives the error, if there is one, and the stream ends.
    Ended(Option<Error>),
}

/// A follower as a stream, which does something only while it is polled.
pub(super) struct Driver<F: Follow> {
    state: State<F>,
    handle: WatchHandle,
}

impl<F: Follow> Driver<F> {
    pub(super) fn new(follower: F, handle: WatchHandle) -> Self {
        Self {
            state: State::Idle(Box::new(follower)),
            handle,
        }
    }

    /// A stream that gives the error, if there is one, and ends.
    pub(super) fn ended(error: Option<Error>, handle: WatchHandle) -> Self {
        Self {
            state: State::Ended(error),
            handle,
        }
    }

    pub(super) fn handle(&self) -> &WatchHandle {
        &self.handle
    }

    fn end(&mut self) {
        self.state = State::Ended(None);
        self.handle.set(WatchState::Ended);
    }
}

impl<F: Follow> Stream for Driver<F> {
    type Item = Result<F::Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.state {
                State::Waiting(next) => {
                    let (follower, next) = ready!(next.get_mut().as_mut().poll(cx));
                    match next.as_ref().map(F::is_last) {
                        Ok(false) => self.state = State::Idle(follower),
                        Ok(true) | Err(_) => self.end(),
                    }
                    return Poll::Ready(Some(next));
                }
                State::Ended(error) => {
                    let error = error.take();
                    self.end();
                    return Poll::Ready(error.map(Err));
                }
                State::Idle(_) => {
                    let idle = std::mem::replace(&mut self.state, State::Ended(None));
                    if let State::Idle(mut follower) = idle {
                        self.state = State::Waiting(SyncWrapper::new(Box::pin(async move {
                            let next = follower.next().await;
                            (follower, next)
                        })));
                    }
                }
            }
        }
    }
}

impl<F: Follow> FusedStream for Driver<F> {
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Ended(None))
    }
}

/// Whoever waits for a state learns that none will come.
impl<F: Follow> Drop for Driver<F> {
    fn drop(&mut self) {
        self.handle.set(WatchState::Ended);
    }
}

/// What the streams of watches have beside their items, in whose field `driver` is a [`Driver`].
macro_rules! watch_stream {
    ($stream:ident, $event:ty) => {
        impl $stream {
            /// Makes the watch read at once, and tells its state.
            #[must_use]
            pub fn handle(&self) -> $crate::watch::WatchHandle {
                self.driver.handle().clone()
            }

            /// The next event, an error, or nothing when the watch has ended. Dropping the future
            /// loses nothing.
            pub async fn next(&mut self) -> Option<Result<$event, $crate::Error>> {
                std::future::poll_fn(|cx| {
                    futures_core::Stream::poll_next(std::pin::Pin::new(&mut self.driver), cx)
                })
                .await
            }

            /// The next event, or nothing when the watch has ended.
            ///
            /// # Errors
            /// What ends the watch; see
            #[doc = concat!("[`", stringify!($stream), "`].")]
            pub async fn try_next(&mut self) -> Result<Option<$event>, $crate::Error> {
                self.next().await.transpose()
            }
        }

        impl futures_core::Stream for $stream {
            type Item = Result<$event, $crate::Error>;

            fn poll_next(
                mut self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<Self::Item>> {
                std::pin::Pin::new(&mut self.driver).poll_next(cx)
            }
        }

        impl futures_core::stream::FusedStream for $stream {
            fn is_terminated(&self) -> bool {
                self.driver.is_terminated()
            }
        }

        impl std::fmt::Debug for $stream {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($stream))
                    .field("state", &self.driver.handle().state())
                    .finish_non_exhaustive()
            }
        }
    };
}

pub(super) use watch_stream;
