//! The sockets: connections in, requests to whoever answers them, answers out.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot, watch};

use super::serving::{self, Handler, READ_TIMEOUT, Responder, Stopping};
use super::socket::{Connection, Socket};
use super::tls::Acceptor;

const MAX_CONNECTIONS: usize = 2048;
/// How long requests under way may take when the server is asked to end.
const GRACE: Duration = Duration::from_secs(5);

/// How to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    Now,
    Graceful,
}

/// A socket to listen on, and how what comes over it is served.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    /// With it TLS is spoken, and nothing else.
    pub(crate) tls: Option<Acceptor>,
    /// Whether each request is worth a line of the log at the level info, or only at debug.
    pub(crate) logged: bool,
}

impl Listener {
    /// Serves until `stop` is sent to or dropped. [`Stop::Graceful`] lets requests under way end.
    pub(crate) async fn serve(self, handler: impl Handler, stop: oneshot::Receiver<Stop>) {
        let (stopping, _) = watch::channel(());
        let stop = tokio::select! {
            () = self.accept(handler, &stopping) => Stop::Now,
            stop = stop => stop.unwrap_or(Stop::Now),
        };
        drop(self);
        if let Stop::Graceful = stop {
            stopping.send_replace(());
            // Each connection holds a receiver until it has ended.
            if tokio::time::timeout(GRACE, stopping.closed())
                .await
                .is_err()
            {
                tracing::warn!("requests under way were cut off");
            }
        }
    }

    /// Serves as long as it is polled.
    pub(crate) async fn serve_forever(self, handler: impl Handler) {
        let (_never, stop) = oneshot::channel();
        self.serve(handler, stop).await;
    }

    async fn accept(&self, handler: impl Handler, stopping: &watch::Sender<()>) {
        let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        // The semaphore is never closed.
        while let Ok(permit) = Arc::clone(&connections).acquire_owned().await {
            let stream = match self.socket.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, most likely: others have to end first.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let (tls, logged) = (self.tls.clone(), self.logged);
            let connection = connection(stream, tls, handler.clone(), logged, stopping.subscribe());
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(error, "a connection ended early");
                }
                drop(permit);
            });
        }
    }
}

async fn connection(
    stream: TcpStream,
    tls: Option<Acceptor>,
    handler: impl Handler,
    logged: bool,
    mut stopping: Stopping,
) -> serving::Result {
    // Answers are small and awaited: nothing is won by waiting to fill a packet.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let peer = stream.peer_addr()?.ip();
    let (socket, aborter) = Socket::new(stream, tls.is_some());
    let responder = Responder {
        handler,
        connection: Connection {
            peer,
            encrypted: tls.is_some(),
            aborter,
        },
        logged,
    };
    let Some(tls) = tls else {
        return serving::http1(socket, responder, stopping).await;
    };
    tokio::select! {
        accepted = tokio::time::timeout(READ_TIMEOUT, tls.accept(socket)) => {
            accepted??.serve(responder, stopping.clone()).await
        }
        _ = stopping.changed() => Ok(()),
    }
}
