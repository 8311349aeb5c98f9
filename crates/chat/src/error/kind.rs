//! The kinds of errors.

/// What kind of thing went wrong.
///
/// More kinds may be added; a `match` needs a `_` arm. Whether the request may have taken effect is
/// what [`Error::effect`](crate::Error::effect) says.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, .. }: Scene) -> Done {
/// use chat::ErrorKind;
///
/// let thread = client.chat_thread_client("19:00000000000000000000000000000000@thread.v2");
/// let answer = match thread.properties().await.map_err(|error| error.kind()) {
///     Ok(_) => "found",
///     Err(ErrorKind::NotFound | ErrorKind::Forbidden) => "no such thread, or not for this user",
///     Err(_) => "try again later",
/// };
/// assert_eq!(answer, "no such thread, or not for this user");
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value the caller gave can't be used: an id, a page size, an endpoint, a connection string,
    /// a token, a continuation. Nothing was sent.
    InvalidArgument,
    /// There is no usable access token: the refresher failed, gave none in time, or gave one that
    /// has expired. Nothing was sent.
    Credential,
    /// The connection to the service could not be made, or not in time: nothing was sent. Or the
    /// service turned the request away unread, which it can say over HTTP/2.
    Connect,
    /// The timeout of the call, or of its last request, was over. Repeating the call is safe.
    Timeout,
    /// The connection broke before the response was there in full. Repeating the call is safe.
    ConnectionLost,
    /// The request left, and whether it was carried out is not known: there was no response in
    /// time, the connection was lost, the status was 408 or 500 and above, or somebody other than
    /// the service responded. Repeating the call is *not* safe: it could, say, send a message
    /// twice.
    OutcomeUnknown,
    /// 400: the service finds the request malformed.
    BadRequest,
    /// 401: the token is expired, revoked, or of another resource; or the signature is wrong.
    Unauthorized,
    /// 403: the user is not a participant, not the sender, or its token's scope is too small.
    Forbidden,
    /// 404: there is no such thread, message or user.
    NotFound,
    /// 429: too many requests, and the request was not carried out. Without a
    /// [status](crate::Error::http_status): the [`RateGovernor`](crate::RateGovernor) had no room
    /// for it before the timeout of the call, and nothing was sent.
    TooManyRequests,
    /// 503: the service is unavailable for now.
    ServiceUnavailable,
    /// Any other status that the service does not document for the operation.
    UnexpectedStatus,
    /// The response of success can't be read: it is not JSON, too large, lacks what it must have,
    /// or broke off where repeating the call would not be safe. What was created is in
    /// [`created_thread_id`](crate::Error::created_thread_id) and its siblings.
    InvalidResponse,
    /// A list's link to its next page leads to another endpoint, operation or thread, comes twice,
    /// or is no link; the access token was not sent there. Or 1,000 pages in a row had no items.
    InvalidNextLink,
}

impl ErrorKind {
    /// The kind for an answer's status, which is not one of success.
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            429 => Self::TooManyRequests,
            503 => Self::ServiceUnavailable,
            _ => Self::UnexpectedStatus,
        }
    }

    /// What became of the request, unless more is known.
    pub(crate) fn usual_effect(self) -> RequestEffect {
        match self {
            Self::InvalidArgument
            | Self::Credential
            | Self::Connect
            | Self::BadRequest
            | Self::Unauthorized
            | Self::Forbidden
            | Self::NotFound
            | Self::TooManyRequests => RequestEffect::NotCarriedOut,
            Self::InvalidResponse | Self::InvalidNextLink => RequestEffect::CarriedOut,
            Self::Timeout
            | Self::ConnectionLost
            | Self::OutcomeUnknown
            | Self::ServiceUnavailable
            | Self::UnexpectedStatus => RequestEffect::Unknown,
        }
    }

    /// Whether such a failure passes, unless more is known.
    pub(crate) fn is_usually_retryable(self) -> bool {
        matches!(
            self,
            Self::Connect
                | Self::Timeout
                | Self::ConnectionLost
                | Self::TooManyRequests
                | Self::ServiceUnavailable
        )
    }

    /// The name, for telemetry.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::InvalidArgument => "invalid_argument",
            Self::Credential => "credential",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::ConnectionLost => "connection_lost",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::TooManyRequests => "too_many_requests",
            Self::ServiceUnavailable => "service_unavailable",
            Self::UnexpectedStatus => "unexpected_status",
            Self::InvalidResponse => "invalid_response",
            Self::InvalidNextLink => "invalid_next_link",
        }
    }

    /// What happened, in words.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::InvalidArgument => "invalid argument",
            Self::Credential => "no usable access token",
            Self::Connect => "the connection could not be made",
            Self::Timeout => "no answer in time",
            Self::ConnectionLost => "the connection was lost before the answer",
            Self::OutcomeUnknown => "it is not known whether the request was carried out",
            Self::BadRequest => "bad request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not found",
            Self::TooManyRequests => "too many requests",
            Self::ServiceUnavailable => "service unavailable",
            Self::UnexpectedStatus => "unexpected status",
            Self::InvalidResponse => "the answer can't be read",
            Self::InvalidNextLink => "the link to the next page can't be followed",
        }
    }
}

impl std::fmt::Display for ErrorKind {
    /// Its name as telemetry has it, such as `too_many_requests`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether the service did what the failed call asked for.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, .. }: Scene) -> Done {
/// use chat::RequestEffect;
///
/// let thread = client.chat_thread_client("19:00000000000000000000000000000000@thread.v2");
/// let error = thread.send_message("Hello").await.unwrap_err();
/// match error.effect() {
///     RequestEffect::NotCarriedOut => println!("no message is stored"),
///     RequestEffect::CarriedOut => println!("it is stored: {:?}", error.created_message_id()),
///     _ => println!("it may be stored"),
/// }
/// assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestEffect {
    /// It did not: the request was never sent, or was refused.
    NotCarriedOut,
    /// It did: the service said so, and something went wrong after that.
    CarriedOut,
    /// It may have.
    Unknown,
}
