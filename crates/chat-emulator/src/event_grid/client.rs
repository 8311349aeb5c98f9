//! The HTTP client that reaches webhooks.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::connector::{self, Connector};
use super::endpoint::Endpoint;
use super::retry::Outcome;

/// How long a webhook may take to answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// More of an answer is not read.
const MAX_BODY: usize = 64 * 1024;

/// Sends requests to one webhook. It follows no redirect.
#[derive(Clone, Debug)]
pub(super) struct Client {
    client: legacy::Client<Connector, Full<Bytes>>,
    timeout: Duration,
}

/// What a webhook has answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Empty if it is too long, or breaks off.
    pub(super) body: Bytes,
}

impl Client {
    /// A client for this endpoint, or why there can be none.
    pub(super) fn new(endpoint: &Endpoint) -> std::io::Result<Self> {
        let connector = connector::new(endpoint)?;
        let client = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self {
            client,
            timeout: TIMEOUT,
        })
    }

    /// Sends a request. Without an answer it says why.
    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, Outcome> {
        let exchange = async {
            let (head, body) = self.client.request(request).await?.into_parts();
            let body = Limited::new(body, MAX_BODY).collect().await;
            Ok(Answer {
                status: head.status,
                headers: head.headers,
                body: body.map(|body| body.to_bytes()).unwrap_or_default(),
            })
        };
        match tokio::time::timeout(self.timeout, exchange).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err::<_, legacy::Error>(error)) => {
                // It names the address at most, and nothing of the query.
                tracing::debug!(%error, "the webhook of Event Grid cannot be reached");
                Err(Outcome::SocketError)
            }
            Err(_) => Err(Outcome::TimedOut),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// What becomes of a request to this address when 50 milliseconds are all that it may take.
    async fn outcome(address: std::net::SocketAddr) -> Outcome {
        let endpoint = Endpoint::parse(&format!("http://{address}/")).unwrap();
        let mut client = Client::new(&endpoint).unwrap();
        client.timeout = Duration::from_millis(50);
        let mut request = Request::new(Full::default());
        *request.uri_mut() = endpoint.uri().clone();
        client.send(request).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_webhook_that_does_not_answer_and_one_that_is_not_there_are_told_apart() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = silent.local_addr().unwrap();
        assert_eq!(outcome(address).await, Outcome::TimedOut);
        drop(silent);
        assert_eq!(outcome(address).await, Outcome::SocketError);
        assert_eq!(TIMEOUT, Duration::from_secs(30));
    }
}
