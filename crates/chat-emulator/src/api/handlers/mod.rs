//! The handlers: decode, ask the store, encode. The rules are the store's.

mod identity;
mod messages;
mod participants;
mod receipts;
mod threads;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::condition::{ClockSkew, ListLag};
use crate::api::operation::{ChatOperation, IdentityOperation, Operation};
use crate::api::service::Service;
use crate::auth::hmac::{self, Signed};
use crate::store::identifier::RawId;
use crate::store::{Caller, MessageId, Refusal, ThreadId};
use crate::wire;
use crate::wire::error::ApiError;
use crate::wire::query::Query;
use crate::wire::version::{ChatVersion, IdentityVersion};

/// A request on its way through its handler. It cannot be printed, as it holds a credential.
pub(crate) struct Context<'a> {
    pub(crate) service: &'a Service,
    /// The variable segments of the path.
    pub(crate) parameters: Vec<String>,
    pub(crate) head: &'a Parts,
    pub(crate) body: &'a Bytes,
    pub(crate) query: Query,
    /// Scheme and authority as the caller has written them: links lead back the way it came.
    pub(crate) origin: String,
}

/// Answers a request to the chat API.
pub(crate) fn chat(
    context: &Context<'_>,
    operation: ChatOperation,
    version: ChatVersion,
) -> Result<Answer, ApiError> {
    let caller = context.caller()?;
    context.admit(Operation::Chat(operation), Some(&caller))?;
    match operation {
        ChatOperation::ListChatThreads => threads::list(context, &caller, version),
        ChatOperation::CreateChatThread => threads::create(context, &caller, version),
        ChatOperation::GetChatThreadProperties => threads::properties(context, &caller, version),
        ChatOperation::UpdateChatThreadProperties => threads::update(context, &caller, version),
        ChatOperation::DeleteChatThread => threads::delete(context, &caller),
        ChatOperation::ListChatMessages => messages::list(context, &caller, version),
        ChatOperation::SendChatMessage => messages::send(context, &caller),
        ChatOperation::GetChatMessage => messages::get(context, &caller, version),
        ChatOperation::UpdateChatMessage => messages::update(context, &caller),
        ChatOperation::DeleteChatMessage => messages::delete(context, &caller),
        ChatOperation::ListChatParticipants => participants::list(context, &caller, version),
        ChatOperation::AddChatParticipants => participants::add(context, &caller, version),
        ChatOperation::RemoveChatParticipant => participants::remove(context, &caller),
        ChatOperation::ListChatReadReceipts => receipts::list(context, &caller, version),
        ChatOperation::SendChatReadReceipt => receipts::send(context, &caller),
        ChatOperation::SendTypingNotification => receipts::typing(context, &caller),
    }
}

/// Answers a request to the identity API.
pub(crate) fn identity(
    context: &Context<'_>,
    operation: IdentityOperation,
    version: IdentityVersion,
) -> Result<Answer, ApiError> {
    context.verify_signature()?;
    context.admit(Operation::Identity(operation), None)?;
    match operation {
        IdentityOperation::Create => identity::create(context, version),
        IdentityOperation::Delete => identity::delete(context),
        IdentityOperation::IssueAccessToken => identity::issue(context, version),
        IdentityOperation::RevokeAccessTokens => identity::revoke(context),
        IdentityOperation::ExchangeTeamsUserAccessToken => identity::exchange(context, version),
    }
}

impl Context<'_> {
    /// The user whose token came with the request.
    fn caller(&self) -> Result<Caller, ApiError> {
        let grant = self.service.token_key().read(&self.head.headers)?;
        let store = self.service.store();
        let until = ListLag::horizon(&self.head.extensions, store.now());
        Ok(store.authorize(&grant)?.with_lists_until(until))
    }

    fn verify_signature(&self) -> Result<(), ApiError> {
        let Parts {
            method,
            uri,
            headers,
            ..
        } = self.head;
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let signed = Signed {
            method,
            target,
            headers,
            body: self.body,
        };
        hmac::verify(
            &signed,
            self.service.access_key(),
            ClockSkew::now(&self.head.extensions),
        )
    }

    /// Refuses what comes too often, where rates are limited.
    fn admit(&self, operation: Operation, caller: Option<&Caller>) -> Result<(), ApiError> {
        self.service.admit(operation, caller, self.parameter(0))
    }

    fn parameter(&self, index: usize) -> &str {
        self.parameters.get(index).map_or("", String::as_str)
    }

    fn thread_id(&self) -> Result<ThreadId, ApiError> {
        ThreadId::parse(self.parameter(0)).ok_or_else(ApiError::malformed_thread_id)
    }

    fn message_id(&self) -> Result<MessageId, ApiError> {
        let text = self.parameter(1);
        MessageId::parse(text).ok_or_else(|| ApiError::malformed_message_id(text))
    }

    fn user_id(&self) -> Result<RawId, ApiError> {
        RawId::parse(self.parameter(0)).map_err(|error| Refusal::from(error).into())
    }

    /// The JSON body, of the media type that the contract names for the method.
    fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let expected = if self.head.method == Method::PATCH {
            "application/merge-patch+json"
        } else {
            "application/json"
        };
        let given = self
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
        if !essence.eq_ignore_ascii_case(expected) {
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

    /// The URL of a thread in a `location`, where `@` stays as it is.
    fn thread_location(&self, thread: &ThreadId) -> String {
        const LOCATION_RESERVED: &AsciiSet = &NON_ALPHANUMERIC
            .remove(b'-')
            .remove(b'.')
            .remove(b'_')
            .remove(b'@');
        let id = utf8_percent_encode(thread.as_str(), LOCATION_RESERVED);
        format!("{}/chat/threads/{id}", self.origin)
    }
}

/// A success.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    json: Option<Vec<u8>>,
    location: Option<String>,
}

impl Answer {
    fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, ApiError> {
        // Only a map whose keys are not strings could fail, and there is none.
        let json = serde_json::to_vec(body).unwrap_or_default();
        Ok(Self {
            status,
            json: Some(json),
            location: None,
        })
    }

    fn empty(status: StatusCode) -> Result<Self, ApiError> {
        Ok(Self {
            status,
            json: None,
            location: None,
        })
    }

    fn with_location(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let has_body = self.json.is_some();
        let mut response = Response::new(Bytes::from(self.json.unwrap_or_default()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if has_body {
            let json = HeaderValue::from_static("application/json; charset=utf-8");
            headers.insert(CONTENT_TYPE, json);
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
