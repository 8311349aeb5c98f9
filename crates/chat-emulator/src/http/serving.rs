//! One connection: requests from it to the handler, and answers back, until it ends or the server does.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tower::Service;

use super::connections::Place;
use super::socket::{Connection, Reset};

/// How long a client may take to greet, and to send the head of a request.
pub(super) const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// Changes when the server ends.
pub(super) type Stopping = watch::Receiver<()>;
/// How a connection has ended.
pub(super) type Result = std::result::Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Whoever answers requests. A response with the extension [`Reset`] has the connection reset.
pub(crate) trait Handler:
    Service<Request<Body>, Response = Response, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> Handler for S where
    S: Service<Request<Body>, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// Answers the requests of one connection.
#[derive(Clone, Debug)]
pub(super) struct Responder<H> {
    pub(super) handler: H,
    pub(super) connection: Connection,
    /// Whether each request is worth a line of the log at the level info, or only at debug.
    pub(super) logged: bool,
    pub(super) place: Arc<Place>,
}

impl<H: Handler> Responder<H> {
    pub(super) async fn respond(
        mut self,
        request: Request<Incoming>,
    ) -> std::result::Result<Response, Reset> {
        let _under_way = self.place.request();
        let line = Line::begin(&request, self.logged);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(self.connection.clone());
        let Ok(response) = self.handler.call(request).await;
        let reset = response.extensions().get::<Reset>().copied();
        if let Some(line) = line {
            line.end(reset.is_none().then(|| response.status().as_u16()));
        }
        match reset {
            None => Ok(response),
            Some(reset) => {
                self.connection.aborter.abort();
                Err(reset)
            }
        }
    }
}

/// Speaks HTTP/1.1 until the connection ends, or the server does and the request under way is answered.
pub(super) async fn http1<H: Handler>(
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    responder: Responder<H>,
    stopping: Stopping,
) -> Result {
    let respond = service_fn(move |request| responder.clone().respond(request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .serve_connection(TokioIo::new(io), respond)
        .with_upgrades();
    until_stopped(connection, |it| it.graceful_shutdown(), stopping).await
}

/// Serves a connection until it ends. `shut_down` has it end when the server does.
pub(super) async fn until_stopped<C>(
    connection: C,
    shut_down: impl FnOnce(Pin<&mut C>),
    mut stopping: Stopping,
) -> Result
where
    C: Future<Output = hyper::Result<()>>,
{
    let mut connection = pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return ended.map_err(Into::into),
        _ = stopping.changed() => shut_down(connection.as_mut()),
    }
    connection.await.map_err(Into::into)
}

/// A line of the log about a request.
struct Line {
    method: http::Method,
    uri: http::Uri,
    begin: Instant,
    at_info: bool,
}

impl Line {
    /// Nothing if it would not be logged.
    fn begin(request: &Request<Incoming>, at_info: bool) -> Option<Self> {
        let enabled = match at_info {
            true => tracing::enabled!(tracing::Level::INFO),
            false => tracing::enabled!(tracing::Level::DEBUG),
        };
        enabled.then(|| Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            begin: Instant::now(),
            at_info,
        })
    }

    /// The query is left out, as it may hold secrets.
    fn end(self, status: Option<u16>) {
        let (method, path, duration) = (self.method, self.uri.path(), self.begin.elapsed());
        match (self.at_info, status) {
            (true, Some(status)) => tracing::info!(%method, path, status, ?duration, "answered"),
            (true, None) => tracing::info!(%method, path, ?duration, "reset on command"),
            (false, status) => tracing::debug!(%method, path, status, ?duration, "commanded"),
        }
    }
}
