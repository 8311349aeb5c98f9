//! Sending many messages.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::StreamExt;
use sync_wrapper::SyncWrapper;

use super::SendMessage;
use crate::client::ChatThreadClient;
use crate::error::Error;
use crate::models::SendChatMessageResult;

type Outcome = Result<SendChatMessageResult, Error>;

/// Sends many messages; see
/// [`ChatThreadClient::send_messages`](crate::ChatThreadClient::send_messages).
#[must_use = "nothing is sent before the stream is polled"]
pub struct SendMessages<S> {
    thread: ChatThreadClient,
    contents: S,
    configure: Box<dyn Fn(SendMessage) -> SendMessage + Send>,
    concurrency: usize,
    settle: Option<Duration>,
}

impl<S> SendMessages<S>
where
    S: Stream<Item: Into<String>> + Send + 'static,
{
    pub(crate) fn new(thread: ChatThreadClient, contents: S) -> Self {
        Self {
            thread,
            contents,
            configure: Box::new(|message| message),
            concurrency: 1,
            settle: None,
        }
    }

    /// Sets up each message: its type, sender display name, metadata, retries.
    pub fn configure(
        mut self,
        configure: impl Fn(SendMessage) -> SendMessage + Send + 'static,
    ) -> Self {
        self.configure = Box::new(configure);
        self
    }

    /// Sets how many messages may be under way at once; 1 unless it is set, and the messages are
    /// then stored in their order. With more, their order in the thread is as it happens.
    pub fn concurrency(mut self, count: usize) -> Self {
        self.concurrency = count.max(1);
        self
    }

    /// Sends each message so that it is stored exactly once, under a fresh key and with this
    /// settle time; see [`SendMessage::exactly_once`](crate::SendMessage::exactly_once).
    pub fn exactly_once(mut self, settle: Duration) -> Self {
        self.settle = Some(settle);
        self
    }

    /// What became of each message, in the order of the messages. One that fails does not keep the
    /// others from being sent: whoever wants to end at the first error drops the stream. Nothing
    /// is sent before the stream is polled, and no more messages are taken than are under way.
    pub fn into_stream(self) -> SendStream {
        let Self {
            thread,
            contents,
            configure,
            concurrency,
            settle,
        } = self;
        let sends = contents.map(move |content| {
            let message = configure(thread.send_message(content));
            async move {
                match settle {
                    Some(settle) => message.exactly_once().settle(settle).send().await,
                    None => message.send().await,
                }
            }
        });
        SendStream {
            outcomes: SyncWrapper::new(sends.buffered(concurrency).boxed()),
        }
    }
}

impl<S> fmt::Debug for SendMessages<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendMessages")
            .field("concurrency", &self.concurrency)
            .field("settle", &self.settle)
            .finish_non_exhaustive()
    }
}

/// What became of many messages, one by one.
#[must_use = "streams do nothing unless polled"]
pub struct SendStream {
    outcomes: SyncWrapper<BoxStream<'static, Outcome>>,
}

impl SendStream {
    /// What became of the next message, or nothing when there are no more.
    pub async fn next(&mut self) -> Option<Outcome> {
        self.outcomes.get_mut().next().await
    }
}

impl Stream for SendStream {
    type Item = Outcome;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Outcome>> {
        self.outcomes.get_mut().poll_next_unpin(cx)
    }
}

impl fmt::Debug for SendStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendStream").finish_non_exhaustive()
    }
}
