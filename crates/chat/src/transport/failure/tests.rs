use std::convert::Infallible;
use std::future;

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt, Full};
use tokio::time::Instant;

use super::*;

fn head(status: u16) -> Option<ResponseHead> {
    Some(ResponseHead {
        location: Some("https://h/chat/threads/19%3Aa/messages/17".into()),
        ..ResponseHead::of_status(status)
    })
}

fn error(failure: Failure, repeat: Repeat, head: Option<ResponseHead>) -> Error {
    failure.into_error(repeat, head, "contoso.example")
}

#[test]
fn a_request_whose_fate_is_unknown_is_in_doubt_only_where_a_repeat_does_harm() {
    let kind = |repeat| error(Failure::TimedOut("it"), repeat, None).kind();
    assert_eq!(kind(Repeat::Unsafe), ErrorKind::OutcomeUnknown);
    assert_eq!(kind(Repeat::Safe), ErrorKind::Timeout);
    for status in [408, 500, 502, 503, 504] {
        let kind = |repeat| error(Failure::Status(None), repeat, head(status)).kind();
        assert_eq!(kind(Repeat::Unsafe), ErrorKind::OutcomeUnknown, "{status}");
        assert_eq!(kind(Repeat::Safe), ErrorKind::of_status(status), "{status}");
    }
}

#[test]
fn statuses_that_refuse_a_request_are_never_in_doubt() {
    for status in [302, 400, 401, 403, 404, 409, 429] {
        let error = error(Failure::Status(None), Repeat::Unsafe, head(status));
        assert_eq!(error.kind(), ErrorKind::of_status(status));
        assert_eq!(error.effect(), RequestEffect::NotCarriedOut, "{status}");
        assert!(!error.in_doubt());
    }
}

#[test]
fn statuses_that_are_none_say_nothing_of_the_request() {
    for status in [101, 199, 600, 999] {
        let error = error(Failure::Status(None), Repeat::Unsafe, head(status));
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{status}");
        assert_eq!(error.effect(), RequestEffect::Unknown, "{status}");
        assert!(!error.is_retryable(), "{status}");
    }
}

#[test]
fn a_response_of_success_that_breaks_off_is_never_in_doubt_and_keeps_the_id() {
    for failure in [Failure::TimedOut("it"), Failure::TooLarge] {
        let error = error(failure, Repeat::Unsafe, head(201));
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert_eq!(error.effect(), RequestEffect::CarriedOut);
        assert_eq!(error.created_message_id().unwrap().as_str(), "17");
    }
}

#[test]
fn an_undeclared_status_of_success_says_that_it_was_carried_out() {
    let of_service = Some(ResponseHead {
        ms_cv: Some("cv".into()),
        ..ResponseHead::of_status(202)
    });
    let error = error(Failure::Status(None), Repeat::Unsafe, of_service);
    assert_eq!(error.kind(), ErrorKind::UnexpectedStatus);
    assert_eq!(error.effect(), RequestEffect::CarriedOut);
}

#[test]
fn a_success_that_the_service_did_not_send_says_nothing_of_the_request() {
    for failure in [
        || Failure::Status(None),
        || Failure::TooLarge,
        || Failure::TimedOut("it"),
    ] {
        let portal = || Some(ResponseHead::of_status(200));
        let sent = error(failure(), Repeat::Unsafe, portal());
        assert_eq!(sent.kind(), ErrorKind::OutcomeUnknown);
        assert_eq!(sent.effect(), RequestEffect::Unknown);
        let read = error(failure(), Repeat::Safe, portal());
        assert_eq!(read.effect(), RequestEffect::Unknown);
    }
    let of_service = Some(ResponseHead {
        ms_cv: Some("cv".into()),
        ..ResponseHead::of_status(201)
    });
    let sent = error(Failure::TooLarge, Repeat::Unsafe, of_service);
    assert_eq!(sent.effect(), RequestEffect::CarriedOut);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_whose_body_never_ends_is_not_waited_for() {
    let trailers = future::pending::<Option<Result<HeaderMap, Infallible>>>();
    let endless = Full::new(Bytes::from("{")).with_trailers(trailers);
    let refusal = http::Response::builder().status(403);
    let refusal = refusal.body(reqwest::Body::wrap(endless)).unwrap();
    let start = Instant::now();

    let unread = chat_rest::Error::UnexpectedResponse(refusal.into());
    let failure = Failure::of(unread, &Seen::default()).await;

    assert_eq!(start.elapsed(), REFUSAL_TIMEOUT);
    let error = error(failure, Repeat::Unsafe, head(403));
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
}

#[tokio::test]
async fn what_a_refusal_says_is_read_up_to_64_kilobytes() {
    for (length, code) in [(65_536, Some("Forbidden")), (65_537, None)] {
        let (start, end) = (r#"{"error":{"code":"Forbidden","message":""#, r#""}}"#);
        let message = "x".repeat(length - start.len() - end.len());
        let refusal = http::Response::builder().status(403);
        let refusal = refusal.body([start, &message, end].concat()).unwrap();
        let unread = chat_rest::Error::UnexpectedResponse(refusal.into());
        let failure = Failure::of(unread, &Seen::default()).await;
        let error = error(failure, Repeat::Safe, head(403));
        assert_eq!(error.error_code(), code, "{length}");
        assert_eq!(error.kind(), ErrorKind::Forbidden);
    }
}

#[test]
fn a_refusal_whose_body_breaks_off_is_still_that_refusal() {
    let error = error(Failure::TimedOut("it"), Repeat::Unsafe, head(403));
    assert_eq!(error.kind(), ErrorKind::Forbidden);
}

fn unconnected() -> reqwest::Error {
    let request = reqwest::Client::new().get("http://a b/");
    request.build().unwrap_err()
}

#[test]
fn each_failure_has_a_name_in_traces() {
    let undecodable = || Undecodable {
        line: 1,
        column: 2,
        category: Category::Data,
    };
    for (failure, name) in [
        (Failure::Refused(String::new()), "invalid_request"),
        (Failure::NotSent(unconnected()), "connect"),
        (Failure::NoConnection("it"), "connect"),
        (Failure::TimedOut("it"), "timeout"),
        (Failure::Lost(unconnected()), "connection_lost"),
        (Failure::TooLarge, "response_too_large"),
        (Failure::Undecodable(undecodable()), "invalid_response"),
        (Failure::WebPage, "invalid_response"),
        (Failure::Status(None), "status"),
    ] {
        assert_eq!(failure.name(), name);
    }
}

#[tokio::test]
async fn a_request_that_can_t_be_made_says_why() {
    let failure = chat_rest::Error::CommunicationError(unconnected());
    let failure = Failure::of(failure, &Seen::default()).await;
    let error = error(failure, Repeat::Safe, None);
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let text = error.to_string();
    assert!(
        text.ends_with("the request can't be made: invalid international domain name"),
        "{text}"
    );
}
