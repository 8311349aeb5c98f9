//! What a failed attempt means.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use chat_rest::{Repeat, read_body};
use serde_json::error::Category;

use super::attempt::Seen;
use super::error_body;
use crate::error::{Error, ErrorKind, RequestEffect};
use crate::models::ChatError;
use crate::response::ResponseHead;

/// How long is waited for the body of a refusal, whose status says what matters.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(5);

/// The most bytes of such a body that are read.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// Why an attempt gave no result.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request could not be made; nothing was sent.
    Refused(String),
    /// No connection came about, and nothing was sent; or the service says that it has not looked
    /// at the request.
    NotSent(reqwest::Error),
    /// No connection came about in time; nothing was sent.
    NoConnection(&'static str),
    /// The time for the attempt is over.
    TimedOut(&'static str),
    /// The connection broke, before or within the response.
    Lost(reqwest::Error),
    /// The response is larger than what is read.
    TooLarge,
    /// The response is one of success and no JSON of the form it should have.
    Undecodable(Undecodable),
    /// The response is one of success, and a web page of somebody on the way.
    WebPage,
    /// The response has another status than those of success.
    Status(Option<ChatError>),
}

/// Where decoding failed. What serde says about it is left out, since it quotes what it read.
#[derive(Debug)]
pub(super) struct Undecodable {
    line: usize,
    column: usize,
    category: Category,
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.category {
            Category::Eof => "the JSON ends too early",
            Category::Data => "the JSON has another form than it should",
            Category::Syntax | Category::Io => "it is not JSON",
        };
        write!(f, "{what} (line {}, column {})", self.line, self.column)
    }
}

impl StdError for Undecodable {}

impl Failure {
    pub(super) async fn of(error: chat_rest::Error, seen: &Seen) -> Self {
        match error {
            _ if seen.is_too_large() => Self::TooLarge,
            chat_rest::Error::InvalidRequest(text) | chat_rest::Error::Custom(text) => {
                Self::Refused(text)
            }
            chat_rest::Error::CommunicationError(error) if error.is_builder() => {
                Self::Refused(format!("the request can't be made: {}", cause(&error)))
            }
            chat_rest::Error::CommunicationError(error)
                if error.is_connect() || is_turned_away(&error) =>
            {
                Self::NotSent(error)
            }
            chat_rest::Error::CommunicationError(error)
            | chat_rest::Error::InvalidUpgrade(error)
            | chat_rest::Error::ResponseBodyError(error) => {
                if error.is_timeout() {
                    Self::TimedOut("the HTTP client's own timeout is over")
                } else {
                    Self::Lost(error)
                }
            }
            chat_rest::Error::InvalidResponsePayload(_, error) => Self::Undecodable(Undecodable {
                line: error.line(),
                column: error.column(),
                category: error.classify(),
            }),
            chat_rest::Error::UnexpectedResponse(mut response) => {
                // Whatever becomes of the body, the status stands.
                let body = read_body(&mut response, MAX_REFUSAL_BYTES);
                let body = tokio::time::timeout(REFUSAL_TIMEOUT, body).await;
                Self::Status(
                    body.ok()
                        .and_then(Result::ok)
                        .as_deref()
                        .and_then(error_body::read),
                )
            }
            chat_rest::Error::ErrorResponse(_) => Self::Status(None),
        }
    }

    /// The same, of a request of which nothing has left yet.
    pub(super) fn before_it_was_sent(self) -> Self {
        match self {
            Self::TimedOut(which) => Self::NoConnection(which),
            Self::Lost(error) => Self::NotSent(error),
            failure => failure,
        }
    }

    /// A name for traces, without anything the response holds.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Refused(_) => "invalid_request",
            Self::NotSent(_) | Self::NoConnection(_) => "connect",
            Self::TimedOut(_) => "timeout",
            Self::Lost(_) => "connection_lost",
            Self::TooLarge => "response_too_large",
            Self::Undecodable(_) | Self::WebPage => "invalid_response",
            Self::Status(_) => "status",
        }
    }

    /// The error it is, of an operation that may be repeated or not. `head` is what was seen of
    /// the response, `host` where the request went.
    pub(super) fn into_error(
        self,
        repeat: Repeat,
        head: Option<ResponseHead>,
        host: &str,
    ) -> Error {
        let (kind, effect) = self.verdict(repeat, head.as_ref());
        let status = head.as_ref().map(|head| head.status);
        let broken_off = matches!(&self, Self::Undecodable(json) if json.category == Category::Eof);
        let retryable = match kind {
            ErrorKind::UnexpectedStatus => passes(status),
            ErrorKind::InvalidResponse => broken_off && repeat == Repeat::Safe,
            kind => kind.is_usually_retryable(),
        };
        let error = Error::new(kind)
            .with_effect(effect)
            .with_retryable(retryable)
            .with_head(head);
        match self {
            Self::Refused(text) => error.with_context(text),
            Self::NotSent(source) | Self::Lost(source) => error
                .with_context(format!("host {host}"))
                .with_source(source.without_url()),
            Self::NoConnection(which) => error.with_context(format!("host {host}, {which}")),
            Self::TimedOut(which) => error.with_context(which),
            Self::TooLarge => {
                error.with_context("it is larger than what is read (max_response_bytes)")
            }
            Self::Undecodable(source) => error.with_source(source),
            Self::WebPage => error.with_context("it is a web page, and not the service's"),
            Self::Status(body) => error.with_body(body),
        }
    }

    /// What went wrong, and what became of the request.
    fn verdict(&self, repeat: Repeat, head: Option<&ResponseHead>) -> (ErrorKind, RequestEffect) {
        let (kind, effect) = match (self, head) {
            (Self::Refused(_), _) => (ErrorKind::InvalidArgument, RequestEffect::NotCarriedOut),
            (Self::NotSent(_) | Self::NoConnection(_), _) => {
                (ErrorKind::Connect, RequestEffect::NotCarriedOut)
            }
            (_, None) if matches!(self, Self::Lost(_)) => {
                (ErrorKind::ConnectionLost, RequestEffect::Unknown)
            }
            (_, None) => (ErrorKind::Timeout, RequestEffect::Unknown),
            // Somebody on the way, such as a captive portal, may have answered for the service.
            (_, Some(head)) if head.is_success() => (
                match self {
                    Self::TimedOut(_) if repeat == Repeat::Safe => ErrorKind::Timeout,
                    Self::Lost(_) if repeat == Repeat::Safe => ErrorKind::ConnectionLost,
                    Self::Status(_) => ErrorKind::UnexpectedStatus,
                    _ => ErrorKind::InvalidResponse,
                },
                match head.is_of_service() {
                    true => RequestEffect::CarriedOut,
                    false => RequestEffect::Unknown,
                },
            ),
            // The status tells what became of the request, whatever became of the body.
            (_, Some(head)) => (ErrorKind::of_status(head.status), effect_of(head.status)),
        };
        match (repeat, effect) {
            (Repeat::Safe, _) => (kind, effect),
            (_, RequestEffect::Unknown) => (ErrorKind::OutcomeUnknown, effect),
            (_, _) => (kind, effect),
        }
    }
}

/// What an answer with this status, which is none of success, says of the request.
fn effect_of(status: u16) -> RequestEffect {
    match status {
        // 408: the service gave up on the request, at whatever point of it.
        300..=407 | 409..=499 => RequestEffect::NotCarriedOut,
        _ => RequestEffect::Unknown,
    }
}

/// Whether a failure with this undocumented status passes. 501 and 505 say that the service can't
/// do this at all.
fn passes(status: Option<u16>) -> bool {
    matches!(status, Some(408 | 500 | 502..=504 | 506..=599))
}

/// What is behind an error of the HTTP client.
fn cause(error: &reqwest::Error) -> &(dyn StdError + 'static) {
    let mut cause: &(dyn StdError + 'static) = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause
}

/// Whether the service says, in the words of HTTP/2, that it has not looked at the request: it
/// refuses the stream, or it is about to close the connection (RFC 9113, sections 8.7 and 6.8).
#[cfg(feature = "http2")]
fn is_turned_away(error: &reqwest::Error) -> bool {
    let Some(error) = cause(error).downcast_ref::<h2::Error>() else {
        return false;
    };
    error.is_remote()
        && match error.reason() {
            Some(h2::Reason::REFUSED_STREAM) => error.is_reset(),
            Some(h2::Reason::NO_ERROR) => error.is_go_away(),
            _ => false,
        }
}

#[cfg(not(feature = "http2"))]
fn is_turned_away(_: &reqwest::Error) -> bool {
    false
}

#[cfg(test)]
mod tests;
