//! A body that ends before its time.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::front::Reset;
use super::socket::Aborter;

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
