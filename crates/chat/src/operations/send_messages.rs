//! Sending many messages.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::StreamExt;
use sync_wrapper::SyncWrapper;

use super::SendMessage;
use crate::error::Error;
use crate::models::{ChatThreadId, SendChatMessageResult, SendKey};
use crate::response::Response;
use crate::transport::Call;

/// Sends many messages; see
/// [`ChatThreadClient::send_messages`](crate::ChatThreadClient::send_messages) and
/// [`ChatThreadClient::send_messages_with_keys`](crate::ChatThreadClient::send_messages_with_keys).
///
/// It is not awaited: [`into_stream`](Self::into_stream) gives the outcome of each message.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let mut outcomes = thread
///     .send_messages_iter(["one", "two", "three"])
///     .configure(|message| message.sender_display_name("Alice"))
///     .concurrency(3)
///     .into_stream();
/// let mut stored = 0;
/// while let Some(outcome) = outcomes.next().await {
///     match outcome {
///         Ok(_) => stored += 1,
///         Err(error) => eprintln!("{error}"), // The others are sent nevertheless.
///     }
/// }
/// assert_eq!(stored, 3);
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "nothing is sent before the stream is polled"]
pub struct SendMessages {
    call: Call,
    thread: ChatThreadId,
    messages: SyncWrapper<BoxStream<'static, (Option<SendKey>, String)>>,
    configure: SyncWrapper<Box<dyn FnMut(SendMessage) -> SendMessage + Send>>,
    concurrency: usize,
    settle: Option<Duration>,
}

impl SendMessages {
    pub(crate) fn new(
        call: Call,
        thread: ChatThreadId,
        messages: impl Stream<Item = (Option<SendKey>, String)> + Send + 'static,
    ) -> Self {
        Self {
            call,
            thread,
            messages: SyncWrapper::new(messages.boxed()),
            configure: SyncWrapper::new(Box::new(|message| message)),
            concurrency: 1,
            settle: None,
        }
    }

    /// Sets up each message: its type, sender display name, metadata, retries.
    pub fn configure(
        mut self,
        configure: impl FnMut(SendMessage) -> SendMessage + Send + 'static,
    ) -> Self {
        self.configure = SyncWrapper::new(Box::new(configure));
        self
    }

    /// Sets how many messages may be in flight at once; 1 unless it is set, and the messages are
    /// then stored in their order. With more, their order in the thread is as it happens.
    pub fn concurrency(mut self, count: usize) -> Self {
        self.concurrency = count.max(1);
        self
    }

    /// Sends each message so that it is stored exactly once, with this settle time, under its key
    /// or else under a fresh one; see [`SendMessage::exactly_once`](crate::operations::SendMessage::exactly_once).
    ///
    /// A fresh key is known only from the outcome. To find after a crash what was in flight, store
    /// keys before, and give them to
    /// [`send_messages_with_keys`](crate::ChatThreadClient::send_messages_with_keys).
    pub fn exactly_once(mut self, settle: Duration) -> Self {
        self.settle = Some(settle);
        self
    }

    /// The outcome of each message, in the order of the messages. One that fails does not keep the
    /// others from being sent: to end at the first error, drop the stream. Nothing is sent before
    /// the stream is polled, and no more messages are taken than may be in flight.
    pub fn into_stream(self) -> SendStream {
        self.outcomes(Response::into_value)
    }

    /// As [`into_stream`](Self::into_stream), and gives what came with each result: status, request
    /// ids, retries. Errors have it either way.
    pub fn into_stream_with_info(self) -> SendStream<Response<SendChatMessageResult>> {
        self.outcomes(|response| response)
    }

    /// As [`into_stream`](Self::into_stream), without async: an iterator that waits for what became
    /// of each message.
    #[cfg(feature = "blocking")]
    pub fn into_blocking_iter(self) -> crate::blocking::BlockingIter<SendStream> {
        let runtime = self.call.runtime().clone();
        crate::blocking::BlockingIter::new(self.into_stream(), &runtime)
    }

    fn outcomes<T: 'static>(self, give: fn(Response<SendChatMessageResult>) -> T) -> SendStream<T> {
        let Self {
            call,
            thread,
            messages,
            configure,
            concurrency,
            settle,
        } = self;
        let mut configure = configure.into_inner();
        let in_flight = Arc::<AtomicUsize>::default();
        let counter = Arc::clone(&in_flight);
        let sends = messages.into_inner().map(move |(key, content)| {
            let message = configure(SendMessage::new(call.clone(), thread.clone(), content));
            let counter = Arc::clone(&counter);
            async move {
                let _counted = Counted::new(counter);
                let send = match (key, settle) {
                    (None, None) => return message.send_with_info().await,
                    (None, Some(_)) => message.exactly_once(),
                    (Some(key), _) => message.exactly_once_with(key),
                };
                match settle {
                    Some(settle) => send.settle(settle).send_with_info().await,
                    None => send.send_with_info().await,
                }
            }
        });
        let outcomes = sends.buffered(concurrency);
        SendStream {
            outcomes: SyncWrapper::new(outcomes.map(move |outcome| outcome.map(give)).boxed()),
            in_flight,
        }
    }
}

impl fmt::Debug for SendMessages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendMessages")
            .field("concurrency", &self.concurrency)
            .field("settle", &self.settle)
            .finish_non_exhaustive()
    }
}

/// A message in flight, counted as long as this lives.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(counter: Arc<AtomicUsize>) -> Self {
        // Nothing else is published through this number.
        counter.fetch_add(1, Ordering::Relaxed);
        Self(counter)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The outcomes of many messages, one by one.
///
/// Dropping the stream cancels the messages in flight: each may or may not be stored, and no
/// outcome says which. Their number is logged as a warning. Messages that were stored already and
/// whose outcomes were not taken stay stored. To know what became of all, poll the stream to its
/// end, or use [keys that were stored before](crate::ChatThreadClient::send_messages_with_keys).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use futures_util::TryStreamExt;
///
/// let outcomes = thread.send_messages_iter(["one", "two"]).into_stream();
/// // Ends at the first error, and then drops the stream: the rest is not sent.
/// let sent: Vec<_> = outcomes.try_collect().await?;
/// assert_eq!(sent.len(), 2);
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct SendStream<T = SendChatMessageResult> {
    outcomes: SyncWrapper<BoxStream<'static, Result<T, Error>>>,
    in_flight: Arc<AtomicUsize>,
}

impl<T> SendStream<T> {
    /// The outcome of the next message, or nothing when there are no more.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        self.outcomes.get_mut().next().await
    }
}

impl<T> Stream for SendStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.outcomes.get_mut().poll_next_unpin(cx)
    }
}

impl<T> Drop for SendStream<T> {
    fn drop(&mut self) {
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        if in_flight > 0 {
            tracing::warn!(
                in_flight,
                "messages in flight were cancelled; they may have been sent"
            );
        }
    }
}

impl<T> fmt::Debug for SendStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendStream").finish_non_exhaustive()
    }
}
