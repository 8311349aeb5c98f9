//! The requests of clients of notifications, and what they are answered.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use hyper::upgrade::OnUpgrade;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::api::headers;
use crate::api::operation::NotificationOperation;
use crate::api::request::Request;
use crate::api::route::Route;
use crate::http::socket::Connection;
use crate::store::Grant;
use crate::store::identifier::RawId;
use crate::wire::error::ApiError;
use crate::wire::query::Query;

use super::hub::Hub;
use super::registration::NewRegistration;
use super::socket;
use super::traffic::Served;

/// The one api-version of the configuration, whatever that of the chat API is.
const CONFIGURATION_VERSION: &str = "2024-09-01";
const JSON: &str = "application/json; charset=utf-8";

impl Hub {
    /// Answers a request.
    pub(crate) fn answer(
        self: &Arc<Self>,
        operation: NotificationOperation,
        request: &Request,
    ) -> Response<Bytes> {
        let answered = self.carry_out(operation, request);
        let mut response = answered.unwrap_or_else(|error| error.into_response(request.envelope()));
        headers::add_vector(response.headers_mut());
        response
    }

    fn carry_out(
        self: &Arc<Self>,
        operation: NotificationOperation,
        request: &Request,
    ) -> Result<Response<Bytes>, ApiError> {
        use NotificationOperation as N;

        let body = request.body.as_ref().map_err(Clone::clone)?;
        let query = request.query.as_ref().map_err(Clone::clone)?;
        let route = request.route.as_ref();
        let route = route.map_err(|no| ApiError::from(no.clone()))?;
        let head = &request.head.headers;
        match operation {
            N::GetNotificationConfiguration => {
                self.user(self.service.token_key().read(head))?;
                configuration(query, request)
            }
            N::AllocateNotificationEndpoint => {
                let user = self.user_of_skype_token(head)?;
                let allocation = self.allocate(user, query, request.base()?)?;
                Ok(json_response(&allocation))
            }
            N::OpenNotificationSession => {
                let user = self.user_of_skype_token(head)?;
                let opened = self.open(&user, query)?;
                let mut response = Response::new(Bytes::from(opened));
                let text = HeaderValue::from_static("text/plain");
                response.headers_mut().insert(CONTENT_TYPE, text);
                Ok(response)
            }
            N::ConnectNotificationSocket => self.upgrade(first(route), query, request),
            N::PollNotifications => {
                self.user_of_skype_token(head)?;
                self.poll(first(route), query)
            }
            N::PostNotificationPackets => {
                self.user_of_skype_token(head)?;
                self.posted(first(route), query, body)
            }
            N::RegisterNotifications => {
                let user = self.user_of_skype_token(head)?;
                self.register(&user, NewRegistration::read(body)?)?;
                Ok(accepted())
            }
            N::UnregisterNotifications => {
                let user = self.user_of_skype_token(head)?;
                self.unregister(&user, first(route));
                Ok(accepted())
            }
            // These are no requests of clients.
            N::DeliverNotification | N::PingNotifications => Err(ApiError::no_operation()),
        }
    }

    /// Answers 101, and serves the socket once the connection is one.
    fn upgrade(
        self: &Arc<Self>,
        session: &str,
        query: &Query,
        request: &Request,
    ) -> Result<Response<Bytes>, ApiError> {
        let head = &request.head;
        let key = websocket_key(&head.headers)?;
        let upgrade = head.extensions.get::<OnUpgrade>().cloned();
        let connection = head.extensions.get::<Connection>();
        let (Some(upgrade), Some(connection)) = (upgrade, connection) else {
            let message = "A websocket needs a connection of HTTP/1.1.";
            return Err(ApiError::bad_request(message));
        };
        let served = Served {
            number: self.connect(session, query)?,
            hub: Arc::clone(self),
        };
        let aborter = connection.aborter.clone();
        self.spawn(socket::serve(served, upgrade, aborter));

        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        if let Ok(accept) = HeaderValue::try_from(derive_accept_key(key.as_bytes())) {
            headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
        }
        Ok(response)
    }

    fn user_of_skype_token(&self, headers: &HeaderMap) -> Result<RawId, ApiError> {
        self.user(self.service.token_key().read_skype_token(headers))
    }

    /// The user of a token that is good for chat.
    fn user(&self, grant: Result<Grant, ApiError>) -> Result<RawId, ApiError> {
        let caller = self.service.store().authorize(&grant?)?;
        caller.require_taking_part()?;
        Ok(caller.user)
    }
}

fn configuration(query: &Query, request: &Request) -> Result<Response<Bytes>, ApiError> {
    let base = request.base()?;
    let version = query
        .get("api-version")
        .ok_or_else(ApiError::api_version_unspecified)?;
    if version != CONFIGURATION_VERSION {
        let url = format!("{base}{}", request.head.uri.path());
        return Err(ApiError::unsupported_api_version(version, &url));
    }
    Ok(json_response(&json!({
        "trouterServiceUrl": base,
        "registrarServiceUrl": format!("{base}/registrar/prod"),
        "cloudType": "Public",
    })))
}

/// The key of a request to make its connection a websocket.
fn websocket_key(headers: &HeaderMap) -> Result<&str, ApiError> {
    let has = |name: HeaderName, token: &str| {
        let values = headers.get_all(name).into_iter();
        let mut tokens = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','));
        tokens.any(|one| one.trim().eq_ignore_ascii_case(token))
    };
    let key = headers.get(SEC_WEBSOCKET_KEY);
    let key = key.and_then(|key| key.to_str().ok());
    let asked = has(CONNECTION, "upgrade") && has(UPGRADE, "websocket");
    let version = has(http::header::SEC_WEBSOCKET_VERSION, "13");
    key.filter(|_| asked && version)
        .ok_or_else(|| ApiError::bad_request("This is no request for a websocket of version 13."))
}

fn first(route: &Route) -> &str {
    route.parameters.first().map_or("", String::as_str)
}

fn json_response(body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    let json = HeaderValue::from_static(JSON);
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn accepted() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
