//! Answers that refuse: what the error says of them.

use std::time::Duration;

use chat::{Error, ErrorKind, RequestEffect};
use chat_tests::mock::{Answer, MESSAGE, MockService};
use serde_json::json;

/// What comes of a read that is answered so.
async fn read(answer: Answer) -> Error {
    let service = MockService::start([answer]).await;
    let error = service.thread_client().message(MESSAGE).await.unwrap_err();
    let request = service.only_request();
    assert_eq!(
        error
            .client_request_id()
            .map(|id| id.to_string())
            .as_deref(),
        request.header("x-ms-client-request-id")
    );
    assert_eq!(error.operation(), Some("getChatMessage"));
    error
}

#[tokio::test]
async fn all_three_envelopes_are_read() {
    let bodies = [
        json!({ "error": { "code": "Forbidden", "message": "Not allowed.", "target": "thread",
            "details": [{ "code": "First", "message": "a" }],
            "innererror": { "code": "Inner", "message": "b" } } }),
        json!({ "CommunicationError": { "Code": "Forbidden", "Message": "Not allowed.",
            "Target": "thread", "Details": [{ "Code": "First" }],
            "InnerError": { "Code": "Inner" } } }),
        json!({ "Code": "Forbidden", "Message": "Not allowed.", "Target": "thread",
            "InnerErrors": [{ "Code": "First" }], "InnerError": { "Code": "Inner" } }),
    ];
    for body in bodies {
        let error = read(Answer::json(403, &body)).await;

        assert_eq!(error.kind(), ErrorKind::Forbidden, "{body}");
        assert_eq!(error.error_code(), Some("Forbidden"));
        let said = error.service_error().unwrap();
        assert_eq!(
            (said.message(), said.target()),
            (Some("Not allowed."), Some("thread"))
        );
        assert_eq!(said.details()[0].code(), "First");
        assert_eq!(said.inner_error().unwrap().code(), "Inner");
        let text = error.to_string();
        assert!(
            text.contains("Forbidden: Not allowed.") && text.contains("403"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_envelope_needs_no_message() {
    let body = "{\r\n  \"CommunicationError\": {\r\n    \"Code\": \"BadRequest\",\r\n    \
        \"Details\": []\r\n  }\r\n}";
    let error = read(
        Answer::status(400)
            .header("content-type", "application/json")
            .body(body),
    )
    .await;

    assert_eq!(error.kind(), ErrorKind::BadRequest);
    assert_eq!(error.error_code(), Some("BadRequest"));
    assert_eq!(error.service_error().unwrap().message(), None);
}

#[tokio::test]
async fn each_documented_status_has_its_kind_and_says_whether_a_retry_may_help() {
    use ErrorKind::*;
    let refused = RequestEffect::NotCarriedOut;
    let cases = [
        (400, BadRequest, refused, false),
        (401, Unauthorized, refused, false),
        (403, Forbidden, refused, false),
        (404, NotFound, refused, false),
        (429, TooManyRequests, refused, true),
        (503, ServiceUnavailable, RequestEffect::Unknown, true),
        (405, UnexpectedStatus, refused, false),
        (409, UnexpectedStatus, refused, false),
        (500, UnexpectedStatus, RequestEffect::Unknown, true),
        (502, UnexpectedStatus, RequestEffect::Unknown, true),
    ];
    for (status, kind, effect, retryable) in cases {
        // An empty body is no reason to know less of the status.
        let error = read(Answer::status(status)).await;

        assert_eq!((error.kind(), error.http_status()), (kind, Some(status)));
        assert_eq!(
            (error.effect(), error.is_retryable()),
            (effect, retryable),
            "{status}"
        );
        assert!(error.service_error().is_none() && error.error_code().is_none());
        assert_eq!(error.is_unauthorized(), status == 401);
        assert_eq!(error.is_forbidden(), status == 403);
        assert_eq!(error.is_not_found(), status == 404);
        assert_eq!(error.is_throttled(), status == 429);
        assert!(!error.is_outcome_unknown());
    }
}

#[tokio::test]
async fn html_of_a_gateway_loses_neither_status_nor_headers() {
    let html = "<html><body><h1>503 Service Unavailable</h1></body></html>";
    let answer = Answer::status(503)
        .header("content-type", "text/html")
        .header("retry-after", "7")
        .header("MS-CV", "abc.0")
        .body(html);

    let error = read(answer).await;

    assert_eq!(error.kind(), ErrorKind::ServiceUnavailable);
    assert_eq!(error.http_status(), Some(503));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.ms_cv(), Some("abc.0"));
    assert!(error.service_error().is_none());
    assert!(!format!("{error} {error:?}").contains("<html>"));
}

#[tokio::test]
async fn every_form_of_retry_after_is_read() {
    type Case<'a> = (&'a [(&'a str, &'a str)], Option<Duration>);
    let cases: [Case<'_>; 6] = [
        (&[("retry-after", "0")], Some(Duration::ZERO)),
        (&[("retry-after", "120")], Some(Duration::from_secs(120))),
        (
            &[("retry-after-ms", "1500")],
            Some(Duration::from_millis(1500)),
        ),
        (
            &[("x-ms-retry-after-ms", "250")],
            Some(Duration::from_millis(250)),
        ),
        (
            &[
                ("date", "Wed, 21 Oct 2026 07:28:00 GMT"),
                ("retry-after", "Wed, 21 Oct 2026 07:28:45 GMT"),
            ],
            Some(Duration::from_secs(45)),
        ),
        (&[("retry-after", "soon")], None),
    ];
    for (headers, wanted) in cases {
        let answer = headers
            .iter()
            .fold(Answer::status(429), |answer, (name, value)| {
                answer.header(name, value)
            });

        assert_eq!(read(answer).await.retry_after(), wanted, "{headers:?}");
    }
    assert_eq!(read(Answer::status(429)).await.retry_after(), None);
}

#[tokio::test]
async fn the_ids_that_support_asks_for_are_kept() {
    let answer = Answer::status(404)
        .header("MS-CV", "xyz.1")
        .header("x-ms-request-id", "req-1");

    let error = read(answer).await;

    assert_eq!(
        (error.ms_cv(), error.request_id()),
        (Some("xyz.1"), Some("req-1"))
    );
    assert!(error.to_string().contains("xyz.1"), "{error}");
    assert!(error.client_request_id().is_some());
}

#[tokio::test]
async fn a_new_request_has_a_new_request_id() {
    let service = MockService::start([Answer::status(404), Answer::status(404)]).await;
    let thread = service.thread_client();

    let first = thread.message(MESSAGE).await.unwrap_err();
    let second = thread.message(MESSAGE).await.unwrap_err();

    assert_ne!(first.client_request_id(), second.client_request_id());
}

#[tokio::test]
async fn a_status_of_success_that_is_not_declared_is_unexpected() {
    let service = MockService::start([
        Answer::status(202),
        Answer::json(200, &json!({ "id": MESSAGE })),
        Answer::status(200),
    ])
    .await;
    let thread = service.thread_client();

    let errors = [
        thread.message(MESSAGE).await.unwrap_err(),
        thread.send_message("hello").await.unwrap_err(),
        thread.delete_message(MESSAGE).await.unwrap_err(),
    ];

    for (error, status) in errors.iter().zip([202, 200, 200]) {
        assert_eq!(error.kind(), ErrorKind::UnexpectedStatus);
        assert_eq!(error.http_status(), Some(status));
        // The service says that it did it: never "in doubt", and nothing to do again.
        assert_eq!(error.effect(), RequestEffect::CarriedOut);
        assert!(!error.is_retryable());
    }
    assert_eq!(service.calls(), 3);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_not_sent_on() {
    for status in [301, 302, 303, 307, 308] {
        let foreign = MockService::unused().await;
        let location = format!("{}/chat/threads", foreign.endpoint());
        let redirect = || Answer::status(status).header("location", &location);
        let service = MockService::start([redirect(), redirect()]).await;

        let errors = [
            service
                .chat_client()
                .create_chat_thread("topic")
                .await
                .unwrap_err(),
            service.thread_client().message(MESSAGE).await.unwrap_err(),
        ];

        for error in errors {
            assert_eq!(error.kind(), ErrorKind::UnexpectedStatus);
            assert_eq!(error.http_status(), Some(status));
            assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
            assert!(!error.is_retryable());
            assert_eq!(error.created_thread_id(), None);
        }
        assert_eq!((service.calls(), foreign.calls()), (2, 0));
    }
}
