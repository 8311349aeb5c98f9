//! Connections that don't come about, break, or give no answer.

use std::time::Duration;

use chat::builders::ChatClientBuilder;
use chat::{
    ChatClient, CommunicationTokenCredential, Error, ErrorKind, RequestEffect, RetryOptions,
};
use chat_tests::mock::{MESSAGE, RawService, THREAD, TOKEN, Then};

/// Long enough for a request to arrive on a busy machine.
const PATIENCE: Duration = Duration::from_millis(400);

/// What comes of sending a message, by a client with its usual retries, and of creating a thread.
async fn errors(
    service: &RawService,
    set_up: impl Fn(ChatClientBuilder) -> ChatClientBuilder,
) -> (Error, Error) {
    let patient = set_up(service.chat_client_builder()).build().unwrap();
    let once = set_up(service.once()).build().unwrap();
    let send = patient
        .chat_thread_client(THREAD)
        .send_message("hello")
        .await
        .unwrap_err();
    assert_eq!(service.calls(), 1);
    let create = once.create_chat_thread("topic").await.unwrap_err();
    assert_eq!(service.calls(), 2);

    assert!(create.idempotency_token().is_some());
    assert_eq!(send.operation(), Some("sendChatMessage"));
    for error in [&send, &create] {
        assert_eq!(error.http_status(), None);
        assert!(error.client_request_id().is_some());
    }
    (send, create)
}

fn assert_in_doubt((send, create): (Error, Error), kind: ErrorKind) {
    assert_eq!(send.kind(), ErrorKind::OutcomeUnknown);
    assert!(send.is_outcome_unknown() && !send.is_retryable());
    assert_eq!(send.effect(), RequestEffect::Unknown);

    assert_eq!(create.kind(), kind);
    assert!(create.is_retryable() && !create.is_outcome_unknown());
    assert_eq!(create.effect(), RequestEffect::Unknown);
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let client = ChatClient::builder(RawService::nobody().await, credential);
    let client = client.retry(RetryOptions::none()).build().unwrap();

    let thread = client.chat_thread_client(THREAD);
    let errors = [
        thread.send_message("hello").await.unwrap_err(),
        client.create_chat_thread("topic").await.unwrap_err(),
    ];

    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
        assert!(error.is_retryable());
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[tokio::test]
async fn a_reset_after_the_request_leaves_a_message_in_doubt() {
    let service = RawService::start(Then::Reset).await;

    let errors = errors(&service, |builder| builder).await;

    assert_in_doubt(errors, ErrorKind::ConnectionLost);
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_leaves_a_message_in_doubt() {
    let service = RawService::start(Then::Close).await;

    let errors = errors(&service, |builder| builder).await;

    assert_in_doubt(errors, ErrorKind::ConnectionLost);
}

#[tokio::test]
async fn no_answer_in_time_leaves_a_message_in_doubt() {
    let service = RawService::start(Then::WriteAndHang(Vec::new())).await;

    let errors = errors(&service, |builder| builder.timeout(PATIENCE)).await;

    assert_in_doubt(errors, ErrorKind::Timeout);
}

#[tokio::test]
async fn a_timeout_of_the_callers_own_http_client_is_a_timeout() {
    let service = RawService::start(Then::WriteAndHang(Vec::new())).await;

    let errors = errors(&service, |builder| {
        builder.http_client(|| reqwest::Client::builder().timeout(PATIENCE))
    })
    .await;

    assert_in_doubt(errors, ErrorKind::Timeout);
}

#[tokio::test]
async fn what_is_no_http_is_a_lost_connection() {
    let service = RawService::start(Then::Write(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())).await;

    let errors = errors(&service, |builder| builder).await;

    assert_in_doubt(errors, ErrorKind::ConnectionLost);
}

#[tokio::test]
async fn a_refusal_whose_body_never_ends_is_still_that_refusal() {
    let head = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 1000\r\n\r\n{\"error\":{".to_vec();
    for then in [Then::Write(head.clone()), Then::WriteAndHang(head)] {
        let service = RawService::start(then).await;
        let client = service.once().timeout(PATIENCE).build().unwrap();

        let thread = client.chat_thread_client(THREAD);
        let errors = [
            thread.send_message("hello").await.unwrap_err(),
            thread.message(MESSAGE).await.unwrap_err(),
        ];

        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Forbidden);
            assert_eq!(error.http_status(), Some(403));
            assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
        }
        assert_eq!(service.calls(), 2);
    }
}

#[tokio::test]
async fn a_client_goes_on_after_a_lost_connection() {
    let service = RawService::start(Then::Close).await;
    let client = service.once().build().unwrap();

    for calls in 1..=3 {
        let error = client.delete_chat_thread(THREAD).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost);
        assert_eq!(service.calls(), calls);
    }
}

#[tokio::test]
async fn a_handshake_that_is_never_answered_sends_nothing_and_is_tried_again() {
    let service = RawService::start(Then::WriteAndHang(Vec::new())).await;
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let endpoint = service.endpoint().replace("http://", "https://");
    let client = ChatClient::builder(endpoint, credential)
        .attempt_timeout(Duration::from_millis(150))
        .retry(RetryOptions::exponential().max_retries(1))
        .build()
        .unwrap();

    let send = client.chat_thread_client(THREAD).send_message("hello");
    let error = send.await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
    assert!(error.is_retryable() && !error.in_doubt());
    assert_eq!(error.retry_info().attempts(), 2);
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
}
