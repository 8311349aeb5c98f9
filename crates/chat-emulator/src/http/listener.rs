//! The sockets: connections in, requests to whoever answers them, answers out.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};

use super::connections::{Connections, Place};
use super::serving::{self, Handler, READ_TIMEOUT, Responder, Stopping};
use super::socket::{Connection, Socket};
use super::tls::Acceptor;

/// More than programs on one machine need, and what a usual limit of open files allows.
pub(crate) const MAX_CONNECTIONS: usize = 2048;
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
    /// When so many connections are open, another one takes the place of one that is idle.
    pub(crate) most_connections: usize,
}

impl Listener {
    /// Serves until `stop` is sent to or dropped, which it gives. [`Stop::Graceful`] lets requests under way
    /// end.
    pub(crate) async fn serve(self, handler: impl Handler, stop: oneshot::Receiver<Stop>) -> Stop {
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
        stop
    }

    /// Serves as long as it is polled.
    pub(crate) async fn serve_forever(self, handler: impl Handler) {
        let (_never, stop) = oneshot::channel();
        self.serve(handler, stop).await;
    }

    async fn accept(&self, handler: impl Handler, stopping: &watch::Sender<()>) {
        let connections = Connections::new(self.most_connections);
        loop {
            let stream = match self.socket.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, most likely: others have to end first.
                    tracing::warn!(%error, "a connection could not be accepted");
                    connections.make_room();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let place = connections.enter().await;
            let connection = connection(
                stream,
                self.tls.clone(),
                handler.clone(),
                self.logged,
                Arc::clone(&place),
                stopping.subscribe(),
            );
            tokio::spawn(async move {
                tokio::select! {
                    ended = connection => {
                        if let Err(error) = ended {
                            tracing::debug!(error, "a connection ended early");
                        }
                    }
                    () = place.wanted() => tracing::debug!("an idle connection makes room"),
                }
            });
        }
    }
}

async fn connection(
    stream: TcpStream,
    tls: Option<Acceptor>,
    handler: impl Handler,
    logged: bool,
    place: Arc<Place>,
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
        place,
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

#[cfg(test)]
mod tests {
    use axum::Router;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: h\r\n\r\n";

    #[tokio::test]
    async fn idle_connections_and_those_that_never_ask_make_room_for_new_ones() {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let listener = Listener {
            socket,
            tls: None,
            logged: false,
            most_connections: 2,
        };
        let router = Router::new().fallback(async || "ok");
        tokio::spawn(listener.serve_forever(router));

        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(&REQUEST[..10]).await.unwrap();
        for round in 0..10 {
            let mut client = TcpStream::connect(address).await.unwrap();
            client.write_all(REQUEST).await.unwrap();
            let mut answer = [0; 12];
            let read = client.read_exact(&mut answer);
            let read = tokio::time::timeout(Duration::from_secs(20), read).await;
            read.expect("it is answered").unwrap();
            assert_eq!(&answer, b"HTTP/1.1 200", "{round}");
            // It stays open, and nobody asks anything over it.
            tokio::spawn(async move { client.read_to_end(&mut Vec::new()).await });
        }
        let ended = slow.read(&mut [0]).await;
        assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    }
}
