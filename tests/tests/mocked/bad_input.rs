//! What callers may get wrong: each gives an error of its kind, and nothing is sent.
//!
//! Ids have a file of their own, `bad_ids`. What the service may get wrong stands in `unreadable_answers` and `error_answers`.

use std::time::Duration;

use chat::models::{
    ChatParticipant, CommunicationIdentifier, CommunicationUserIdentifier, IdempotencyToken,
    TokenScope,
};
use chat::{
    AccessToken, ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, Error,
    ErrorKind, RequestEffect,
};
use chat_tests::mock::{ACCESS_KEY, Answer, MockService, THREAD, TOKEN};
use serde_json::json;
use time::macros::datetime;

#[track_caller]
pub(super) fn assert_refused(error: &Error, input: &str) {
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{input:?}");
    assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
    assert!(!error.is_retryable());
    assert_eq!(error.http_status(), None);
}

#[test]
fn bad_endpoints_are_invalid_arguments() {
    for endpoint in [
        "",
        " ",
        "contoso.communication.azure.com",
        "https://",
        "https://contoso.example:99999",
        "ftp://contoso.example",
        "http://contoso.example",
        "http://10.0.0.1",
        "https://user@contoso.example",
        "https://user:pass@contoso.example",
        "https://contoso.example/?api-version=2025-03-15",
        "https://contoso.example/#fragment",
    ] {
        let credential = || CommunicationTokenCredential::new(TOKEN).unwrap();
        assert_refused(
            &ChatClient::new(endpoint, credential()).unwrap_err(),
            endpoint,
        );
        let text = format!("endpoint={endpoint};accesskey={ACCESS_KEY}");
        let error = CommunicationIdentityClient::from_connection_string(&text).unwrap_err();
        assert_refused(&error, endpoint);
    }
}

#[test]
fn plain_http_to_another_machine_needs_permission() {
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let builder = ChatClient::builder("http://contoso.example", credential);
    assert!(builder.allow_insecure_http().build().is_ok());

    let text = format!("endpoint=http://contoso.example;accesskey={ACCESS_KEY}");
    let builder = CommunicationIdentityClient::builder(&text);
    assert!(builder.allow_insecure_http().build().is_ok());
}

#[test]
fn bad_connection_strings_and_keys_are_invalid_arguments() {
    for text in [
        "",
        ";",
        "nonsense",
        "endpoint=https://contoso.example",
        "accesskey=c2VjcmV0",
        "endpoint=https://contoso.example;accesskey=",
        "endpoint=https://contoso.example;accesskey=not base64!",
        "endpoint=https://contoso.example;accesskey=c2VjcmV0x",
        "endpoint=;accesskey=c2VjcmV0",
        "endpoint=https://a.example;endpoint=https://b.example;accesskey=c2VjcmV0",
        "endpoint=https://contoso.example;accesskey=c2VjcmV0;accesskey=c2VjcmV0",
        "endpoint=https://contoso.example;nonsense;accesskey=c2VjcmV0",
    ] {
        let error = CommunicationIdentityClient::from_connection_string(text).unwrap_err();
        assert_refused(&error, text);
    }
}

#[test]
fn bad_tokens_are_invalid_arguments() {
    // Claims: `{}`, `[]`, `{"exp":"x"}`, `{"exp":1e300}`, and no base64.
    for token in [
        "",
        "token",
        "a.b",
        "a.b.c.d",
        "e30.e30.c2ln",
        "e30.W10.c2ln",
        "e30.eyJleHAiOiJ4In0.c2ln",
        "e30.eyJleHAiOjFlMzAwfQ.c2ln",
        "e30.!!!.c2ln",
        "e30.eyJleHAiOjE5OTk5OTk5OTl9.c2ln\r\nx: y",
    ] {
        assert_refused(
            &CommunicationTokenCredential::new(token).unwrap_err(),
            token,
        );
    }
    for token in ["", " ", "a b", "a\nb", "ü"] {
        let error = AccessToken::new(token, time::OffsetDateTime::UNIX_EPOCH).unwrap_err();
        assert_refused(&error, token);
    }
}

#[test]
fn bad_idempotency_tokens_are_invalid_arguments() {
    for token in ["", " ", "a b", "a\r\nb", "ü"] {
        assert_refused(
            &token.parse::<IdempotencyToken>().unwrap_err().into(),
            token,
        );
    }
}

#[tokio::test]
async fn bad_page_sizes_and_skips_are_refused() {
    let service = MockService::unused().await;
    let (client, thread) = (service.chat_client(), service.thread_client());
    for size in [0, u32::MAX] {
        let errors = [
            client
                .list_chat_threads()
                .page_size(size)
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
            thread
                .list_messages()
                .page_size(size)
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
            thread
                .list_participants()
                .page_size(size)
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
            thread
                .list_read_receipts()
                .page_size(size)
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
        ];
        for error in &errors {
            assert_refused(error, &size.to_string());
            assert!(error.operation().is_some());
        }
    }
    let mut pages = thread.list_participants().skip(u32::MAX).into_pages();
    assert_refused(&pages.try_next().await.unwrap_err(), "skip");
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn any_text_is_a_raw_id_and_judged_by_the_service() {
    for raw_id in [
        "",
        " ",
        "8:acs:",
        "8:acs:invalidUserId",
        "4:",
        "::",
        "\u{1f600}\n",
    ] {
        let identifier = CommunicationIdentifier::from_raw_id(raw_id);
        assert_eq!(identifier.raw_id(), raw_id);
        let refusal = json!({ "error": { "code": "BadRequest", "message":
            format!("Identifier format is invalid ({raw_id}).") } });
        let service = MockService::start([Answer::json(400, &refusal)]).await;

        let error = service
            .thread_client()
            .add_participants([&identifier])
            .await
            .unwrap_err();

        assert_eq!(error.kind(), ErrorKind::BadRequest);
        let sent = service.only_request().json();
        assert_eq!(
            sent["participants"][0]["communicationIdentifier"]["rawId"],
            raw_id
        );
    }
}

#[tokio::test]
async fn a_refresher_without_a_token_sends_nothing() {
    let service = MockService::unused().await;
    let expired = || AccessToken::new("expired", time::OffsetDateTime::UNIX_EPOCH);
    let refreshers = [
        CommunicationTokenCredential::refreshing(|| async { Err::<String, _>("no network") }),
        CommunicationTokenCredential::refreshing(|| async { Ok::<_, Error>("no JWT") }),
        CommunicationTokenCredential::refreshing(move || async move { expired() }),
    ];
    for credential in refreshers {
        let client = ChatClient::new(service.endpoint(), credential).unwrap();

        let error = client
            .chat_thread_client(THREAD)
            .send_message("hello")
            .await
            .unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Credential);
        assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
        assert_eq!(error.operation(), Some("sendChatMessage"));
        assert!(std::error::Error::source(&error).is_some());
    }
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn tokens_without_a_scope_or_with_a_bad_lifetime_are_refused() {
    let service = MockService::unused().await;
    let identity = service.identity_client();
    let chat = [TokenScope::Chat];
    let alice = CommunicationUserIdentifier::new("8:acs:res_alice");
    assert_refused(
        &identity
            .create_user_and_token([TokenScope::Chat; 0])
            .await
            .unwrap_err(),
        "no scope",
    );
    assert_refused(
        &identity
            .issue_token(&alice, [TokenScope::Chat; 0])
            .await
            .unwrap_err(),
        "no scope",
    );
    for seconds in [0, 59 * 60, 60 * 60 + 1, 1441 * 60, u64::MAX] {
        let lifetime = Duration::from_secs(seconds);
        let issue = identity
            .issue_token(&alice, chat.clone())
            .expires_in(lifetime);
        assert_refused(&issue.await.unwrap_err(), &seconds.to_string());
        let create = identity
            .create_user_and_token(chat.clone())
            .expires_in(lifetime);
        assert_refused(&create.await.unwrap_err(), &seconds.to_string());
    }
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn a_time_that_can_not_be_written_is_an_invalid_argument() {
    let service = MockService::unused().await;
    let time = datetime!(-0001-01-01 00:00 UTC);
    let mut messages = service
        .thread_client()
        .list_messages()
        .start_time(time)
        .into_stream();
    let error = messages.try_next().await.unwrap_err();
    assert_refused(&error, "the year -1");

    let late = ChatParticipant::new(CommunicationUserIdentifier::new("8:acs:res_bob"))
        .with_share_history_time(time);
    let add = service.thread_client().add_participants([late]);
    let error = add.await.unwrap_err();
    assert_refused(&error, "the year -1");
    assert_eq!(service.calls(), 0);
}
