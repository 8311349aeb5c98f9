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

#[cfg(test)]
mod tests {
    use axum::Router;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::http::connections::Connections;
    use crate::http::socket::Aborter;

    /// The end of a client whose connection is served.
    async fn connect() -> (DuplexStream, watch::Sender<()>) {
        let (client, server) = tokio::io::duplex(1024);
        let (stop, stopping) = watch::channel(());
        let responder = Responder {
            handler: Router::new().fallback(async || "ok"),
            connection: Connection {
                peer: [127, 0, 0, 1].into(),
                encrypted: false,
                aborter: Aborter::default(),
            },
            logged: false,
            place: Connections::new(1).enter().await,
        };
        tokio::spawn(http1(server, responder, stopping));
        (client, stop)
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_send_a_whole_head_is_cut_off_after_30_seconds() {
        // Nothing at all, a part, and a part that grows without end.
        for (sent, grows) in [
            ("", false),
            ("GET / HTTP/1.1\r\nhost", false),
            ("GET /", true),
        ] {
            let (client, _stop) = connect().await;
            let begin = Instant::now();
            let (mut reading, mut writing) = tokio::io::split(client);
            writing.write_all(sent.as_bytes()).await.unwrap();
            let drip = tokio::spawn(async move {
                while grows && writing.write_all(b"x").await.is_ok() {
                    sleep(Duration::from_secs(4)).await;
                }
                std::future::pending::<()>().await;
                drop(writing);
            });
            let mut answer = Vec::new();
            reading.read_to_end(&mut answer).await.unwrap();
            assert_eq!(begin.elapsed().as_secs(), 30, "{sent}");
            let answer = String::from_utf8(answer).unwrap();
            assert!(!answer.contains(" 200 "), "{answer}");
            drip.abort();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_slow_and_in_time_is_answered() {
        let (mut client, _stop) = connect().await;
        for part in [
            "GET / HTTP/1.1\r\n",
            "host: h\r\n",
            "connection: close\r\n\r\n",
        ] {
            sleep(Duration::from_secs(9)).await;
            client.write_all(part.as_bytes()).await.unwrap();
        }
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.ends_with("ok"), "{answer}");
    }
}
