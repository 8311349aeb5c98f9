//! A call is one thing: its error speaks of all its requests, and one deadline bounds them.

use std::future;
use std::time::{Duration, Instant};

use chat::builders::ChatClientBuilder;
use chat::governor::{RateGroup, RateLimits, RateScope};
use chat::{
    AccessToken, ChatClient, CommunicationTokenCredential, Error, ErrorKind, RateGovernor,
    RequestEffect, RetryOptions,
};
use chat_tests::mock::{Answer, MESSAGE, MockService, RawService, THREAD, Then, message, thread};
use serde_json::json;

/// The timeout of the calls that are to end by it: long enough for a request to leave on a busy machine.
const TIMEOUT: Duration = Duration::from_millis(300);

/// What nothing here takes, on however busy a machine, unless a timeout is not kept.
const FAR_TOO_LONG: Duration = Duration::from_secs(20);

fn at_once() -> RetryOptions {
    RetryOptions::exponential().initial_delay(Duration::ZERO)
}

fn client(service: &MockService) -> ChatClient {
    let builder = service.chat_client_builder().retry(at_once());
    builder.build().unwrap()
}

#[tokio::test]
async fn a_refusal_after_an_attempt_in_doubt_leaves_the_whole_call_in_doubt() {
    let service = MockService::start([Answer::status(500), Answer::status(403)]).await;
    let error = client(&service)
        .chat_thread_client(THREAD)
        .update_topic("topic")
        .await
        .unwrap_err();

    assert!(error.is_forbidden());
    assert_eq!(error.effect(), RequestEffect::Unknown);
    assert!(error.in_doubt());
    assert_eq!(error.retry_info().attempts(), 2);
    assert_eq!(service.calls(), 2);

    // A throttled attempt was not carried out, and neither was this call.
    let service = MockService::start([Answer::status(429), Answer::status(403)]).await;
    let error = client(&service)
        .chat_thread_client(THREAD)
        .update_topic("topic")
        .await
        .unwrap_err();

    assert!(error.is_forbidden() && !error.in_doubt());
    assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
    assert_eq!(error.retry_info().attempts(), 2);
}

#[tokio::test]
async fn what_failed_before_its_request_was_made_is_not_counted() {
    let unreachable = RawService::nobody().await;
    let no_token = CommunicationTokenCredential::refreshing(|| async {
        Err::<AccessToken, _>(std::io::Error::other("no token today"))
    });
    let client = ChatClient::builder(unreachable, no_token).retry(at_once());
    let client = client.build().unwrap();

    let error = client.create_chat_thread("topic").await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Credential);
    assert_eq!(error.retry_info().attempts(), 0);
    assert!(!error.in_doubt());
}

/// What a call fails with that has to be over after [`TIMEOUT`].
async fn timed_out<T: std::fmt::Debug>(call: impl Future<Output = Result<T, Error>>) -> Error {
    let start = Instant::now();
    let error = call.await.unwrap_err();
    assert!(start.elapsed() >= TIMEOUT, "{error:?}");
    assert!(start.elapsed() < FAR_TOO_LONG, "{error:?}");
    error
}

#[tokio::test]
async fn the_timeout_bounds_getting_a_token() {
    let service = MockService::unused().await;
    let hangs = CommunicationTokenCredential::refreshing(future::pending::<Result<String, Error>>);
    let client = ChatClient::new(service.endpoint(), hangs).unwrap();
    let thread = client.chat_thread_client(THREAD);

    let error = timed_out(thread.send_message("hello").timeout(TIMEOUT).send()).await;

    assert_eq!(error.kind(), ErrorKind::Credential);
    assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
    assert_eq!(error.retry_info().attempts(), 0);
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn the_timeout_bounds_all_requests_together() {
    let service = RawService::start(Then::WriteAndHang(Vec::new())).await;
    let client = service.chat_client_builder().retry(at_once());
    let thread = client.build().unwrap().chat_thread_client(THREAD);

    let error = timed_out(thread.message(MESSAGE).timeout(TIMEOUT).send()).await;

    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("timeout of the call"), "{error}");
    assert_eq!(error.retry_info().attempts(), 1);
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_timeout_of_one_request_leaves_time_for_the_next() {
    let service = RawService::start(Then::WriteAndHang(Vec::new())).await;
    let client = service.chat_client_builder().retry(at_once());
    let thread = client.build().unwrap().chat_thread_client(THREAD);

    let call = thread.message(MESSAGE).attempt_timeout(TIMEOUT);
    let error = timed_out(call.timeout(FAR_TOO_LONG).send()).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("one attempt"), "{error}");
    assert_eq!((error.retry_info().attempts(), service.calls()), (4, 4));

    // The same as a setting of the client. What may not be repeated is not.
    let client = service.chat_client_builder().attempt_timeout(TIMEOUT);
    let thread = client.build().unwrap().chat_thread_client(THREAD);
    let error = timed_out(thread.send_message("hello").send()).await;
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(service.calls(), 5);
}

#[tokio::test]
async fn no_wait_and_no_request_begins_that_would_end_after_the_timeout() {
    let busy = Answer::status(503).header("retry-after-ms", "60000");
    let service = MockService::start([busy, Answer::json(200, &message(MESSAGE))]).await;
    let thread = client(&service).chat_thread_client(THREAD);
    let start = Instant::now();

    let call = thread.message(MESSAGE).timeout(Duration::from_secs(50));
    let error = call.await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::ServiceUnavailable);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert!(start.elapsed() < FAR_TOO_LONG);
    assert_eq!(service.calls(), 1);

    let error = thread.message(MESSAGE).timeout(Duration::ZERO).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
    assert_eq!(error.retry_info().attempts(), 0);
    assert_eq!(service.calls(), 1);
}

fn governed(builder: ChatClientBuilder, group: RateGroup, scope: RateScope) -> ChatClient {
    let limits = RateLimits::none().limit(group, scope, 1, Duration::from_secs(10));
    let governed = builder.rate_governor(RateGovernor::new(limits));
    governed.retry(at_once()).build().unwrap()
}

#[tokio::test]
async fn a_turn_under_a_governor_that_comes_after_the_timeout_is_not_waited_for() {
    let created = Answer::json(201, &json!({ "chatThread": thread() }));
    let service = MockService::start([created]).await;
    let builder = service.chat_client_builder();
    let client = governed(builder, RateGroup::CreateThread, RateScope::User);
    let _ = client.create_chat_thread("first").await.unwrap();
    let start = Instant::now();

    let second = client.create_chat_thread("second");
    let error = second.timeout(Duration::from_secs(5)).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert_eq!(error.http_status(), None);
    assert_eq!(error.retry_info().attempts(), 0);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_repeat_queues_under_the_governor_and_not_beyond_the_timeout() {
    let service = MockService::start([Answer::status(503)]).await;
    let builder = service.chat_client_builder();
    let client = governed(builder, RateGroup::GetMessage, RateScope::Thread);

    let get = client.chat_thread_client(THREAD).message(MESSAGE);
    let error = get.timeout(Duration::from_secs(5)).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert_eq!(error.retry_info().attempts(), 1);
    assert!(error.in_doubt(), "the first may have been carried out");
    assert_eq!(service.calls(), 1);
}
