//! A connection that can be reset: closed so that its peer does not get an orderly end but an error.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

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
}

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> (Self, Aborter) {
        let aborter = Aborter::default();
        let socket = Self {
            stream,
            aborter: aborter.clone(),
        };
        (socket, aborter)
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
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
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
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
