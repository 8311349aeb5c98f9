//! The handlers: decode, ask the store, encode. The rules are the store's.

mod identity;
mod messages;
mod participants;
mod receipts;
mod threads;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::operation::{ChatOperation, IdentityOperation};
use crate::api::request::Request;
use crate::api::route::Route;
use crate::api::service::Service;
use crate::auth::hmac::{self, Signed};
use crate::store::identifier::RawId;
use crate::store::{Caller, Content, Grant, MessageId, Store, ThreadId};
use crate::wire;
use crate::wire::attachment::Links;
use crate::wire::error::ApiError;
use crate::wire::query::Query;
use crate::wire::version::{Api, ChatVersion, IdentityVersion};

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// A request on its way through its handler.
pub(crate) struct Context<'a> {
    pub(crate) service: &'a Service,
    pub(crate) request: &'a Request,
    pub(crate) route: &'a Route,
    pub(crate) query: &'a Query,
    pub(crate) body: &'a Bytes,
    /// Scheme and authority that links begin with.
    pub(crate) base: String,
}

/// Answers a request to the chat API.
pub(crate) fn chat(
    context: &Context<'_>,
    operation: ChatOperation,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let grant = &context.grant()?;
    match operation {
        ChatOperation::ListChatThreads => threads::list(context, grant, version),
        ChatOperation::CreateChatThread => threads::create(context, grant, version),
        ChatOperation::GetChatThreadProperties => threads::properties(context, grant, version),
        ChatOperation::UpdateChatThreadProperties => threads::update(context, grant, version),
        ChatOperation::DeleteChatThread => threads::delete(context, grant),
        ChatOperation::ListChatMessages => messages::list(context, grant, version),
        ChatOperation::SendChatMessage => messages::send(context, grant),
        ChatOperation::GetChatMessage => messages::get(context, grant, version),
        ChatOperation::GetChatImage => messages::image(context, grant),
        ChatOperation::UpdateChatMessage => messages::update(context, grant),
        ChatOperation::DeleteChatMessage => messages::delete(context, grant),
        ChatOperation::ListChatParticipants => participants::list(context, grant, version),
        ChatOperation::AddChatParticipants => participants::add(context, grant, version),
        ChatOperation::RemoveChatParticipant => participants::remove(context, grant),
        ChatOperation::ListChatReadReceipts => receipts::list(context, grant, version),
        ChatOperation::SendChatReadReceipt => receipts::send(context, grant),
        ChatOperation::SendTypingNotification => receipts::typing(context, grant),
    }
}

/// Answers a request to the identity API.
pub(crate) fn identity(
    context: &Context<'_>,
    operation: IdentityOperation,
    version: IdentityVersion,
) -> Result<Answer, ApiError> {
    context.verify_signature()?;
    match operation {
        IdentityOperation::Create => identity::create(context, version),
        IdentityOperation::Delete => identity::delete(context),
        IdentityOperation::IssueAccessToken => identity::issue(context, version),
        IdentityOperation::RevokeAccessTokens => identity::revoke(context),
        IdentityOperation::ExchangeTeamsUserAccessToken => identity::exchange(context, version),
    }
}

/// Whether the head of a request says who its caller is. Whoever is unknown is answered 401, whatever the body
/// is.
pub(crate) fn knows_caller(service: &Service, request: &Request) -> bool {
    match request.api() {
        Api::Chat => {
            let grant = service.token_key().read(&request.head.headers);
            grant.is_ok_and(|grant| service.store().authorize(&grant).is_ok())
        }
        Api::Identity => verify_signature(service, request, None).is_ok(),
    }
}

fn verify_signature(
    service: &Service,
    request: &Request,
    body: Option<&[u8]>,
) -> Result<(), ApiError> {
    let signed = Signed {
        method: &request.head.method,
        target: request.target(),
        headers: &request.head.headers,
        host: request.host(),
        body,
    };
    let now = request.conditions.wall_clock();
    hmac::verify(&signed, service.access_key(), now)
}

impl Context<'_> {
    /// What the token that came with the request grants.
    fn grant(&self) -> Result<Grant, ApiError> {
        self.service.token_key().read(&self.request.head.headers)
    }

    fn verify_signature(&self) -> Result<(), ApiError> {
        verify_signature(self.service, self.request, Some(self.body))
    }

    /// Runs a command of the user with `grant`, if the user may ask now. Bodies have been read before: this is
    /// the only time that a request holds the store.
    fn as_caller<T>(
        &self,
        grant: &Grant,
        command: impl FnOnce(&mut Store, &Caller) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut store = self.service.store();
        let now = store.now();
        let until = self.request.conditions.lists_until(now);
        let caller = store.authorize(grant)?.with_lists_until(until);
        self.service
            .admit(self.route.operation, Some(&caller), self.parameter(0), now)?;
        command(&mut store, &caller)
    }

    /// As [`Self::as_caller`], of the owner of the access key, whose signature has been verified.
    fn as_owner<T>(
        &self,
        command: impl FnOnce(&mut Store) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut store = self.service.store();
        let now = store.now();
        self.service
            .admit(self.route.operation, None, self.parameter(0), now)?;
        command(&mut store)
    }

    fn parameter(&self, index: usize) -> &str {
        self.route.parameters.get(index).map_or("", String::as_str)
    }

    fn thread_id(&self) -> Result<ThreadId, ApiError> {
        ThreadId::parse(self.parameter(0)).ok_or_else(ApiError::malformed_thread_id)
    }

    fn message_id(&self) -> Result<MessageId, ApiError> {
        let text = self.parameter(1);
        MessageId::parse(text).ok_or_else(|| ApiError::malformed_message_id(text))
    }

    fn user_id(&self) -> Result<RawId, ApiError> {
        RawId::parse(self.parameter(0))
            .map_err(|_| ApiError::bad_request("Provided identity has invalid format."))
    }

    /// The JSON body, of the media type that the contract names for the method.
    fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let expected = match self.request.head.method {
            Method::PATCH => MERGE_PATCH,
            _ => JSON,
        };
        self.json_of(&[expected])
    }

    /// The JSON body, of one of these media types.
    fn json_of<T: DeserializeOwned>(&self, expected: &[&str]) -> Result<T, ApiError> {
        let given = self
            .request
            .head
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let essence = given
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        let known = |expected: &&str| essence.eq_ignore_ascii_case(expected);
        if !expected.iter().any(known) {
            let expected = expected.join(" or ");
            let message = format!("The media type of the body must be {expected}.");
            return Err(ApiError::bad_request(message));
        }
        wire::decode(self.body)
    }

    /// As [`Self::json`], of a body that may be left out.
    fn optional_json<T: DeserializeOwned>(&self) -> Result<Option<T>, ApiError> {
        if self.body.is_empty() {
            Ok(None)
        } else {
            self.json().map(Some)
        }
    }

    /// Where attachments of a thread are.
    fn links<'a>(&'a self, thread: &'a ThreadId) -> Links<'a> {
        Links {
            base: &self.base,
            thread,
        }
    }

    /// The URL of a thread in a `location`, where `@` stays as it is, and of what is at this path under it.
    fn location(&self, thread: &ThreadId, path: &[&str]) -> String {
        const LOCATION_RESERVED: &AsciiSet = &NON_ALPHANUMERIC
            .remove(b'-')
            .remove(b'.')
            .remove(b'_')
            .remove(b'@');
        let id = utf8_percent_encode(thread.as_str(), LOCATION_RESERVED);
        // More than most take.
        let mut location = String::with_capacity(256);
        location.extend([self.base.as_str(), "/chat/threads/"]);
        location.extend(id);
        location.extend(path.iter().copied());
        location
    }
}

/// A success.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    body: Option<(HeaderValue, Bytes)>,
    location: Option<String>,
}

impl Answer {
    fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, ApiError> {
        // Only a map whose keys are not strings could fail, and there is none.
        let json = serde_json::to_vec(body).unwrap_or_default();
        let media_type = HeaderValue::from_static("application/json; charset=utf-8");
        Ok(Self {
            status,
            body: Some((media_type, json.into())),
            location: None,
        })
    }

    /// Bytes of a media type of their own. One that cannot be said is that of any bytes.
    fn content(content: Content) -> Self {
        let media_type = HeaderValue::try_from(content.media_type)
            .unwrap_or(HeaderValue::from_static("application/octet-stream"));
        Self {
            status: StatusCode::OK,
            body: Some((media_type, content.bytes)),
            location: None,
        }
    }

    fn empty(status: StatusCode) -> Result<Self, ApiError> {
        Ok(Self {
            status,
            body: None,
            location: None,
        })
    }

    fn with_location(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let (media_type, body) = self.body.unzip();
        let mut response = Response::new(body.unwrap_or_default());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(media_type) = media_type {
            headers.insert(CONTENT_TYPE, media_type);
        }
        // A Host header that is no header value has not got this far.
        if let Some(location) = self
            .location
            .and_then(|url| HeaderValue::try_from(url).ok())
        {
            headers.insert(LOCATION, location);
        }
        response
    }
}
