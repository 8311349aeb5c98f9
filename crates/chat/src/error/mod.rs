//! The one error type of the library.

mod kind;
mod recovery;
mod show;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::time::Duration;

pub use kind::{ErrorKind, RequestEffect};
pub use recovery::Recovery;
use uuid::Uuid;

use crate::models::{
    ChatError, ChatMessageId, ChatThreadId, CommunicationUserIdentifier, Cursor, IdempotencyToken,
    ParseError, RetryInfo, SendKey, UnfinishedAdd, UserCursor,
};
use crate::paging::continuation::Continuation;
use crate::response::ResponseHead;

/// What a call can fail with.
///
/// [`kind`](Self::kind) says what went wrong in the end, [`effect`](Self::effect) whether the
/// service may have done what was asked, by any request of the call. What was seen of the last
/// response stays readable: status, error body, request id, and the ids of what was created before
/// something went wrong. What is needed to go on is in [`recovery`](Self::recovery).
///
/// `Display` shows neither tokens nor message content, and does not repeat its
/// [`source`](StdError::source).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, .. }: Scene) -> Done {
/// use chat::{ErrorKind, RequestEffect};
///
/// let thread = client.chat_thread_client("19:00000000000000000000000000000000@thread.v2");
/// let error = thread.send_message("Hello").await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NotFound);
/// assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
/// assert_eq!(error.http_status(), Some(404));
/// eprintln!("{error}; for the service's support: {:?}", error.ms_cv());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[doc(alias("HttpResponseError", "RestError", "RequestFailedException"))]
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    /// What the last request did.
    effect: RequestEffect,
    retryable: bool,
    context: Option<Cow<'static, str>>,
    operation: Option<&'static str>,
    client_request_id: Option<Uuid>,
    head: Option<ResponseHead>,
    body: Option<ChatError>,
    retry_info: RetryInfo,
    recovery: Option<Recovery>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Making errors.
impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                effect: kind.usual_effect(),
                retryable: kind.is_usually_retryable(),
                context: None,
                operation: None,
                client_request_id: None,
                head: None,
                body: None,
                retry_info: RetryInfo::default(),
                recovery: None,
                source: None,
            }),
        }
    }

    pub(crate) fn invalid_argument(context: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidArgument).with_context(context)
    }

    pub(crate) fn with_effect(mut self, effect: RequestEffect) -> Self {
        self.inner.effect = effect;
        self
    }

    pub(crate) fn with_retryable(mut self, retryable: bool) -> Self {
        self.inner.retryable = retryable;
        self
    }

    pub(crate) fn with_context(mut self, context: impl Into<Cow<'static, str>>) -> Self {
        self.inner.context = Some(context.into());
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    pub(crate) fn with_operation(mut self, operation: &'static str) -> Self {
        self.inner.operation = Some(operation);
        self
    }

    pub(crate) fn with_client_request_id(mut self, id: Uuid) -> Self {
        self.inner.client_request_id = Some(id);
        self
    }

    pub(crate) fn with_head(mut self, head: Option<ResponseHead>) -> Self {
        self.inner.head = head;
        self
    }

    pub(crate) fn with_body(mut self, body: Option<ChatError>) -> Self {
        self.inner.body = body;
        self
    }

    pub(crate) fn with_retry_info(mut self, info: RetryInfo) -> Self {
        self.inner.retry_info = info;
        self
    }

    pub(crate) fn with_recovery(mut self, recovery: Recovery) -> Self {
        self.inner.recovery = Some(recovery);
        self
    }

    /// Says where a list can go on, if not from its beginning.
    pub(crate) fn with_continuation(mut self, continuation: Option<Continuation>) -> Self {
        self.inner.recovery = continuation.map(Recovery::List);
        self
    }

    /// What the last request of the call did; [`effect`](Self::effect) speaks of all.
    pub(crate) fn attempt_effect(&self) -> RequestEffect {
        self.inner.effect
    }
}

#[cfg(feature = "test-util")]
impl Error {
    /// An error of a kind, as a test of a program may want it to happen. Nothing else is known of
    /// it.
    #[must_use]
    pub fn from_kind(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

/// Reading errors.
impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether the service did what the call asked for, by this request or by an earlier one that
    /// was repeated: a 403 after a 500 is [`Unknown`](RequestEffect::Unknown), since the 500 may
    /// have been carried out.
    #[must_use]
    pub fn effect(&self) -> RequestEffect {
        match self.inner.effect {
            RequestEffect::NotCarriedOut if self.inner.retry_info.in_doubt => {
                RequestEffect::Unknown
            }
            effect => effect,
        }
    }

    /// Whether any request of the call left without it being known what became of it.
    #[must_use]
    pub fn in_doubt(&self) -> bool {
        self.inner.retry_info.in_doubt || self.inner.effect == RequestEffect::Unknown
    }

    /// Whether making the same call again, a little later, is safe and may succeed: the connection
    /// could not be made, there were too many requests, or the service failed or its response broke
    /// off on an operation that is safe to repeat. An
    /// [`OutcomeUnknown`](ErrorKind::OutcomeUnknown) never is.
    ///
    /// To repeat [`create_chat_thread`](crate::ChatClient::create_chat_thread), give the
    /// [`idempotency_token`](Self::idempotency_token) again: without it another thread is created.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.inner.retryable
    }

    /// Whether the request left and it is not known what became of it, on an operation that is not
    /// safe to repeat. It may have taken effect.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.kind() == ErrorKind::OutcomeUnknown
    }

    /// Whether there were too many requests (429, or no room under the rate governor). This request
    /// had no effect; [`effect`](Self::effect) speaks for the whole call.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.kind() == ErrorKind::TooManyRequests
    }

    /// Whether what was asked for is not there (404). This request had no effect; [`effect`](Self::effect)
    /// speaks for the whole call.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// Whether the user may not do this (403). This request had no effect; [`effect`](Self::effect)
    /// speaks for the whole call.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.kind() == ErrorKind::Forbidden
    }

    /// Whether the token was refused (401). This request had no effect; [`effect`](Self::effect)
    /// speaks for the whole call.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }

    /// The operation of the service that failed, such as `sendChatMessage`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.inner.operation
    }

    /// The status of the last response, if one came.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.inner.head.as_ref().map(|head| head.status)
    }

    /// What the service said went wrong, if it said so in a form that can be read.
    #[must_use]
    pub fn service_error(&self) -> Option<&ChatError> {
        self.inner.body.as_ref()
    }

    /// The service's error code, such as `Forbidden`.
    #[must_use]
    pub fn error_code(&self) -> Option<&str> {
        self.service_error()
            .map(ChatError::code)
            .filter(|code| !code.is_empty())
    }

    /// The response's `MS-CV`, which the service's support asks for.
    #[must_use]
    pub fn ms_cv(&self) -> Option<&str> {
        self.inner.head.as_ref()?.ms_cv.as_deref()
    }

    /// The response's `x-ms-request-id`, if the service gave one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.head.as_ref()?.request_id.as_deref()
    }

    /// The `x-ms-client-request-id` that went out with the request.
    #[must_use]
    pub fn client_request_id(&self) -> Option<Uuid> {
        self.inner.client_request_id
    }

    /// How long the service asks to wait before the next try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.head.as_ref()?.retry_after
    }

    /// What is needed in order to go on; nothing if making the call again is all there is to do.
    #[must_use]
    pub fn recovery(&self) -> Option<&Recovery> {
        self.inner.recovery.as_ref()
    }

    /// The token a thread was to be created with; see [`Recovery::CreateThread`].
    #[must_use]
    pub fn idempotency_token(&self) -> Option<&IdempotencyToken> {
        match self.recovery()? {
            Recovery::CreateThread(token) => Some(token),
            _ => None,
        }
    }

    /// The key of a message that was to be sent
    /// [`exactly_once`](crate::operations::SendMessage::exactly_once); see
    /// [`Recovery::SendMessage`].
    #[must_use]
    pub fn send_key(&self) -> Option<&SendKey> {
        match self.recovery()? {
            Recovery::SendMessage(key) => Some(key),
            _ => None,
        }
    }

    /// How far adding participants had come; see [`Recovery::AddParticipants`].
    #[must_use]
    pub fn unfinished_add(&self) -> Option<&UnfinishedAdd> {
        match self.recovery()? {
            Recovery::AddParticipants(unfinished) => Some(unfinished),
            _ => None,
        }
    }

    /// The user that was created before something went wrong; see [`Recovery::CreateUser`].
    #[must_use]
    pub fn created_user(&self) -> Option<&CommunicationUserIdentifier> {
        match self.recovery()? {
            Recovery::CreateUser(user) => Some(user),
            _ => None,
        }
    }

    /// Where a list can go on that gave this error; see [`Recovery::List`].
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        match self.recovery()? {
            Recovery::List(continuation) => Some(continuation),
            _ => None,
        }
    }

    /// How far a thread was followed before this error; see [`Recovery::Watch`].
    #[must_use]
    pub fn cursor(&self) -> Option<&Cursor> {
        match self.recovery()? {
            Recovery::Watch(cursor) => Some(cursor),
            _ => None,
        }
    }

    /// How far all threads of a user were followed before this error; see [`Recovery::WatchUser`].
    #[must_use]
    pub fn user_cursor(&self) -> Option<&UserCursor> {
        match self.recovery()? {
            Recovery::WatchUser(cursor) => Some(cursor),
            _ => None,
        }
    }

    /// How many requests were made, and how long was waited between them.
    #[must_use]
    pub fn retry_info(&self) -> RetryInfo {
        self.inner.retry_info
    }

    /// The thread that was created before something went wrong.
    #[must_use]
    pub fn created_thread_id(&self) -> Option<ChatThreadId> {
        self.inner.head.as_ref()?.created_thread_id()
    }

    /// The message that was stored before something went wrong.
    #[must_use]
    pub fn created_message_id(&self) -> Option<ChatMessageId> {
        self.inner.head.as_ref()?.created_message_id()
    }
}

impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl From<ParseError> for Error {
    fn from(error: ParseError) -> Self {
        Self::invalid_argument(error.to_string())
    }
}

#[cfg(test)]
mod tests;
