//! The sockets: connections in, requests to the [`Service`], answers out.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};

use crate::error::ApiError;
use crate::service::Service;

/// More than any request within the documented limits needs.
pub(crate) const MAX_BODY: usize = 4 * 1024 * 1024;
const MAX_CONNECTIONS: usize = 2048;
/// How long a client may take to send the head of a request, and then its body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests under way may take when the server is asked to end.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `stop` is sent to or dropped. `Stop::Graceful` lets requests under way end.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
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
            let connection = connection(stream, Arc::clone(&service), &graceful);
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

/// How to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    Now,
    Graceful,
}

fn connection(
    stream: TcpStream,
    service: Arc<Service>,
    graceful: &GracefulShutdown,
) -> impl Future<Output = hyper::Result<()>> + Send + use<> {
    // Answers are small and awaited: nothing is won by waiting to fill a packet.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let handler = service_fn(move |request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(respond(&service, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .serve_connection(TokioIo::new(stream), handler);
    graceful.watch(connection)
}

async fn respond(service: &Service, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = read(body).await;
    service.handle(&head, body).map(Full::new)
}

async fn read(body: Incoming) -> Result<Bytes, ApiError> {
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
