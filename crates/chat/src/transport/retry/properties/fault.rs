//! The failures there are, and what is true of each.

use std::time::Duration;

use futures_util::FutureExt;
use proptest::prelude::*;

use crate::error::Error;
use crate::response::ResponseHead;
use crate::transport::attempt::Seen;
use crate::transport::failure::Failure;
use chat_rest::Repeat;

/// What becomes of an attempt: how it fails, what the head of its answer was.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    Refused,
    NotSent,
    TimedOut(Option<u16>),
    Lost(Option<u16>),
    TooLarge(u16),
    /// Success, and a body that is no JSON.
    Garbled,
    /// Success, and a body that ends too early.
    CutShort,
    Status(u16),
}

impl Fault {
    /// Whether the service may have done what it was asked for.
    pub(super) fn may_have_happened(&self) -> bool {
        match self {
            Self::Refused | Self::NotSent => false,
            Self::Garbled | Self::CutShort | Self::TimedOut(None) | Self::Lost(None) => true,
            Self::TimedOut(Some(status)) | Self::Lost(Some(status)) => !is_refusal(*status),
            Self::TooLarge(status) | Self::Status(status) => !is_refusal(*status),
        }
    }

    /// Whether another attempt may fare better.
    fn passes(&self) -> bool {
        match self {
            Self::Refused | Self::Garbled => false,
            Self::NotSent | Self::CutShort | Self::TimedOut(None) | Self::Lost(None) => true,
            Self::TimedOut(Some(status)) | Self::Lost(Some(status)) => {
                matches!(status, 200..=299) || is_transient(*status)
            }
            Self::TooLarge(status) | Self::Status(status) => is_transient(*status),
        }
    }

    pub(super) fn may_be_repeated(&self, repeat: Repeat) -> bool {
        self.passes() && (repeat == Repeat::Safe || !self.may_have_happened())
    }

    pub(super) fn into_error(self, repeat: Repeat, retry_after: Option<Duration>) -> Error {
        let (failure, status) = match self {
            Self::Refused => (Failure::Refused("no".to_owned()), None),
            Self::NotSent => (Failure::NotSent(transport_error()), None),
            Self::TimedOut(status) => (Failure::TimedOut("it"), status),
            Self::Lost(status) => (Failure::Lost(transport_error()), status),
            Self::TooLarge(status) => (Failure::TooLarge, Some(status)),
            Self::Garbled => (undecodable("no JSON"), Some(200)),
            Self::CutShort => (undecodable("[1,"), Some(200)),
            Self::Status(status) => (Failure::Status(None), Some(status)),
        };
        let head = status.map(|status| ResponseHead {
            retry_after,
            ..ResponseHead::of_status(status)
        });
        failure.into_error(repeat, head, "host")
    }
}

fn is_refusal(status: u16) -> bool {
    matches!(status, 300..=407 | 409..=499)
}

fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502..=504 | 506..=599)
}

/// An error of the HTTP client; which one does not matter.
fn transport_error() -> reqwest::Error {
    thread_local!(static HTTP: reqwest::Client = reqwest::Client::new());
    let request = HTTP.with(|http| http.get("no URL").build());
    request.expect_err("it is no URL")
}

fn undecodable(body: &'static str) -> Failure {
    let error = serde_json::from_str::<Vec<u8>>(body).expect_err("it is no list");
    let error = chat_rest::Error::InvalidResponsePayload(body.into(), error);
    Failure::of(error, &Seen::default())
        .now_or_never()
        .expect("nothing is waited for")
}

fn statuses() -> impl Strategy<Value = u16> {
    prop_oneof![
        3 => prop::sample::select(vec![408, 429, 500, 502, 503, 504]),
        1 => prop::sample::select(vec![200, 201, 204, 302, 400, 401, 403, 404, 409, 412]),
        1 => 200_u16..=999,
    ]
}

pub(super) fn faults() -> impl Strategy<Value = Fault> {
    prop_oneof![
        1 => Just(Fault::Refused),
        3 => Just(Fault::NotSent),
        3 => prop::option::weighted(0.3, statuses()).prop_map(Fault::TimedOut),
        3 => prop::option::weighted(0.3, statuses()).prop_map(Fault::Lost),
        1 => statuses().prop_map(Fault::TooLarge),
        1 => Just(Fault::Garbled),
        1 => Just(Fault::CutShort),
        6 => statuses().prop_map(Fault::Status),
    ]
}
