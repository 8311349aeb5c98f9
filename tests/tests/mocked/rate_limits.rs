//! Clients that share a rate governor: who is counted together, and what is not sent.

use std::time::{Duration, Instant};

use chat::governor::{RateGroup, RateLimits, RateScope};
use chat::{
    AccessToken, ChatClient, CommunicationTokenCredential, ErrorKind, RateGovernor, RequestEffect,
    RetryOptions,
};
use chat_tests::mock::{Answer, MockService, OTHER_THREAD, THREAD, thread};
use serde_json::json;

/// Tokens of two users: `8:acs:a` and `8:acs:b`.
const TOKEN_OF_A: &str = "e30.eyJza3lwZWlkIjoiYWNzOmEiLCJleHAiOjE5OTk5OTk5OTl9.c2ln";
const TOKEN_OF_B: &str = "e30.eyJza3lwZWlkIjoiYWNzOmIiLCJleHAiOjE5OTk5OTk5OTl9.c2ln";

const HOUR: Duration = Duration::from_secs(3600);

fn one_an_hour(group: RateGroup, scope: RateScope) -> RateGovernor {
    RateGovernor::new(RateLimits::none().limit(group, scope, 1, HOUR))
}

fn client(service: &MockService, token: &str, governor: &RateGovernor) -> ChatClient {
    let credential = CommunicationTokenCredential::new(token).unwrap();
    client_with(service, credential, governor)
}

fn client_with(
    service: &MockService,
    credential: CommunicationTokenCredential,
    governor: &RateGovernor,
) -> ChatClient {
    ChatClient::builder(service.endpoint(), credential)
        .rate_governor(governor)
        .retry(RetryOptions::none())
        .build()
        .unwrap()
}

#[tokio::test]
async fn two_clients_of_one_user_share_its_limits_and_two_users_do_not() {
    let created = || Answer::json(201, &json!({ "chatThread": thread() }));
    let service = MockService::start([created(), created()]).await;
    let governor = one_an_hour(RateGroup::CreateThread, RateScope::User);
    let client = |token| client(&service, token, &governor);

    let _ = client(TOKEN_OF_A).create_chat_thread("one").await.unwrap();
    let _ = client(TOKEN_OF_B).create_chat_thread("two").await.unwrap();
    let start = Instant::now();
    let error = client(TOKEN_OF_A).create_chat_thread("three").await;

    // The wait would end after the deadline, and is not begun.
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
    assert!(error.to_string().contains("not sent"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn a_user_that_the_first_token_tells_of_is_counted_from_the_first_request_on() {
    let created = || Answer::json(201, &json!({ "chatThread": thread() }));
    let service = MockService::start([created(), created()]).await;
    let governor = one_an_hour(RateGroup::CreateThread, RateScope::User);
    let client = || {
        let refresher = || async { AccessToken::try_from(TOKEN_OF_A) };
        let credential = CommunicationTokenCredential::refreshing(refresher);
        client_with(&service, credential, &governor)
    };

    let _ = client().create_chat_thread("one").await.unwrap();
    let error = client().create_chat_thread("two").await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_typing_notification_for_which_there_is_no_room_is_not_sent_and_not_repeated() {
    let service = MockService::start([Answer::status(200)]).await;
    let limits = RateLimits::none().limit(
        RateGroup::SendTypingNotification,
        RateScope::Thread,
        1,
        Duration::from_secs(1),
    );
    let client = client(&service, TOKEN_OF_A, &RateGovernor::new(limits));
    let thread = client.chat_thread_client(THREAD);

    thread.send_typing_notification().await.unwrap();
    let error = thread
        .send_typing_notification()
        .retry(RetryOptions::exponential())
        .await
        .unwrap_err();

    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert!(error.to_string().contains("not sent"), "{error}");
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn deleting_a_thread_is_counted_for_that_thread() {
    let service = MockService::start([Answer::status(204), Answer::status(204)]).await;
    let governor = one_an_hour(RateGroup::DeleteThread, RateScope::Thread);
    let client = client(&service, TOKEN_OF_A, &governor);

    client.delete_chat_thread(THREAD).await.unwrap();
    client.delete_chat_thread(OTHER_THREAD).await.unwrap();
    let error = client.delete_chat_thread(THREAD).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::TooManyRequests);
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn a_typing_notification_is_sent_once_whatever_becomes_of_it() {
    for status in [429, 503] {
        let service = MockService::start([Answer::status(status), Answer::status(200)]).await;
        let client = service.chat_client_builder().build().unwrap();
        let typing = client.chat_thread_client(THREAD).send_typing_notification();

        assert!(typing.await.is_err(), "{status}");

        assert_eq!(service.calls(), 1, "{status}");
    }
}
