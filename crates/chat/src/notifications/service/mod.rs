//! The requests to the service for notifications: allocating, shaking hands, opening the socket,
//! registering.
//!
//! They carry the access token to other hosts than the endpoint; [`Exchange`] checks each of them.

mod exchange;

use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method};
use reqwest::Request;
use serde_json::json;
use url::Url;

use super::address::{Identity, registration};
use super::allocation::Allocation;
use super::answers::{self, Unusable};
use super::configuration::configuration;
use super::failure::{Failure, Verdict};
use super::hosts::AllowedHosts;
use super::socket::{self, Socket};
use crate::clock::Clock;
use crate::credential::{AccessToken, CommunicationTokenCredential};
use crate::error::ErrorKind;
use crate::transport::Call;
use exchange::{Exchange, retry, unusable};

/// How long opening a socket may take, once it is known where.
const OPENING_TIMEOUT: Duration = Duration::from_secs(20);

/// How long before their end the parameters of an allocation are given up.
const BEFORE_THE_END: time::Duration = time::Duration::hours(1);

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain");

/// Makes the requests of one client for notifications.
#[derive(Debug)]
pub(super) struct Service {
    exchange: Exchange,
    clock: Arc<dyn Clock>,
    identity: Identity,
}

/// A socket that was opened, and what it was opened with.
pub(super) struct OpenSocket {
    pub(super) socket: Socket,
    pub(super) allocation: Arc<Allocation>,
    pub(super) heartbeat: Duration,
}

impl Service {
    pub(super) fn new(
        call: Call,
        credential: CommunicationTokenCredential,
        hosts: AllowedHosts,
        identity: Identity,
    ) -> Self {
        Self {
            clock: call.shared_clock(),
            exchange: Exchange::new(call, credential, hosts),
            identity,
        }
    }

    /// Opens a socket: with what was allocated earlier, or by asking the endpoint where.
    pub(super) async fn open(
        &self,
        attempt: u32,
        earlier: Option<Arc<Allocation>>,
    ) -> Result<OpenSocket, Failure> {
        let limit = self.clock.now() + BEFORE_THE_END;
        let earlier = earlier.filter(|allocation| {
            let expires_on = allocation.expires_on;
            !allocation.parameters.is_empty() && expires_on.is_none_or(|expiry| expiry > limit)
        });
        let (service, registrar) = match &earlier {
            Some(allocation) => (allocation.base.clone(), allocation.registrar.clone()),
            None => self.configuration().await?,
        };
        let opening = self.open_at(attempt, &service, &registrar, earlier.as_deref());
        let opened = tokio::time::timeout(OPENING_TIMEOUT, opening).await;
        opened.unwrap_or_else(|_| Err(retry(ErrorKind::Timeout, "opening the socket")))
    }

    /// Asks the endpoint where connections are allocated and registered.
    async fn configuration(&self) -> Result<(Url, Url), Failure> {
        let configuration = configuration(self.exchange.call()).await.map_err(|error| {
            let verdict = match error.kind() {
                ErrorKind::Credential => Verdict::NoToken,
                ErrorKind::Unauthorized if self.exchange.is_refreshing() => Verdict::TokenRefused,
                ErrorKind::Unauthorized
                | ErrorKind::InvalidArgument
                | ErrorKind::BadRequest
                | ErrorKind::Forbidden
                | ErrorKind::NotFound => Verdict::Final,
                _ => Verdict::Retry,
            };
            Failure::new(error, verdict)
        })?;
        let read = |text: &str| {
            let unreadable = Unusable("an address of the configuration is no URL");
            Url::parse(text).map_err(|_| unusable(unreadable))
        };
        let service = read(&configuration.trouter_service_url)?;
        let registrar = read(&configuration.registrar_service_url)?;
        // Nothing is sent to the one if the other will be refused.
        self.exchange.check(&service)?;
        self.exchange.check(&registrar)?;
        Ok((service, registrar))
    }

    async fn open_at(
        &self,
        attempt: u32,
        service: &Url,
        registrar: &Url,
        earlier: Option<&Allocation>,
    ) -> Result<OpenSocket, Failure> {
        let url = self.identity.allocation(service, earlier, attempt);
        let mut request = Request::new(Method::POST, address(url)?);
        request.headers_mut().insert(CONTENT_TYPE, TEXT);
        // Servers may refuse a POST that says nothing of its length.
        let nothing = HeaderValue::from_static("0");
        request.headers_mut().insert(CONTENT_LENGTH, nothing);
        let body = self
            .exchange
            .exchange(request, "allocating a connection")
            .await?;
        let allocation = answers::allocation(&body, registrar).map_err(unusable)?;
        self.exchange.check(&allocation.base)?;

        let now = self.clock.now().unix_timestamp_nanos() / 1_000_000;
        let url = self.identity.handshake(&allocation, attempt, now);
        let request = Request::new(Method::GET, address(url)?);
        let body = self.exchange.exchange(request, "the handshake").await?;
        let handshake = answers::handshake(&body).map_err(unusable)?;

        let url = self
            .identity
            .socket(&allocation, attempt, &handshake.session);
        let (request, key) = socket::upgrade(address(url)?);
        let response = self.exchange.send(request, "opening the socket").await?;
        if response.status() != http::StatusCode::SWITCHING_PROTOCOLS {
            return Err(self.exchange.refused(&response, None, "opening the socket"));
        }
        let socket = socket::open(response, &key)
            .await
            .map_err(|reason| unusable(Unusable(reason)))?;
        Ok(OpenSocket {
            socket,
            allocation: Arc::new(allocation),
            heartbeat: handshake.heartbeat,
        })
    }

    /// Tells the service where to send notifications. Gives for how long the token is valid, if
    /// another one will follow.
    pub(super) async fn register(
        &self,
        allocation: &Allocation,
        ttl: Duration,
    ) -> Result<Option<Duration>, Failure> {
        // What the service knows templates and fields by: those of its client for web pages.
        let body = json!({
            "clientDescription": {
                "appId": "AcsWeb",
                "aesKey": "",
                "languageId": "en-US",
                "platform": "SPOOL",
                "templateKey": "AcsWeb_Chat_2.1",
                "platformUIVersion": "0.0.0",
            },
            "registrationId": self.identity.endpoint_id.to_string(),
            "nodeId": "",
            "transports": {"TROUTER": [
                {"context": "", "path": allocation.callback, "ttl": ttl.as_secs()},
            ]},
        });
        let url = registration(&allocation.registrar, None);
        let mut request = Request::new(Method::POST, address(url)?);
        request.headers_mut().insert(CONTENT_TYPE, JSON);
        request.headers_mut().insert(ACCEPT, JSON);
        *request.body_mut() = Some(body.to_string().into());
        self.exchange
            .exchange(request, "registering for notifications")
            .await?;
        let expires_on = self.exchange.sent().as_ref().map(AccessToken::expires_on);
        let expires_on = expires_on.filter(|_| self.exchange.is_refreshing());
        Ok(expires_on.and_then(|expires_on| {
            let lasts = expires_on - self.clock.now();
            lasts.try_into().ok()
        }))
    }

    /// Tells the service to send no more notifications.
    pub(super) async fn unregister(&self, allocation: &Allocation) -> Result<(), Failure> {
        let url = registration(&allocation.registrar, Some(self.identity.endpoint_id));
        let request = Request::new(Method::DELETE, address(url)?);
        let done = self
            .exchange
            .exchange(request, "ending the registration")
            .await;
        done.map(drop)
    }

    /// The token that was sent last is not good any more.
    pub(super) fn refuse_token(&self) {
        self.exchange.refuse_token();
    }
}

fn address(url: Option<Url>) -> Result<Url, Failure> {
    url.ok_or_else(|| unusable(Unusable("an address takes no path")))
}
