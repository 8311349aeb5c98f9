//! The service without its sockets: a request in, an answer out, at once.
//!
//! Everything passes through [`Service::handle`], so whatever watches or disturbs requests has one place
//! to stand.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use uuid::Uuid;

use crate::api::handlers::{self, Answer, Context};
use crate::api::operation::{self, Api, Operation, Route};
use crate::api::rate_limits::RateLimiter;
use crate::auth::token::TokenKey;
use crate::data::{Batch, Keys, NotWritten, Writer};
use crate::seed::SeededUser;
use crate::store::{Caller, Grant, Store, ThreadId};
use crate::wire::error::ApiError;
use crate::wire::query::Query;
use crate::wire::version::{
    CHAT_SUPPORTED, ChatVersion, Envelope, IDENTITY_SUPPORTED, IdentityVersion,
};

const API_SUPPORTED_VERSIONS: HeaderName = HeaderName::from_static("api-supported-versions");
const MS_CV: HeaderName = HeaderName::from_static("ms-cv");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const RETURN_CLIENT_REQUEST_ID: HeaderName =
    HeaderName::from_static("x-ms-return-client-request-id");

/// The chat and identity service over one store.
pub(crate) struct Service {
    store: Mutex<Store>,
    token_key: TokenKey,
    access_key: Vec<u8>,
    rate_limiter: Option<Mutex<RateLimiter>>,
    writer: Option<Writer>,
}

impl Service {
    /// A service that knows its owner and its tokens by `keys`.
    pub(crate) fn new(store: Store, keys: Keys) -> Self {
        let token_key = TokenKey::new(keys.token_key, store.resource());
        Self {
            store: Mutex::new(store),
            token_key,
            access_key: keys.access_key,
            rate_limiter: None,
            writer: None,
        }
    }

    /// Writes down what changes from now on.
    pub(crate) fn write_to(&mut self, writer: Writer) {
        self.writer = Some(writer);
    }

    /// Begins to refuse requests that come too often.
    pub(crate) fn limit_rates(&mut self) {
        self.rate_limiter = Some(Mutex::new(RateLimiter::new()));
    }

    /// The users of a seed with the tokens that they were granted.
    pub(crate) fn seeded(&self, grants: Vec<(String, Grant)>) -> Vec<SeededUser> {
        let users = grants.into_iter().map(|(name, grant)| SeededUser {
            name,
            id: grant.user.to_string(),
            token: self.token_key.sign(&grant),
        });
        users.collect()
    }

    /// Answers a request, or says why its body could not be read.
    pub(crate) fn handle(&self, head: &Parts, body: Result<Bytes, ApiError>) -> Response<Bytes> {
        let api = Api::of(head.uri.path());
        let query = Query::parse(head.uri.query().unwrap_or_default());
        let envelope = envelope_of(api, query.as_ref().ok());
        let route = operation::route(&head.method, head.uri.path());
        let operation = route.as_ref().map(|route| route.operation).ok();
        let answer = body.and_then(|body| self.answer(head, &body, route?, query?));
        let mut response = match answer {
            Ok(answer) => answer.into_response(),
            Err(error) => error.into_response(envelope),
        };
        add_headers(&head.headers, api, response.headers_mut());
        tracing::debug!(
            ?operation,
            method = %head.method,
            path = head.uri.path(),
            status = response.status().as_u16(),
            "answered",
        );
        response
    }

    fn answer(
        &self,
        head: &Parts,
        body: &Bytes,
        route: Route,
        query: Query,
    ) -> Result<Answer, ApiError> {
        let version = query
            .get("api-version")
            .ok_or_else(ApiError::api_version_unspecified)?;
        let version = version.to_owned();
        let context = Context {
            service: self,
            parameters: route.parameters,
            head,
            body,
            origin: origin(head)?,
            query,
        };
        match route.operation {
            Operation::Chat(operation) => match ChatVersion::parse(&version) {
                Some(version) => handlers::chat(&context, operation, version),
                None => Err(ApiError::unsupported_api_version(&version, CHAT_SUPPORTED)),
            },
            Operation::Identity(operation) => match IdentityVersion::parse(&version) {
                Some(version) => handlers::identity(&context, operation, version),
                None => Err(ApiError::unsupported_api_version(
                    &version,
                    IDENTITY_SUPPORTED,
                )),
            },
        }
    }

    /// Counts a request whose caller is known, and refuses what comes too often.
    pub(crate) fn admit(
        &self,
        operation: Operation,
        caller: Option<&Caller>,
        thread: &str,
    ) -> Result<(), ApiError> {
        let Some(limiter) = &self.rate_limiter else {
            return Ok(());
        };
        let thread = ThreadId::parse(thread);
        let now = self.store().now();
        let mut limiter = limiter.lock().unwrap_or_else(PoisonError::into_inner);
        limiter.admit(
            operation,
            caller.map(|caller| &caller.user),
            thread.as_ref(),
            now,
        )?;
        Ok(())
    }

    /// Forgets how many requests have come.
    pub(crate) fn forget_rates(&self) {
        if let Some(limiter) = &self.rate_limiter {
            *limiter.lock().unwrap_or_else(PoisonError::into_inner) = RateLimiter::new();
        }
    }

    /// The store, for one command or question.
    pub(crate) fn store(&self) -> StoreGuard<'_> {
        // Commands check everything before they change anything, so a panic leaves nothing half done.
        StoreGuard {
            store: self.store.lock().unwrap_or_else(PoisonError::into_inner),
            writer: self.writer.as_ref(),
        }
    }

    /// Whether the state is written down at all.
    pub(crate) fn writes(&self) -> bool {
        self.writer.is_some()
    }

    /// Waits until all that has changed so far is written down, where it is.
    pub(crate) async fn written(&self) -> Result<(), NotWritten> {
        match &self.writer {
            Some(writer) => writer.written().await,
            None => Ok(()),
        }
    }

    /// Writes down how far the clock has been moved in all, if anything is.
    pub(crate) fn write_clock(&self, offset_millis: i64) {
        if let Some(writer) = &self.writer {
            writer.enqueue(Batch {
                changes: Vec::new(),
                clock_offset_millis: Some(offset_millis),
            });
        }
    }

    pub(crate) fn token_key(&self) -> &TokenKey {
        &self.token_key
    }

    pub(crate) fn access_key(&self) -> &[u8] {
        &self.access_key
    }
}

/// The store, held by one request. When it is let go, what has changed is on its way to the data file.
#[derive(Debug)]
pub(crate) struct StoreGuard<'a> {
    store: MutexGuard<'a, Store>,
    writer: Option<&'a Writer>,
}

impl Deref for StoreGuard<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl DerefMut for StoreGuard<'_> {
    fn deref_mut(&mut self) -> &mut Store {
        &mut self.store
    }
}

impl Drop for StoreGuard<'_> {
    fn drop(&mut self) {
        // Still under the lock: changes are written in the order in which they were made.
        if let Some(writer) = self.writer {
            writer.enqueue(Batch {
                changes: self.store.take_changes(),
                clock_offset_millis: None,
            });
        }
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

/// How an error of a request is wrapped.
pub(crate) fn envelope(head: &Parts) -> Envelope {
    let query = Query::parse(head.uri.query().unwrap_or_default()).ok();
    envelope_of(Api::of(head.uri.path()), query.as_ref())
}

fn envelope_of(api: Api, query: Option<&Query>) -> Envelope {
    let version = query.and_then(|query| query.get("api-version"));
    match api {
        Api::Chat => version
            .and_then(ChatVersion::parse)
            .map_or(Envelope::Contract, ChatVersion::envelope),
        Api::Identity => Envelope::Contract,
    }
}

/// Scheme and authority of a request. The emulator speaks plain HTTP only.
pub(crate) fn origin(head: &Parts) -> Result<String, ApiError> {
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    match host.or_else(|| head.uri.authority().map(|authority| authority.as_str())) {
        Some(host) if !host.is_empty() => Ok(format!("http://{host}")),
        _ => Err(ApiError::bad_request("The request has no Host header.")),
    }
}

/// Adds what every answer has.
pub(crate) fn add_headers(request: &HeaderMap, api: Api, response: &mut HeaderMap) {
    let supported = match api {
        Api::Chat => CHAT_SUPPORTED,
        Api::Identity => IDENTITY_SUPPORTED,
    };
    response.insert(API_SUPPORTED_VERSIONS, HeaderValue::from_static(supported));
    let vector = format!("{}.0", STANDARD_NO_PAD.encode(Uuid::new_v4().as_bytes()));
    if let Ok(vector) = HeaderValue::try_from(vector) {
        response.insert(MS_CV, vector);
    }
    let asked = request
        .get(RETURN_CLIENT_REQUEST_ID)
        .map(HeaderValue::as_bytes);
    let returns_id =
        api == Api::Identity || asked.is_some_and(|value| value.eq_ignore_ascii_case(b"true"));
    if let Some(id) = request.get(CLIENT_REQUEST_ID).filter(|_| returns_id) {
        response.insert(CLIENT_REQUEST_ID, id.clone());
    }
}
