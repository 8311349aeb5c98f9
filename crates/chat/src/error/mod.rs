//! The one error type of the library.

mod head;
mod kind;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

pub(crate) use head::AnswerHead;
pub use kind::{ErrorKind, RequestEffect};

use crate::models::{
    ChatError, ChatMessageId, ChatThreadId, CommunicationUserIdentifier, IdempotencyToken,
    RetryInfo, SendKey, UnfinishedAdd,
};
use crate::paging::continuation::Continuation;

/// What a call can fail with.
///
/// [`kind`](Self::kind) says what went wrong, [`effect`](Self::effect) whether the service may have
/// done what was asked. What was seen of the service's answer stays readable: status, error body,
/// request id, and the ids of what was created before something went wrong.
///
/// `Display` shows neither tokens nor message content, and does not repeat its
/// [`source`](StdError::source).
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    context: Option<Cow<'static, str>>,
    operation: Option<Cow<'static, str>>,
    head: Option<AnswerHead>,
    body: Option<ChatError>,
    client_request_id: Option<Box<str>>,
    idempotency_token: Option<IdempotencyToken>,
    created_user: Option<CommunicationUserIdentifier>,
    broken_off: bool,
    retry_info: RetryInfo,
    send_key: Option<SendKey>,
    unfinished_add: Option<UnfinishedAdd>,
    continuation: Option<Continuation>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                context: None,
                operation: None,
                head: None,
                body: None,
                client_request_id: None,
                idempotency_token: None,
                created_user: None,
                broken_off: false,
                retry_info: RetryInfo::default(),
                send_key: None,
                unfinished_add: None,
                continuation: None,
                source: None,
            }),
        }
    }

    pub(crate) fn invalid_argument(context: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidArgument).with_context(context)
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

    pub(crate) fn with_operation(mut self, operation: impl Into<Cow<'static, str>>) -> Self {
        self.inner.operation = Some(operation.into());
        self
    }

    pub(crate) fn with_head(mut self, head: Option<AnswerHead>) -> Self {
        self.inner.head = head;
        self
    }

    pub(crate) fn with_body(mut self, body: Option<ChatError>) -> Self {
        self.inner.body = body;
        self
    }

    pub(crate) fn with_client_request_id(mut self, id: impl Into<Box<str>>) -> Self {
        self.inner.client_request_id = Some(id.into());
        self
    }

    pub(crate) fn with_idempotency_token(mut self, token: IdempotencyToken) -> Self {
        self.inner.idempotency_token = Some(token);
        self
    }

    /// The answer ended too early, to an operation that is safe to repeat.
    pub(crate) fn broken_off(mut self) -> Self {
        self.inner.broken_off = true;
        self
    }

    pub(crate) fn with_retry_info(mut self, info: RetryInfo) -> Self {
        self.inner.retry_info = info;
        self
    }

    pub(crate) fn with_send_key(mut self, key: SendKey) -> Self {
        self.inner.send_key = Some(key);
        self
    }

    pub(crate) fn with_unfinished_add(mut self, unfinished: UnfinishedAdd) -> Self {
        self.inner.unfinished_add = Some(unfinished);
        self
    }

    pub(crate) fn with_continuation(mut self, continuation: Option<Continuation>) -> Self {
        self.inner.continuation = continuation;
        self
    }

    #[cfg(feature = "identity")]
    pub(crate) fn with_created_user(mut self, user: CommunicationUserIdentifier) -> Self {
        self.inner.created_user = Some(user);
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether the service did what the request asked for.
    #[must_use]
    pub fn effect(&self) -> RequestEffect {
        match self.kind() {
            ErrorKind::InvalidArgument
            | ErrorKind::Credential
            | ErrorKind::Connect
            | ErrorKind::BadRequest
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::TooManyRequests => RequestEffect::NotCarriedOut,
            ErrorKind::InvalidResponse | ErrorKind::InvalidNextLink => RequestEffect::CarriedOut,
            ErrorKind::UnexpectedStatus => match self.http_status() {
                // 408: the service gave up on the request, at whatever point of it.
                Some(300..=407 | 409..=499) => RequestEffect::NotCarriedOut,
                Some(200..=299) => RequestEffect::CarriedOut,
                _ => RequestEffect::Unknown,
            },
            ErrorKind::Timeout | ErrorKind::ConnectionLost if self.answered_with_success() => {
                RequestEffect::CarriedOut
            }
            ErrorKind::Timeout
            | ErrorKind::ConnectionLost
            | ErrorKind::OutcomeUnknown
            | ErrorKind::ServiceUnavailable => RequestEffect::Unknown,
        }
    }

    fn answered_with_success(&self) -> bool {
        self.inner.head.as_ref().is_some_and(AnswerHead::is_success)
    }

    /// Whether making the same call again, a little later, is safe and may go well: the connection
    /// could not be made, there were too many requests, or the service failed or its answer broke
    /// off on an operation that is safe to repeat. An [`OutcomeUnknown`](ErrorKind::OutcomeUnknown) never is.
    ///
    /// To repeat [`create_chat_thread`](crate::ChatClient::create_chat_thread), give the
    /// [`idempotency_token`](Self::idempotency_token) again: without it another thread is created.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::ConnectionLost
            | ErrorKind::TooManyRequests
            | ErrorKind::ServiceUnavailable => true,
            ErrorKind::UnexpectedStatus => {
                matches!(self.http_status(), Some(408 | 500..=599))
            }
            ErrorKind::InvalidResponse => self.inner.broken_off,
            _ => false,
        }
    }

    /// Whether the request left and its fate is unknown, on an operation that is not safe to
    /// repeat. It may have taken effect.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.kind() == ErrorKind::OutcomeUnknown
    }

    /// Whether there were too many requests (429). The request had no effect.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.kind() == ErrorKind::TooManyRequests
    }

    /// Whether what was asked for is not there (404). The request had no effect.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// Whether the user may not do this (403). The request had no effect.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.kind() == ErrorKind::Forbidden
    }

    /// Whether the token was refused (401). The request had no effect.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }

    /// The operation of the service that failed, such as `sendChatMessage`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.inner.operation.as_deref()
    }

    /// The status of the service's answer, if one came.
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

    /// The answer's `MS-CV`, which the service's support asks for.
    #[must_use]
    pub fn ms_cv(&self) -> Option<&str> {
        self.inner.head.as_ref()?.ms_cv.as_deref()
    }

    /// The answer's `x-ms-request-id`, if the service gave one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.head.as_ref()?.request_id.as_deref()
    }

    /// The `x-ms-client-request-id` that went out with the request.
    #[must_use]
    pub fn client_request_id(&self) -> Option<&str> {
        self.inner.client_request_id.as_deref()
    }

    /// How long the service asks to wait before the next try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.head.as_ref()?.retry_after
    }

    /// The token a thread was to be created with: give it again, so that no second one comes to be.
    #[must_use]
    pub fn idempotency_token(&self) -> Option<&IdempotencyToken> {
        self.inner.idempotency_token.as_ref()
    }

    /// The key of a message that was to be sent
    /// [`exactly_once`](crate::SendMessage::exactly_once): send it with the same key again, or
    /// look for it by [`find_messages`](crate::ChatThreadClient::find_messages).
    #[must_use]
    pub fn send_key(&self) -> Option<&SendKey> {
        self.inner.send_key.as_ref()
    }

    /// How far adding participants had come.
    #[must_use]
    pub fn unfinished_add(&self) -> Option<&UnfinishedAdd> {
        self.inner.unfinished_add.as_ref()
    }

    /// Where a list can go on that gave this error: the page that failed, whose link did, or that
    /// the unreadable item is on. Nothing if that is the first page. Give it to
    /// [`continue_from`](crate::ListMessages::continue_from).
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.inner.continuation.as_ref()
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

    /// The user that was created before something went wrong.
    #[must_use]
    pub fn created_user(&self) -> Option<&CommunicationUserIdentifier> {
        self.inner.created_user.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = &self.inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(self.kind().describe())?;
        if let Some(status) = self.http_status() {
            write!(f, " (status {status})")?;
        }
        if let Some(context) = &self.inner.context {
            write!(f, ": {context}")?;
        }
        if let Some(body) = &self.inner.body {
            write!(f, ": {body}")?;
        }
        if let Some(ms_cv) = self.ms_cv() {
            write!(f, " [MS-CV {ms_cv}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("context", &self.inner.context)
            .field("operation", &self.inner.operation)
            .field("head", &self.inner.head)
            .field("body", &self.inner.body)
            .field("client_request_id", &self.inner.client_request_id)
            .field("idempotency_token", &self.inner.idempotency_token)
            .field("created_user", &self.inner.created_user)
            .field("retry_info", &self.inner.retry_info)
            .field("send_key", &self.inner.send_key)
            .field("unfinished_add", &self.inner.unfinished_add)
            .field("continuation", &self.inner.continuation)
            .field("source", &self.inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}

impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn display_tells_what_when_and_where_and_leaves_the_source_to_the_chain() {
        let error = Error::new(ErrorKind::Forbidden)
            .with_operation("sendChatMessage")
            .with_head(Some(AnswerHead {
                status: 403,
                ms_cv: Some("cv.1".into()),
                request_id: None,
                location: None,
                retry_after: None,
                date: None,
            }))
            .with_body(Some(ChatError {
                code: "Forbidden".to_owned(),
                message: Some("Not a participant.".to_owned()),
                ..ChatError::default()
            }))
            .with_source("the cause");
        assert_eq!(
            error.to_string(),
            "sendChatMessage: forbidden (status 403): Forbidden: Not a participant. [MS-CV cv.1]"
        );
        assert_eq!(error.source().unwrap().to_string(), "the cause");
    }

    #[test]
    fn what_may_have_taken_effect_is_never_retryable_unless_a_repeat_is_safe() {
        let unknown = Error::new(ErrorKind::OutcomeUnknown);
        assert_eq!(unknown.effect(), RequestEffect::Unknown);
        assert!(unknown.is_outcome_unknown() && !unknown.is_retryable());

        let gave_up = Error::new(ErrorKind::UnexpectedStatus).with_head(Some(AnswerHead {
            status: 408,
            ms_cv: None,
            request_id: None,
            location: None,
            retry_after: None,
            date: None,
        }));
        assert_eq!(gave_up.effect(), RequestEffect::Unknown);

        let throttled = Error::new(ErrorKind::TooManyRequests);
        assert_eq!(throttled.effect(), RequestEffect::NotCarriedOut);
        assert!(throttled.is_throttled() && throttled.is_retryable());
    }
}
