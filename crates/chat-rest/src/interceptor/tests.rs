use httpmock::prelude::*;
use serde_json::json;

use super::*;
use crate::testing::{Recorder, target};

const THREAD: &str = "19:abc_d-e1@thread.v2";

#[tokio::test]
async fn the_version_is_sent_once_and_in_the_query() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(GET)
                .is_true(target("/chat/threads?api-version=CHAT&maxPageSize=5&startTime=2026-01-31T12%3A00%3A00Z"))
                .header_missing("api-version")
                .header("accept", "application/json")
                .header("authorization", "Bearer abc");
            then.status(200).json_body(json!({"value": []}));
        })
        .await;
    let recorder = Recorder::new();
    let start = "2026-01-31T12:00:00Z".parse().unwrap();

    let page = recorder
        .chat(&server.base_url())
        .list_chat_threads(Some(5), Some(&start))
        .await
        .unwrap();

    mock.assert_async().await;
    assert!(page.value.is_empty());
    assert_eq!(*recorder.prepared.lock().unwrap(), ["listChatThreads"]);
    assert_eq!(
        *recorder.received.lock().unwrap(),
        [("listChatThreads", 200)]
    );
}

#[tokio::test]
async fn a_change_is_sent_as_merge_patch_and_its_empty_answer_is_read() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method("PATCH")
                .is_true(target(
                    "/chat/threads/19%3Aabc_d-e1%40thread.v2/messages/17?api-version=CHAT",
                ))
                .header("content-type", "application/merge-patch+json")
                .header_count("content-type", ".*", 1)
                .header("accept", "application/json")
                .json_body(json!({"content": "new"}));
            then.status(204);
        })
        .await;
    let change = chat::types::UpdateChatMessageRequest {
        content: Some("new".to_owned()),
        metadata: None,
    };

    let client = Recorder::new().chat(&server.base_url());
    let answer = client
        .update_chat_message(THREAD, "17", &change)
        .await
        .unwrap();

    mock.assert_async().await;
    assert_eq!(answer.status(), 204);
}

#[tokio::test]
async fn other_bodies_are_sent_as_json_with_the_idempotency_token_beside() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST)
                .is_true(target("/chat/threads?api-version=CHAT"))
                .header("content-type", "application/json")
                .header("repeatability-request-id", "token")
                .json_body(json!({"topic": "Lunch"}));
            then.status(201).json_body(json!({}));
        })
        .await;
    let body = chat::types::CreateChatThreadRequest {
        topic: "Lunch",
        participants: None,
        metadata: None,
        retention_policy: None,
    };

    let client = Recorder::new().chat(&server.base_url());
    client
        .create_chat_thread(Some("token"), &body)
        .await
        .unwrap();

    mock.assert_async().await;
}

#[tokio::test]
async fn an_answer_of_200_without_a_body_is_read() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST)
                .is_true(target(
                    "/chat/threads/19%3Aabc_d-e1%40thread.v2/typing?api-version=CHAT",
                ))
                .json_body(json!({}));
            then.status(200).header("content-length", "0");
        })
        .await;

    let client = Recorder::new().chat(&server.base_url());
    let body = chat::types::SendTypingNotificationRequest::default();
    client
        .send_typing_notification(THREAD, &body)
        .await
        .unwrap();

    mock.assert_async().await;
}

#[tokio::test]
async fn identity_speaks_its_own_version() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST)
                .is_true(target(
                    "/identities/8%3Aacs%3Aa_b/:revokeAccessTokens?api-version=IDENTITY",
                ))
                .header_missing("api-version")
                .header_missing("content-type")
                .header("content-length", "0")
                .header("authorization", "Bearer abc");
            then.status(204);
        })
        .await;
    let recorder = Recorder::new();

    let client = recorder.identity(&server.base_url());
    client.revoke_access_tokens("8:acs:a_b").await.unwrap();

    mock.assert_async().await;
    assert_eq!(*recorder.prepared.lock().unwrap(), ["revokeAccessTokens"]);
    assert_eq!(
        *recorder.received.lock().unwrap(),
        [("revokeAccessTokens", 204)]
    );
}

#[tokio::test]
async fn an_answer_that_is_not_declared_arrives_whole() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(503).header("retry-after", "7").body("<html>");
        })
        .await;
    let recorder = Recorder::new();

    let client = recorder.chat(&server.base_url());
    let error = client.get_chat_message(THREAD, "17").await.unwrap_err();

    let Error::UnexpectedResponse(answer) = error else {
        panic!("{error}");
    };
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "7");
    assert_eq!(answer.text().await.unwrap(), "<html>");
    assert_eq!(
        *recorder.received.lock().unwrap(),
        [("getChatMessage", 503)]
    );
}

#[tokio::test]
async fn a_declared_answer_that_cannot_be_read_gives_its_body() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body("{\"id\": ");
        })
        .await;

    let client = Recorder::new().chat(&server.base_url());
    let error = client.get_chat_message(THREAD, "17").await.unwrap_err();

    assert!(
        matches!(&error, Error::InvalidResponsePayload(body, _) if &body[..] == b"{\"id\": "),
        "{error}"
    );
}

#[tokio::test]
async fn a_refused_request_is_not_sent() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(204);
        })
        .await;
    let recorder = Recorder::refusing();

    let client = recorder.chat(&server.base_url());
    let error = client.delete_chat_thread(THREAD).await.unwrap_err();

    assert!(
        matches!(&error, Error::Custom(text) if text == "no credential"),
        "{error}"
    );
    assert_eq!(mock.calls_async().await, 0);
    assert!(recorder.received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_id_that_leaves_its_path_is_not_sent() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(204);
        })
        .await;
    let recorder = Recorder::new();

    let client = recorder.chat(&server.base_url());
    for id in ["", ".", "..", "a/b", r"a\b", "a?b", "a#b", "a\nb"] {
        let error = client.delete_chat_message(id, "17").await.unwrap_err();

        assert!(matches!(error, Error::InvalidRequest(_)), "{id:?}: {error}");
    }
    assert_eq!(mock.calls_async().await, 0);
    assert!(recorder.prepared.lock().unwrap().is_empty());
}

#[test]
fn clients_and_their_calls_can_be_sent_between_threads() {
    fn sendable(_: &(impl Send + Sync + 'static)) {}
    fn call(_: impl Send) {}

    let chat = Recorder::new().chat("https://host");
    sendable(&chat);
    call(chat.list_chat_threads(None, None));
    call(chat.get_chat_message(THREAD, "17"));
    let identity = Recorder::new().identity("https://host");
    sendable(&identity);
    call(identity.delete_identity("8:acs:a_b"));
}
