//! A request body that tells whether it was begun to be sent.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Whether a request was begun to be sent. Until then nothing of it has left, however long the
/// connection has been in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Begun(Arc<AtomicBool>);

impl Begun {
    pub(super) fn is_true(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Replaces the body of a request by one that takes note when it is asked for: the HTTP client
    /// does so when it has a connection, and before it writes anything to it.
    pub(super) fn watch(&self, request: &mut reqwest::Request) {
        let body = request.body_mut().take().unwrap_or_default();
        let begun = self.clone();
        *request.body_mut() = Some(reqwest::Body::wrap(Watched { body, begun }));
    }
}

struct Watched {
    body: reqwest::Body,
    begun: Begun,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        self.begun.0.store(true, Ordering::Release);
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use http_body_util::BodyExt;

    use super::*;

    #[test]
    fn a_request_is_begun_when_its_body_is_asked_for_and_the_body_ends_with_its_one_frame() {
        let begun = Begun::default();
        let mut body = Watched {
            body: reqwest::Body::from("hello"),
            begun: begun.clone(),
        };
        assert_eq!(body.size_hint().exact(), Some(5));
        assert!(!body.is_end_stream() && !begun.is_true());

        let frame = body.frame().now_or_never().unwrap().unwrap().unwrap();

        assert_eq!(frame.into_data().unwrap(), "hello");
        assert!(body.is_end_stream() && begun.is_true());
        assert_eq!(body.size_hint().exact(), Some(0));
        assert!(body.frame().now_or_never().unwrap().is_none());
    }
}
