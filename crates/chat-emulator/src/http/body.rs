//! Bodies: read in bounded time and space, or ended before their time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Frame, SizeHint};

use crate::wire::error::ApiError;

use super::socket::{Aborter, Reset};

/// More than any request within the documented limits needs.
const MAX_BODY: usize = 4 * 1024 * 1024;
/// Whoever is unknown may send so much before it is told so: more than 200 participants with names take. Of a body
/// that is not read, the connection is closed with the answer, and a client that still sends may not see it.
const SMALL_BODY: u64 = 256 * 1024;
/// How long a client may take to send a body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// What becomes of the connection where the body breaks.
#[derive(Debug)]
pub(crate) enum Ending {
    /// It is closed as if the answer were whole.
    Close,
    /// It is reset.
    Reset(Aborter),
}

/// The beginning of a body, of which more was announced.
#[derive(Debug)]
pub(crate) struct BrokenBody {
    data: Option<Bytes>,
    announced: u64,
    ending: Ending,
    paused: bool,
}

impl BrokenBody {
    /// Sends `data` with a content length of `announced` and then ends the connection.
    pub(crate) fn new(data: Bytes, announced: usize, ending: Ending) -> Self {
        Self {
            data: Some(data),
            announced: announced as u64,
            ending,
            paused: false,
        }
    }
}

impl Body for BrokenBody {
    type Data = Bytes;
    type Error = Reset;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Reset>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if !self.paused {
            // What was given is sent while there is nothing more to take, and only then.
            self.paused = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Ending::Reset(aborter) = &self.ending {
            aborter.abort();
        }
        Poll::Ready(Some(Err(Reset)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}

/// Whether there is much to read, or nobody has said how much.
pub(crate) fn may_be_large(body: &axum::body::Body) -> bool {
    body.size_hint()
        .upper()
        .is_none_or(|length| length > SMALL_BODY)
}

/// Reads a body, in bounded time and space.
pub(crate) async fn read(body: axum::body::Body) -> Result<Bytes, ApiError> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > MAX_BODY {
        return Err(ApiError::payload_too_large(MAX_BODY));
    }
    let collected =
        tokio::time::timeout(READ_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await;
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(ApiError::payload_too_large(MAX_BODY))
        }
        Ok(Err(_)) => Err(ApiError::bad_request("The request body is cut off.")),
        Err(_) => Err(ApiError::timeout()),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use futures_util::stream;
    use tokio::time::{Instant, sleep};

    use super::*;

    /// A body of so many bytes, of which one comes each second.
    fn slow(bytes: usize) -> axum::body::Body {
        let bytes = stream::unfold(bytes, async |left| {
            sleep(Duration::from_secs(1)).await;
            let byte = Ok::<_, io::Error>(Bytes::from_static(b"x"));
            (left > 0).then(|| (byte, left - 1))
        });
        axum::body::Body::from_stream(Box::pin(bytes))
    }

    #[test]
    fn what_200_participants_take_is_read_whoever_sends_it_and_more_is_not() {
        let participant =
            2 * 100 + 128 + "communicationIdentifier communicationUser displayName".len();
        for (length, is_large) in [(200 * participant, false), (1_000_000, true)] {
            assert_eq!(
                may_be_large(&axum::body::Body::from(vec![0; length])),
                is_large,
                "{length}"
            );
        }
        assert!(may_be_large(&slow(1)), "nobody has said how much it is");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_takes_longer_than_30_seconds_is_refused_then_however_it_comes() {
        let stalled = axum::body::Body::from_stream(stream::pending::<Result<Bytes, io::Error>>());
        for body in [stalled, slow(100)] {
            let begin = Instant::now();
            let refused = read(body).await.unwrap_err();
            assert_eq!(begin.elapsed(), READ_TIMEOUT);
            assert_eq!(refused.status, ApiError::timeout().status);
            assert_eq!(refused.message, ApiError::timeout().message);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_slow_and_in_time_is_read() {
        let body = read(slow(28)).await.unwrap();
        assert_eq!(body.len(), 28);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_told_apart_from_one_that_is_slow() {
        let parts = [Ok(Bytes::from_static(b"{")), Err(io::Error::other("gone"))];
        let broken = axum::body::Body::from_stream(stream::iter(parts));
        let refused = read(broken).await.unwrap_err();
        assert_eq!(
            refused.message.as_deref(),
            Some("The request body is cut off.")
        );
    }
}
