//! What a failed attempt means.

use std::error::Error as StdError;
use std::fmt;

use serde_json::error::Category;

use super::bounds::is_bound;
use super::error_body;
use crate::error::{AnswerHead, Error, ErrorKind};
use crate::models::ChatError;
use chat_rest::Repeat;

/// Why an attempt gave no result.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request could not be made; nothing was sent.
    Refused(String),
    /// No connection came about; nothing was sent.
    NotSent(reqwest::Error),
    /// The time for the attempt is over.
    TimedOut,
    /// The connection broke, before or within the answer.
    Lost(reqwest::Error),
    /// The answer is larger than what is read.
    TooLarge,
    /// The answer is one of success and no JSON of the form it should have.
    Undecodable(Undecodable),
    /// The answer has another status than those of success.
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
    pub(super) async fn of(error: chat_rest::Error) -> Self {
        match error {
            chat_rest::Error::InvalidRequest(text) | chat_rest::Error::Custom(text) => {
                Self::Refused(text)
            }
            chat_rest::Error::CommunicationError(error) if error.is_builder() => {
                Self::Refused("the request can't be made".to_owned())
            }
            chat_rest::Error::CommunicationError(error) if error.is_connect() => {
                Self::NotSent(error)
            }
            chat_rest::Error::CommunicationError(error)
            | chat_rest::Error::InvalidUpgrade(error)
            | chat_rest::Error::ResponseBodyError(error) => Self::of_body(error),
            chat_rest::Error::InvalidResponsePayload(_, error) => Self::Undecodable(Undecodable {
                line: error.line(),
                column: error.column(),
                category: error.classify(),
            }),
            chat_rest::Error::UnexpectedResponse(response) => {
                // Whatever becomes of the body, the status stands.
                let body = response.bytes().await.unwrap_or_default();
                Self::Status(error_body::read(&body))
            }
            chat_rest::Error::ErrorResponse(_) => Self::Status(None),
        }
    }

    fn of_body(error: reqwest::Error) -> Self {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
        while let Some(current) = cause {
            if is_bound(current) {
                return Self::TooLarge;
            }
            cause = current.source();
        }
        if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Lost(error)
        }
    }

    /// A name for traces, without anything the answer holds.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::NotSent(_) => "not sent",
            Self::TimedOut => "timed out",
            Self::Lost(_) => "connection lost",
            Self::TooLarge => "too large",
            Self::Undecodable(_) => "undecodable",
            Self::Status(_) => "status",
        }
    }

    /// The error it is, for an operation that may or may not be repeated. `head` is what was seen
    /// of the answer.
    pub(super) fn into_error(self, repeat: Repeat, head: Option<AnswerHead>) -> Error {
        let succeeded = head.as_ref().is_some_and(AnswerHead::is_success);
        let status = head.as_ref().map(|head| head.status);
        let kind = match (&self, status) {
            (Self::Refused(_), _) => ErrorKind::InvalidArgument,
            (Self::NotSent(_), _) => ErrorKind::Connect,
            // The status tells what became of the request, even if the body was too much.
            (Self::TimedOut | Self::Lost(_) | Self::TooLarge | Self::Status(_), Some(status))
                if !succeeded || matches!(self, Self::Status(_)) =>
            {
                of_status(status, repeat)
            }
            (Self::TooLarge | Self::Undecodable(_) | Self::Status(_), _) => {
                ErrorKind::InvalidResponse
            }
            (Self::TimedOut | Self::Lost(_), _) if repeat == Repeat::Unsafe && succeeded => {
                ErrorKind::InvalidResponse
            }
            (Self::TimedOut | Self::Lost(_), _) if repeat == Repeat::Unsafe => {
                ErrorKind::OutcomeUnknown
            }
            (Self::TimedOut, _) => ErrorKind::Timeout,
            (Self::Lost(_), _) => ErrorKind::ConnectionLost,
        };
        let error = Error::new(kind).with_head(head);
        match self {
            Self::Refused(text) => error.with_context(text),
            Self::NotSent(source) | Self::Lost(source) => error.with_source(source.without_url()),
            Self::TimedOut if kind == ErrorKind::Timeout => error,
            Self::TimedOut => error.with_context("no answer in time"),
            Self::TooLarge => {
                error.with_context("it is larger than what is read (max_response_bytes)")
            }
            Self::Undecodable(source) => {
                let broken_off = source.category == Category::Eof && repeat == Repeat::Safe;
                let error = if broken_off {
                    error.broken_off()
                } else {
                    error
                };
                error.with_source(source)
            }
            Self::Status(body) => error.with_body(body),
        }
    }
}

/// The kind for a status that is none of the operation's success.
fn of_status(status: u16, repeat: Repeat) -> ErrorKind {
    match (status, repeat) {
        (408 | 500..=599, Repeat::Unsafe) => ErrorKind::OutcomeUnknown,
        _ => ErrorKind::of_status(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RequestEffect;

    fn head(status: u16) -> Option<AnswerHead> {
        Some(AnswerHead {
            status,
            ms_cv: None,
            request_id: None,
            location: Some("https://h/chat/threads/19%3Aa/messages/17".into()),
            retry_after: None,
            date: None,
        })
    }

    #[test]
    fn a_request_whose_fate_is_unknown_is_in_doubt_only_where_a_repeat_does_harm() {
        let kind = |repeat| Failure::TimedOut.into_error(repeat, None).kind();
        assert_eq!(kind(Repeat::Unsafe), ErrorKind::OutcomeUnknown);
        assert_eq!(kind(Repeat::Safe), ErrorKind::Timeout);
        for status in [408, 500, 502, 503, 504] {
            let kind = |repeat| {
                Failure::Status(None)
                    .into_error(repeat, head(status))
                    .kind()
            };
            assert_eq!(kind(Repeat::Unsafe), ErrorKind::OutcomeUnknown, "{status}");
            assert_eq!(kind(Repeat::Safe), ErrorKind::of_status(status), "{status}");
        }
    }

    #[test]
    fn statuses_that_refuse_a_request_are_never_in_doubt() {
        for status in [400, 401, 403, 404, 409, 429] {
            let error = Failure::Status(None).into_error(Repeat::Unsafe, head(status));
            assert_eq!(error.kind(), ErrorKind::of_status(status));
            assert_eq!(error.effect(), RequestEffect::NotCarriedOut, "{status}");
        }
    }

    #[test]
    fn an_answer_of_success_that_breaks_off_is_never_in_doubt_and_keeps_the_id() {
        for failure in [Failure::TimedOut, Failure::TooLarge] {
            let error = failure.into_error(Repeat::Unsafe, head(201));
            assert_eq!(error.kind(), ErrorKind::InvalidResponse);
            assert_eq!(error.effect(), RequestEffect::CarriedOut);
            assert_eq!(error.created_message_id().unwrap().as_str(), "17");
        }
    }

    #[test]
    fn an_undeclared_status_of_success_says_that_it_was_carried_out() {
        let error = Failure::Status(None).into_error(Repeat::Unsafe, head(202));
        assert_eq!(error.kind(), ErrorKind::UnexpectedStatus);
        assert_eq!(error.effect(), RequestEffect::CarriedOut);
    }

    #[test]
    fn a_refusal_whose_body_breaks_off_is_still_that_refusal() {
        let error = Failure::TimedOut.into_error(Repeat::Unsafe, head(403));
        assert_eq!(error.kind(), ErrorKind::Forbidden);
    }
}
