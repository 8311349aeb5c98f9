//! Clients of many users that share what is costly.

use std::time::Duration;

use chat::builders::ChatClientBuilder;
use chat::governor::{RateGroup, RateLimits, RateScope};
use chat::{
    ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, ErrorKind, RateGovernor,
    RetryOptions, Transport,
};
use chat_tests::mock::{
    ACCESS_KEY, Answer, MESSAGE, MockService, RawService, THREAD, TOKEN, Then, thread,
};
use serde_json::json;

/// Tokens of two users: `8:acs:a` and `8:acs:b`.
const TOKEN_OF_A: &str = "e30.eyJza3lwZWlkIjoiYWNzOmEiLCJleHAiOjE5OTk5OTk5OTl9.c2ln";
const TOKEN_OF_B: &str = "e30.eyJza3lwZWlkIjoiYWNzOmIiLCJleHAiOjE5OTk5OTk5OTl9.c2ln";

fn credential(token: &str) -> CommunicationTokenCredential {
    CommunicationTokenCredential::new(token).unwrap()
}

async fn receive_receipts() -> RawService {
    let ok = b"HTTP/1.1 200 OK\r\napi-supported-versions: 1\r\ncontent-length: 0\r\n\r\n";
    RawService::start(Then::KeepAlive(ok.to_vec())).await
}

async fn send_receipt(client: &ChatClient) {
    let thread = client.chat_thread_client(THREAD);
    thread.send_read_receipt(MESSAGE).await.unwrap();
}

#[tokio::test]
async fn clients_for_other_users_use_the_same_connection() {
    let service = receive_receipts().await;
    let alice = service.chat_client_builder().build().unwrap();
    send_receipt(&alice).await;
    send_receipt(&alice.with_credential(credential(TOKEN_OF_B))).await;
    assert_eq!((service.calls(), service.connections()), (2, 1));

    let connection_string = format!("endpoint={}/;accesskey={ACCESS_KEY}", service.endpoint());
    let identity = CommunicationIdentityClient::from_connection_string(&connection_string).unwrap();
    send_receipt(&identity.chat_client(credential(TOKEN_OF_A))).await;
    send_receipt(&identity.chat_client(credential(TOKEN_OF_B))).await;
    assert_eq!((service.calls(), service.connections()), (4, 2));
}

#[tokio::test]
async fn clients_that_are_given_one_transport_use_the_same_connection() {
    let service = receive_receipts().await;
    let transport = Transport::builder().build().unwrap();
    for token in [TOKEN_OF_A, TOKEN_OF_B] {
        let builder = ChatClient::builder(service.endpoint(), credential(token));
        send_receipt(&builder.transport(&transport).build().unwrap()).await;
    }
    assert_eq!((service.calls(), service.connections()), (2, 1));
}

#[tokio::test]
async fn clients_for_other_users_have_the_same_settings_and_governor_and_an_own_token() {
    let created = || Answer::json(201, &json!({ "chatThread": thread() }));
    let service = MockService::start([created(), created(), Answer::status(503)]).await;
    let hour = Duration::from_secs(60 * 60);
    let limits = RateLimits::none().limit(RateGroup::CreateThread, RateScope::User, 1, hour);
    let alice = ChatClient::builder(service.endpoint(), credential(TOKEN_OF_A))
        .rate_governor(RateGovernor::new(limits))
        .retry(RetryOptions::none());
    let alice = alice.build().unwrap();
    let bob = alice.with_credential(credential(TOKEN_OF_B));
    let alice_again = bob.with_credential(credential(TOKEN_OF_A));

    let _ = alice.create_chat_thread("one").await.unwrap();
    let _ = bob.create_chat_thread("two").await.unwrap();
    let third = alice_again.create_chat_thread("three").await;
    let error = bob.chat_thread_client(THREAD).properties().await;

    // One an hour for each user, whichever client it has.
    assert_eq!(third.unwrap_err().kind(), ErrorKind::TooManyRequests);
    // Not repeated, as the first client was told.
    assert_eq!(error.unwrap_err().retry_info().attempts(), 1);
    let requests = service.requests();
    let tokens = requests
        .iter()
        .map(|request| request.header("authorization"));
    let bearer = |token: &str| format!("Bearer {token}");
    let (a, b) = (bearer(TOKEN_OF_A), bearer(TOKEN_OF_B));
    assert!(tokens.eq([Some(a.as_str()), Some(&b), Some(&b)]));
}

#[tokio::test]
async fn nothing_else_can_be_set_beside_a_shared_transport() {
    let service = MockService::unused().await;
    let transport = Transport::builder().build().unwrap();
    let second = Duration::from_secs(1);
    let set: [fn(ChatClientBuilder) -> ChatClientBuilder; 7] = [
        |builder| builder.allow_insecure_http(),
        |builder| builder.timeout(Duration::from_secs(1)),
        |builder| builder.attempt_timeout(Duration::from_secs(1)),
        |builder| builder.retry(RetryOptions::none()),
        |builder| builder.rate_governor(RateGovernor::new(RateLimits::none())),
        |builder| builder.max_response_bytes(1),
        |builder| builder.http_client(reqwest::Client::builder),
    ];
    for set in set {
        let builder = || ChatClient::builder(service.endpoint(), credential(TOKEN));
        for builder in [
            set(builder().transport(&transport)),
            set(builder()).transport(&transport),
        ] {
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains("shared transport"), "{error}");
        }
    }
    let identity = CommunicationIdentityClient::builder(&service.connection_string());
    let identity = identity.transport(transport).timeout(second).build();
    assert_eq!(identity.unwrap_err().kind(), ErrorKind::InvalidArgument);
}
