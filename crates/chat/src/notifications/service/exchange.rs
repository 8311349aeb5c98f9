//! One request to the service for notifications, and what its answer means.
//!
//! Whatever a request is for: it goes to no host that is not allowed, and its address, which is
//! secret, is in no error.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use chat_rest::read_body;
use http::{HeaderName, HeaderValue};
use reqwest::{Request, Response};
use url::Url;

use super::super::answers::Unusable;
use super::super::failure::{Failure, Verdict};
use super::super::hosts::AllowedHosts;
use crate::credential::{AccessToken, CommunicationTokenCredential};
use crate::endpoint::is_loopback;
use crate::error::{Error, ErrorKind};
use crate::transport::{Call, response_head};

/// How long one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The most bytes of an answer that are read.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

const TOKEN: HeaderName = HeaderName::from_static("x-skypetoken");
const DEPRECATED: &str = "x-trouter-skypetoken-deprecated";

/// Sends requests on behalf of one user.
#[derive(Debug)]
pub(super) struct Exchange {
    call: Call,
    credential: CommunicationTokenCredential,
    hosts: AllowedHosts,
    http: OnceLock<reqwest::Client>,
    /// For plain http to this machine: without any proxy.
    direct: OnceLock<reqwest::Client>,
    /// The token that was sent last.
    sent: Mutex<Option<AccessToken>>,
}

impl Exchange {
    pub(super) fn new(
        call: Call,
        credential: CommunicationTokenCredential,
        hosts: AllowedHosts,
    ) -> Self {
        Self {
            call,
            credential,
            hosts,
            http: OnceLock::new(),
            direct: OnceLock::new(),
            sent: Mutex::default(),
        }
    }

    pub(super) fn call(&self) -> &Call {
        &self.call
    }

    /// Whether another token follows the one there is.
    pub(super) fn is_refreshing(&self) -> bool {
        self.credential.is_refreshing()
    }

    /// The token that was sent last.
    pub(super) fn sent(&self) -> MutexGuard<'_, Option<AccessToken>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token that was sent last is not good any more.
    pub(super) fn refuse_token(&self) {
        if let Some(token) = &*self.sent() {
            self.credential.refused(&token.header_value());
        }
    }

    /// Sends a request with the token, and reads the answer, which has to be one of success.
    pub(super) async fn exchange(
        &self,
        mut request: Request,
        what: &'static str,
    ) -> Result<Vec<u8>, Failure> {
        let token = self.credential.token().await.map_err(|error| {
            let error = error.with_context(what);
            Failure::new(error, Verdict::NoToken)
        })?;
        let mut value = HeaderValue::from_str(token.secret())
            .map_err(|_| retry(ErrorKind::Credential, "the token can't be sent"))?;
        value.set_sensitive(true);
        request.headers_mut().insert(TOKEN, value);
        *self.sent() = Some(token.clone());
        let exchange = async {
            let mut response = self.send(request, what).await?;
            if !response.status().is_success() {
                return Err(self.refused(&response, Some(&token), what));
            }
            let body = read_body(&mut response, MAX_ANSWER_BYTES).await;
            let body = body.map_err(|_| retry(ErrorKind::InvalidResponse, what))?;
            Ok(body.to_vec())
        };
        let exchanged = tokio::time::timeout(REQUEST_TIMEOUT, exchange).await;
        exchanged.unwrap_or_else(|_| Err(retry(ErrorKind::Timeout, what)))
    }

    pub(super) async fn send(
        &self,
        request: Request,
        what: &'static str,
    ) -> Result<Response, Failure> {
        self.check(request.url())?;
        let http = self.http(request.url())?;
        http.execute(request).await.map_err(|error| {
            let kind = match error.is_connect() {
                true => ErrorKind::Connect,
                false => ErrorKind::ConnectionLost,
            };
            let error = Error::new(kind)
                .with_context(what)
                .with_source(error.without_url());
            Failure::new(error, Verdict::Retry)
        })
    }

    /// Nothing goes to a host that is not allowed.
    pub(super) fn check(&self, url: &Url) -> Result<(), Failure> {
        if self.hosts.allow(url) {
            return Ok(());
        }
        let context = format!(
            "the service names {}://{} for notifications, which is not known as its own: nothing was \
             sent there (allow_domain() permits it)",
            url.scheme(),
            url.host_str().unwrap_or_default()
        );
        let error = Error::new(ErrorKind::InvalidResponse).with_context(context);
        Err(Failure::new(error, Verdict::Final))
    }

    fn http(&self, url: &Url) -> Result<&reqwest::Client, Failure> {
        // What is allowed by plain http is this machine, or what the caller has allowed.
        let is_direct = url.scheme() == "http" && url.host().is_some_and(|host| is_loopback(&host));
        let client = if is_direct { &self.direct } else { &self.http };
        if let Some(client) = client.get() {
            return Ok(client);
        }
        let made = self.call.new_http1(is_direct);
        let made = made.map_err(|error| Failure::new(error, Verdict::Final))?;
        Ok(client.get_or_init(|| made))
    }

    /// What an answer means that is none of success.
    pub(super) fn refused(
        &self,
        response: &Response,
        token: Option<&AccessToken>,
        what: &'static str,
    ) -> Failure {
        let head = response_head(response, false);
        let status = head.status;
        let error = Error::new(ErrorKind::of_status(status)).with_head(Some(head));
        if response
            .headers()
            .get(DEPRECATED)
            .is_some_and(|value| value == "1")
        {
            let error = error.with_context(
                "the service takes no access tokens for notifications any more \
                 (skypetoken-deprecated)",
            );
            return Failure::new(error, Verdict::Final);
        }
        let verdict = match status {
            401 => match token.map(|token| self.credential.refused(&token.header_value())) {
                Some(true) => Verdict::TokenRefused,
                Some(false) => Verdict::Final,
                // The socket has no token: what identifies it is not valid any more.
                None => Verdict::Refused,
            },
            408 | 429 => Verdict::Retry,
            400..=499 => Verdict::Refused,
            _ => Verdict::Retry,
        };
        Failure::new(error.with_context(what), verdict)
    }
}

pub(super) fn unusable(reason: Unusable) -> Failure {
    retry(ErrorKind::InvalidResponse, reason.0)
}

pub(super) fn retry(kind: ErrorKind, what: &'static str) -> Failure {
    Failure::new(Error::new(kind).with_context(what), Verdict::Retry)
}
