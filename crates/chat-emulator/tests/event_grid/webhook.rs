//! A webhook that notes what it gets, and answers as it is told.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Longer than anything here takes on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }

    fn is_handshake(&self) -> bool {
        self.method == Method::OPTIONS
            || self.header("aeg-event-type") == Some("SubscriptionValidation")
    }

    /// The events of a delivery.
    pub(crate) fn events(&self) -> Vec<Value> {
        match &self.body {
            Value::Array(events) => events.clone(),
            event => vec![event.clone()],
        }
    }
}

/// How a request is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    Status(u16),
    /// Not at all.
    Never,
}

#[derive(Debug, Default)]
struct State {
    received: Vec<Received>,
    handshakes: VecDeque<Reply>,
    deliveries: VecDeque<Reply>,
}

/// It takes part in both handshakes and answers deliveries with 200, unless it is told otherwise.
#[derive(Debug)]
pub(crate) struct Webhook {
    /// With a secret in its query.
    pub(crate) url: String,
    state: Arc<watch::Sender<State>>,
}

impl Webhook {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(watch::Sender::new(State::default()));
        tokio::spawn(serve(listener, Arc::clone(&state)));
        Self {
            url: format!("http://{address}/hooks/chat?code=s3cret"),
            state,
        }
    }

    /// The answers to the next handshakes.
    pub(crate) fn answer_handshakes(&self, replies: &[Reply]) {
        self.state
            .send_modify(|state| state.handshakes.extend(replies));
    }

    /// The answers to the next deliveries.
    pub(crate) fn answer_deliveries(&self, replies: &[Reply]) {
        self.state
            .send_modify(|state| state.deliveries.extend(replies));
    }

    /// Everything so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.state.borrow().received.clone()
    }

    fn deliveries(&self) -> Vec<Received> {
        let mut received = self.received();
        received.retain(|received| !received.is_handshake());
        received
    }

    /// Waits until there have been `count` handshakes.
    pub(crate) async fn handshakes(&self, count: usize) -> Vec<Received> {
        let handshakes = || {
            let received = self.received().into_iter();
            received.filter(Received::is_handshake).collect::<Vec<_>>()
        };
        self.until(|| handshakes().len() >= count).await;
        handshakes()
    }

    /// Waits until there have been `count` deliveries, and gives them.
    pub(crate) async fn delivered(&self, count: usize) -> Vec<Received> {
        self.until(|| self.deliveries().len() >= count).await;
        let deliveries = self.deliveries();
        assert_eq!(deliveries.len(), count);
        deliveries
    }

    async fn until(&self, condition: impl Fn() -> bool) {
        let mut changes = self.state.subscribe();
        let waiting = async {
            while !condition() {
                changes.changed().await.unwrap();
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "{:#?}", self.received());
    }
}

async fn serve(listener: TcpListener, state: Arc<watch::Sender<State>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let state = Arc::clone(&state);
        let answer = service_fn(move |request| answer(Arc::clone(&state), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

async fn answer(
    state: Arc<watch::Sender<State>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let received = Received {
        method: head.method,
        target: head.uri.to_string(),
        headers: head.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let mut reply = None;
    state.send_modify(|state| {
        reply = match received.is_handshake() {
            true => state.handshakes.pop_front(),
            false => state.deliveries.pop_front(),
        };
        state.received.push(received.clone());
    });
    match reply {
        Some(Reply::Never) => std::future::pending().await,
        Some(Reply::Status(status)) => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            Ok(response)
        }
        None if received.method == Method::OPTIONS => {
            let origin = &received.headers["webhook-request-origin"];
            let response = Response::builder().header("webhook-allowed-origin", origin);
            Ok(response.body(Full::default()).unwrap())
        }
        None if received.is_handshake() => {
            let code = &received.body[0]["data"]["validationCode"];
            let body = json!({ "validationResponse": code }).to_string();
            Ok(Response::new(Full::from(body)))
        }
        None => Ok(Response::new(Full::default())),
    }
}
