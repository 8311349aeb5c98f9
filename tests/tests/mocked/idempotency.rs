//! The token by which the service knows a repeated create.

use chat::ErrorKind;
use chat::models::IdempotencyToken;
use chat_tests::mock::{Answer, MockService, thread};
use serde_json::json;
use uuid::Uuid;

const HEADER: &str = "repeatability-request-id";

fn created() -> Answer {
    Answer::json(201, &json!({ "chatThread": thread() }))
}

#[tokio::test]
async fn the_minted_token_is_the_same_on_builder_header_and_result() {
    let service = MockService::start([created()]).await;

    let create = service.chat_client().create_chat_thread("topic");
    let token = create.token().clone();
    let created = create.await.unwrap();

    assert_eq!(
        Uuid::parse_str(token.as_str()).unwrap().get_version_num(),
        4
    );
    assert_eq!(service.only_request().header(HEADER), Some(token.as_str()));
    assert_eq!(created.idempotency_token(), &token);
}

#[tokio::test]
async fn two_builders_have_two_tokens() {
    let service = MockService::unused().await;
    let client = service.chat_client();

    let (first, second) = (
        client.create_chat_thread("topic"),
        client.create_chat_thread("topic"),
    );

    assert_ne!(first.token(), second.token());
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn a_token_that_was_given_is_used() {
    let service = MockService::start([created()]).await;
    let token: IdempotencyToken = "order-17".parse().unwrap();

    let create = service
        .chat_client()
        .create_chat_thread("topic")
        .idempotency_token(&token);
    assert_eq!(create.token(), &token);
    let created = create.await.unwrap();

    assert_eq!(service.only_request().header(HEADER), Some("order-17"));
    assert_eq!(created.idempotency_token(), &token);
}

#[tokio::test]
async fn the_error_has_the_token_whatever_went_wrong() {
    let answers = [
        (Answer::status(403), ErrorKind::Forbidden),
        (Answer::status(503), ErrorKind::ServiceUnavailable),
        (
            Answer::status(201).body("no json"),
            ErrorKind::InvalidResponse,
        ),
        (Answer::json(201, &json!({})), ErrorKind::InvalidResponse),
        (Answer::status(302), ErrorKind::UnexpectedStatus),
    ];
    for (answer, kind) in answers {
        let service = MockService::start([answer]).await;

        let create = service.chat_client().create_chat_thread("topic");
        let token = create.token().clone();
        let error = create.await.unwrap_err();

        assert_eq!(error.kind(), kind);
        assert_eq!(error.idempotency_token(), Some(&token), "{kind:?}");
        assert_eq!(service.only_request().header(HEADER), Some(token.as_str()));
    }
}

#[tokio::test]
async fn a_create_is_repeated_with_the_token_of_its_error() {
    let service = MockService::start([Answer::status(503), created()]).await;
    let client = service.chat_client();

    let error = client.create_chat_thread("topic").await.unwrap_err();
    assert!(error.is_retryable());
    let token = error.idempotency_token().unwrap();
    let created = client
        .create_chat_thread("topic")
        .idempotency_token(token)
        .await
        .unwrap();

    let requests = service.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].header(HEADER), requests[1].header(HEADER));
    assert_eq!(created.idempotency_token(), token);
}

#[tokio::test]
async fn other_errors_have_no_token() {
    let service = MockService::start([Answer::status(403)]).await;

    let error = service
        .thread_client()
        .send_message("hello")
        .await
        .unwrap_err();

    assert_eq!(error.idempotency_token(), None);
}

#[test]
fn a_token_can_be_stored_and_read_back() {
    let token = IdempotencyToken::new();
    let stored = serde_json::to_string(&token).unwrap();
    assert_eq!(
        serde_json::from_str::<IdempotencyToken>(&stored).unwrap(),
        token
    );
    assert!(serde_json::from_str::<IdempotencyToken>(r#""a\nb""#).is_err());
}
