//! The sockets: connections in, requests to whoever answers them, answers out.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};

use crate::api::service;
use crate::http::front::{AnswerBody, Front, Reset, whole};
use crate::http::socket::{Aborter, Socket};
use crate::wire::error::ApiError;

/// More than any request within the documented limits needs.
pub(crate) const MAX_BODY: usize = 4 * 1024 * 1024;
const MAX_CONNECTIONS: usize = 2048;
/// How long a client may take to send the head of a request, and then its body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests under way may take when the server is asked to end.
const GRACE: Duration = Duration::from_secs(5);

/// Whoever answers requests.
pub(crate) trait Handler: Send + Sync + 'static {
    /// Answers a request, or has its connection reset.
    fn respond(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: Aborter,
    ) -> impl Future<Output = Result<Response<AnswerBody>, Reset>> + Send;
}

/// Serves until `stop` is sent to or dropped. `Stop::Graceful` lets requests under way end.
pub(crate) async fn serve(
    listener: TcpListener,
    handler: Arc<impl Handler>,
    stop: oneshot::Receiver<Stop>,
) {
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let accept = async {
        loop {
            // The semaphore is never closed.
            let Ok(permit) = Arc::clone(&connections).acquire_owned().await else {
                break;
            };
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, most likely: others have to end first.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let connection = connection(stream, Arc::clone(&handler), &graceful);
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection ended early");
                }
                drop(permit);
            });
        }
    };
    let stop = tokio::select! {
        () = accept => Stop::Now,
        stop = stop => stop.unwrap_or(Stop::Now),
    };
    drop(listener);
    if let Stop::Graceful = stop
        && tokio::time::timeout(GRACE, graceful.shutdown())
            .await
            .is_err()
    {
        tracing::warn!("requests under way were cut off");
    }
}

/// Serves as long as it is polled.
pub(crate) async fn serve_forever(listener: TcpListener, handler: Arc<impl Handler>) {
    let (_never, stop) = oneshot::channel();
    serve(listener, handler, stop).await;
}

/// How to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    Now,
    Graceful,
}

fn connection<H: Handler>(
    stream: TcpStream,
    handler: Arc<H>,
    graceful: &GracefulShutdown,
) -> impl Future<Output = hyper::Result<()>> + Send + use<H> {
    // Answers are small and awaited: nothing is won by waiting to fill a packet.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let (socket, aborter) = Socket::new(stream);
    let respond = service_fn(move |request| Arc::clone(&handler).respond(request, aborter.clone()));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .serve_connection(TokioIo::new(socket), respond);
    graceful.watch(connection)
}

impl Handler for Front {
    async fn respond(
        self: Arc<Self>,
        request: Request<Incoming>,
        connection: Aborter,
    ) -> Result<Response<AnswerBody>, Reset> {
        let (head, body) = request.into_parts();
        let body = read(body).await;
        let envelope = self.service.writes().then(|| service::envelope(&head));
        let response = self.answer(head, body, &connection).await;
        // Nobody is told anything that could still be lost.
        if let Some(envelope) = envelope
            && let Err(error) = self.service.written().await
        {
            return Ok(ApiError::not_written(error)
                .into_response(envelope)
                .map(whole));
        }
        response
    }
}

/// Reads a body, in bounded time and space.
pub(crate) async fn read(body: Incoming) -> Result<Bytes, ApiError> {
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
