//! Fetching the pictures of messages.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use chat_rest::chat::Client;
use chat_rest::{DOWNLOAD_ATTACHMENT, Operation};
use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_util::FutureExt;
use sync_wrapper::SyncWrapper;
use url::Url;

use super::operation_builder;
use crate::error::Error;
use crate::models::ChatThreadId;
use crate::response::Response;
use crate::transport::{self, Body, Call, Deadline, OperationRequest, PathId, RestResult};

/// How much is read unless another limit is set.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

operation_builder! {
    /// Downloads an attachment; see
    /// [`ChatThreadClient::download_attachment`](crate::ChatThreadClient::download_attachment).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { .. }: Scene) -> Done {
    /// # let (_emulator, thread) = pictures().await?;
    /// # let message = thread.list_messages().into_stream().try_next().await?.expect("a picture");
    /// let picture = &message.content().attachments()[0];
    /// let download = thread.download_attachment(picture).max_bytes(1024 * 1024).await?;
    /// assert_eq!(download.bytes().await?, b"original");
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct DownloadAttachment by carry_out -> AttachmentDownload {
        thread: ChatThreadId,
        url: Option<String>,
        [max_bytes: Limit]
    }
}

/// How many bytes are read at most.
#[derive(Clone, Copy, Debug)]
struct Limit(u64);

impl Default for Limit {
    fn default() -> Self {
        Self(MAX_BYTES)
    }
}

impl DownloadAttachment {
    /// Sets how many bytes are read at most; 64 MiB unless it is set. More is an error of kind
    /// [`InvalidResponse`](crate::ErrorKind::InvalidResponse): at once where the service says how
    /// long the attachment is, otherwise from the stream when the limit is reached.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Limit(bytes);
        self
    }

    async fn carry_out(self) -> Result<Response<AttachmentDownload>, Error> {
        let deadline = self.call.deadline();
        let url = own_url(self.url.as_deref(), self.call.endpoint().url())?;
        let mut request = Request {
            call: self.call,
            thread: self.thread,
            url,
            deadline,
            limit: self.max_bytes.0,
        };
        transport::send(&mut request, deadline).await
    }
}

/// The URL, if it is one of the service: the access token goes where it leads.
fn own_url(url: Option<&str>, endpoint: &Url) -> Result<Url, Error> {
    let url = url.ok_or_else(|| Error::invalid_argument("the attachment has no such URL"))?;
    let mut url = Url::parse(url).map_err(|error| {
        Error::invalid_argument("the attachment's URL is no absolute URL").with_source(error)
    })?;
    let (origin, own) = (url.origin(), endpoint.origin());
    // A `blob:` URL has the origin of the URL within it, and can't be requested.
    if origin != own || url.scheme() != endpoint.scheme() {
        return Err(Error::invalid_argument(format!(
            "the attachment is at {}, and the endpoint is {}: the access token is not sent there",
            origin.ascii_serialization(),
            own.ascii_serialization(),
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let reason = "the attachment's URL holds a user name or a password";
        return Err(Error::invalid_argument(reason));
    }
    url.set_fragment(None);
    Ok(url)
}

/// The one request of a download.
struct Request {
    call: Call,
    thread: ChatThreadId,
    url: Url,
    deadline: Deadline,
    limit: u64,
}

impl OperationRequest for Request {
    const OPERATION: &'static Operation = &DOWNLOAD_ATTACHMENT;
    type Client = Client;
    type Wire = reqwest::Response;
    type Output = AttachmentDownload;

    fn call(&self) -> &Call {
        &self.call
    }

    fn path_ids(&self) -> impl IntoIterator<Item = PathId<'_>> {
        [PathId::Thread(&self.thread)]
    }

    async fn request(&self, client: &Client) -> RestResult<reqwest::Response> {
        client.download(self.url.clone()).await
    }

    fn output(&mut self, response: reqwest::Response) -> Result<AttachmentDownload, Error> {
        let body = Body::new(response, &self.call, self.deadline, self.limit)?;
        Ok(AttachmentDownload {
            media_type: body.media_type().map(str::to_owned),
            length: body.length(),
            state: State::Waiting(body),
            #[cfg(feature = "blocking")]
            runtime: self.call.runtime().clone(),
        })
    }
}

/// An attachment as it comes: a stream of its bytes, piece by piece, which ends after an error.
///
/// All of it has to come before the deadline of the call
/// ([`timeout`](DownloadAttachment::timeout)). A download that breaks off is not begun again:
/// [`is_retryable`](Error::is_retryable) says whether to call again.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { .. }: Scene) -> Done {
/// # let (_emulator, thread) = pictures().await?;
/// # let message = thread.list_messages().into_stream().try_next().await?.expect("a picture");
/// let picture = &message.content().attachments()[0];
/// let mut download = thread.download_attachment(picture).await?;
/// assert_eq!(download.media_type(), Some("image/png"));
/// let mut written = 0;
/// while let Some(piece) = download.try_next().await? {
///     written += piece.len(); // Write it somewhere.
/// }
/// assert_eq!(Some(written as u64), download.content_length());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct AttachmentDownload {
    media_type: Option<String>,
    length: Option<u64>,
    state: State,
    #[cfg(feature = "blocking")]
    runtime: crate::blocking::Runtime,
}

/// A piece of a body, and the rest.
type Read = (Body, Result<Option<Bytes>, Error>);

enum State {
    Waiting(Body),
    Reading(SyncWrapper<BoxFuture<'static, Read>>),
    Done,
}

impl AttachmentDownload {
    /// What it is, such as `image/png`, if the service says so.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// How many bytes it has, if the service says so.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.length
    }

    /// The next piece, or nothing when all of it has come.
    ///
    /// # Errors
    /// [`Timeout`](crate::ErrorKind::Timeout) and
    /// [`ConnectionLost`](crate::ErrorKind::ConnectionLost) when it breaks off,
    /// [`InvalidResponse`](crate::ErrorKind::InvalidResponse) when it is larger than
    /// [`max_bytes`](DownloadAttachment::max_bytes).
    pub async fn try_next(&mut self) -> Result<Option<Bytes>, Error> {
        let next = std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx));
        next.await.transpose()
    }

    /// All of it, in memory.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next).
    pub async fn bytes(mut self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    /// The pieces without async: an iterator that waits for each.
    #[cfg(feature = "blocking")]
    pub fn into_blocking_iter(self) -> crate::blocking::BlockingIter<Self> {
        let runtime = self.runtime.clone();
        crate::blocking::BlockingIter::new(self, &runtime)
    }

    /// As [`bytes`](Self::bytes), without async: the calling thread waits.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next), and
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) within a tokio runtime.
    #[cfg(feature = "blocking")]
    pub fn bytes_blocking(self) -> Result<Vec<u8>, Error> {
        let runtime = self.runtime.clone();
        crate::blocking::block_on(&runtime, self.bytes())?
    }
}

impl Stream for AttachmentDownload {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Waiting(mut body) => {
                    let reading = async move {
                        let piece = body.piece().await;
                        (body, piece)
                    };
                    self.state = State::Reading(SyncWrapper::new(Box::pin(reading)));
                }
                State::Reading(mut reading) => {
                    let Poll::Ready((body, piece)) = reading.get_mut().poll_unpin(cx) else {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    };
                    if matches!(piece, Ok(Some(_))) {
                        self.state = State::Waiting(body);
                    }
                    let piece = piece.map_err(|error| error.with_operation(DOWNLOAD_ATTACHMENT.id));
                    return Poll::Ready(piece.transpose());
                }
                State::Done => return Poll::Ready(None),
            }
        }
    }
}

impl fmt::Debug for AttachmentDownload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttachmentDownload")
            .field("media_type", &self.media_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
