//! The body of a response that is read piece by piece.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use reqwest::Response;

use super::call::Call;
use super::deadline::Deadline;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};

/// The body of a response that is read piece by piece, before the deadline of its call and no
/// further than to a limit.
pub(crate) struct Body {
    response: Response,
    host: Box<str>,
    clock: Arc<dyn Clock>,
    deadline: Deadline,
    /// How many bytes may still come.
    left: u64,
}

impl Body {
    /// The body of a response to this call; an error if it says that it is longer than the limit.
    pub(crate) fn new(
        response: Response,
        call: &Call,
        deadline: Deadline,
        limit: u64,
    ) -> Result<Self, Error> {
        if response.content_length().is_some_and(|all| all > limit) {
            return Err(too_large());
        }
        Ok(Self {
            response,
            host: call.endpoint().host().into(),
            clock: Arc::clone(call.pipeline.transport.clock()),
            deadline,
            left: limit,
        })
    }

    pub(crate) fn media_type(&self) -> Option<&str> {
        self.response.headers().get(CONTENT_TYPE)?.to_str().ok()
    }

    /// How many bytes there will be, if the service has said so.
    pub(crate) fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The next piece; nothing at the end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        let piece = self.deadline.within(&*self.clock, self.response.chunk());
        let piece = match piece.await {
            Some(Ok(piece)) => piece,
            Some(Err(error)) if error.is_timeout() => {
                let error = Error::new(ErrorKind::Timeout);
                return Err(error.with_context("the HTTP client's own timeout is over"));
            }
            Some(Err(error)) => {
                return Err(Error::new(ErrorKind::ConnectionLost)
                    .with_context(format!("host {}", self.host))
                    .with_source(error.without_url()));
            }
            None => {
                let error = Error::new(ErrorKind::Timeout);
                return Err(error.with_context("the timeout of the call"));
            }
        };
        let length = piece.as_ref().map_or(0, |piece| piece.len() as u64);
        self.left = self.left.checked_sub(length).ok_or_else(too_large)?;
        Ok(piece)
    }
}

fn too_large() -> Error {
    Error::new(ErrorKind::InvalidResponse)
        .with_context("it is larger than what is read (max_bytes)")
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
