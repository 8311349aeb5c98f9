//! A connection that can be reset: closed so that its peer does not get an orderly end but an error.

use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::response::Response;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// The connection that a request came over.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) peer: IpAddr,
    /// Whether it is one of TLS.
    pub(crate) encrypted: bool,
    pub(crate) aborter: Aborter,
}

/// There is no answer: the connection is to be reset. The listener finds this in the extensions of a
/// response.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection is reset on command")]
pub(crate) struct Reset;

impl Reset {
    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

/// How long a peer may leave an answer unread before it is taken to be gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// What the first message of TLS begins with, and no request of HTTP.
const TLS_HANDSHAKE: u8 = 0x16;

/// Has a connection reset when it is dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aborter(Arc<AtomicBool>);

impl Aborter {
    pub(crate) fn abort(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A TCP stream that is reset rather than closed once its [`Aborter`] has said so.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    aborter: Aborter,
    /// Whether the first byte has not been looked at.
    unread: bool,
    /// Runs while the peer takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Socket {
    /// A socket. TLS where none is expected is worth a line of the log.
    pub(crate) fn new(stream: TcpStream, expects_tls: bool) -> (Self, Aborter) {
        let aborter = Aborter::default();
        let socket = Self {
            stream,
            aborter: aborter.clone(),
            unread: !expects_tls,
            stalled: None,
        };
        (socket, aborter)
    }

    /// What came of writing, but an error when nothing has for too long.
    fn in_time<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(WRITE_TIMEOUT)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A socket that does not linger is closed by a TCP reset.
        if self.aborter.0.load(Ordering::Acquire)
            && let Err(error) = self.stream.set_zero_linger()
        {
            tracing::warn!(%error, "a connection is closed where it should have been reset");
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        if self.unread
            && let Some(first) = buffer.filled().get(before)
        {
            self.unread = false;
            if *first == TLS_HANDSHAKE {
                tracing::warn!(
                    "a client speaks TLS to a port of plain HTTP; start with --tls, or use http://"
                );
            }
        }
        poll
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.in_time(written, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.in_time(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_cut_off() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _peer = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let (mut socket, _aborter) = Socket::new(stream, false);
        let start = Instant::now();
        let more_than_is_buffered = vec![0; 64 * 1024 * 1024];
        let written = socket.write_all(&more_than_is_buffered);
        let written = tokio::time::timeout(10 * WRITE_TIMEOUT, written).await;
        let error = written.expect("it ends").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(start.elapsed() >= WRITE_TIMEOUT);
    }
}
