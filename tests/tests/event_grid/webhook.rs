//! A webhook on `chat::event_grid::Webhook`, which keeps what it gets.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chat::event_grid::{Delivery, Event, Webhook};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;

const PATIENCE: Duration = Duration::from_secs(30);

/// The events so far, and the bodies in which they came.
#[derive(Debug, Default)]
struct Got {
    events: Vec<Event>,
    bodies: Vec<Bytes>,
}

/// A webhook with a secret in its query.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    got: Arc<watch::Sender<Got>>,
}

impl Endpoint {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://{}/events?code=s3cret",
            listener.local_addr().unwrap()
        );
        let got = Arc::new(watch::Sender::new(Got::default()));
        tokio::spawn(serve(listener, Arc::clone(&got)));
        Self { url, got }
    }

    /// Waits until there are `count` events, and gives them with the bodies of their deliveries.
    pub(crate) async fn wait(&self, count: usize) -> (Vec<Event>, Vec<Bytes>) {
        let mut changes = self.got.subscribe();
        let waited = changes.wait_for(|got| got.events.len() >= count);
        let waited = tokio::time::timeout(PATIENCE, waited).await;
        let got = waited.expect("the events come").unwrap();
        (got.events.clone(), got.bodies.clone())
    }
}

async fn serve(listener: TcpListener, got: Arc<watch::Sender<Got>>) {
    let webhook = Webhook::with_query_secret("code", "s3cret");
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (webhook, got) = (webhook.clone(), Arc::clone(&got));
        let service = service_fn(move |request| {
            let (webhook, got) = (webhook.clone(), Arc::clone(&got));
            async move { Ok::<_, Infallible>(answer(&webhook, &got, request).await) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(
    webhook: &Webhook,
    got: &watch::Sender<Got>,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    match webhook.receive(&head.uri, &head.headers, &body) {
        Ok(Delivery::Handshake(answer)) => answer.map(Full::from),
        Ok(Delivery::Events(events)) => {
            got.send_modify(|got| {
                got.events.extend(events);
                got.bodies.push(body);
            });
            Response::default()
        }
        Err(error) => {
            let mut response = Response::default();
            *response.status_mut() = error.status();
            response
        }
    }
}
