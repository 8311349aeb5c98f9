//! Users and their tokens.

use std::time::Duration;

use chat::models::{CommunicationUserIdentifier, TokenScope};
use chat::{CommunicationTokenCredential, ErrorKind};
use chat_tests::mock::{Answer, MockService, TOKEN};
use serde_json::{Value, json};
use time::macros::datetime;

const USER: &str = "8:acs:aaa_bbb";
const USER_IN_PATH: &str = "8%3Aacs%3Aaaa_bbb";

fn user() -> CommunicationUserIdentifier {
    CommunicationUserIdentifier::new(USER)
}

fn token() -> Value {
    json!({ "token": TOKEN, "expiresOn": "2021-10-18T02:54:14.1234567+00:00" })
}

const EXPIRES_ON: time::OffsetDateTime = datetime!(2021-10-18 02:54:14.1234567 UTC);

#[tokio::test]
async fn creating_a_user_asks_for_no_token() {
    let answer = json!({ "identity": { "id": USER } });
    let service = MockService::start([Answer::json(201, &answer)]).await;

    let created = service.identity_client().create_user().await.unwrap();

    let request = service.only_request();
    request.assert_identity("POST", "/identities", Some(&json!({})));
    assert_eq!(created, user());
}

#[tokio::test]
async fn creating_a_user_with_a_token_sends_scopes_and_lifetime() {
    let answer = json!({ "identity": { "id": USER }, "accessToken": token() });
    let service = MockService::start([Answer::json(201, &answer)]).await;

    let (created, issued) = service
        .identity_client()
        .create_user_and_token([TokenScope::Chat, TokenScope::VoipJoin])
        .expires_in(Duration::from_secs(60 * 60))
        .await
        .unwrap();

    let body = json!({
        "createTokenWithScopes": ["chat", "voip.join"],
        "expiresInMinutes": 60,
    });
    service
        .only_request()
        .assert_identity("POST", "/identities", Some(&body));
    assert_eq!(created, user());
    assert_eq!((issued.secret(), issued.expires_on()), (TOKEN, EXPIRES_ON));
}

#[tokio::test]
async fn a_lifetime_that_was_not_set_is_not_sent() {
    let answer = json!({ "identity": { "id": USER }, "accessToken": token() });
    let service = MockService::start([Answer::json(201, &answer)]).await;

    let create = service
        .identity_client()
        .create_user_and_token([TokenScope::Chat]);
    create.await.unwrap();

    let body = json!({ "createTokenWithScopes": ["chat"] });
    service
        .only_request()
        .assert_identity("POST", "/identities", Some(&body));
}

#[tokio::test]
async fn issuing_a_token_sends_the_user_percent_encoded() {
    let service = MockService::start([Answer::json(200, &token())]).await;
    let scopes = [
        TokenScope::Chat,
        TokenScope::Voip,
        TokenScope::ChatJoin,
        TokenScope::ChatJoinLimited,
        TokenScope::VoipJoin,
        TokenScope::from("future.scope"),
    ];

    let issue = service.identity_client().issue_token(user(), scopes);
    let issued = issue
        .expires_in(Duration::from_secs(1440 * 60))
        .await
        .unwrap();

    let body = json!({
        "scopes":
            ["chat", "voip", "chat.join", "chat.join.limited", "voip.join", "future.scope"],
        "expiresInMinutes": 1440,
    });
    let path = format!("/identities/{USER_IN_PATH}/:issueAccessToken");
    service
        .only_request()
        .assert_identity("POST", &path, Some(&body));
    assert_eq!((issued.secret(), issued.expires_on()), (TOKEN, EXPIRES_ON));
}

#[tokio::test]
async fn users_participants_and_scopes_may_be_given_as_texts() {
    let service = MockService::start([
        Answer::json(200, &token()),
        Answer::json(201, &json!({})),
        Answer::status(204),
    ])
    .await;
    let issue = service.identity_client().issue_token(USER, ["chat.join"]);
    issue.await.unwrap();
    let thread = service.thread_client();
    let added = thread.add_participants(["4:+1"]).await.unwrap();
    assert!(added.is_complete());
    thread.remove_participant("4:+1").await.unwrap();

    let requests = service.requests();
    assert_eq!(requests[0].json()["scopes"], json!(["chat.join"]));
    let phone = json!({ "rawId": "4:+1", "phoneNumber": { "value": "+1" } });
    let participants = &requests[1].json()["participants"];
    assert_eq!(*participants, json!([{ "communicationIdentifier": phone }]));
    assert_eq!(requests[2].json(), phone);
}

#[tokio::test]
async fn an_issued_token_can_be_handed_to_a_credential_as_it_is() {
    let service = MockService::start([
        Answer::json(200, &token()),
        Answer::json(200, &json!({"value": []})),
    ])
    .await;
    let issued = service
        .identity_client()
        .issue_token(user(), [TokenScope::Chat])
        .await
        .unwrap();

    let credential = CommunicationTokenCredential::new(issued).unwrap();
    let client = chat::ChatClient::new(service.endpoint(), credential).unwrap();
    client
        .list_chat_threads()
        .into_stream()
        .try_next()
        .await
        .unwrap();

    service.requests()[1].assert_chat("GET", "/chat/threads", &[], None);
}

#[tokio::test]
async fn revoking_tokens_sends_no_body() {
    let service = MockService::start([Answer::status(204)]).await;

    service
        .identity_client()
        .revoke_tokens(user())
        .await
        .unwrap();

    let path = format!("/identities/{USER_IN_PATH}/:revokeAccessTokens");
    let request = service.only_request();
    request.assert_identity("POST", &path, None);
    assert_eq!(request.header("content-length"), Some("0"));
}

#[tokio::test]
async fn deleting_a_user_sends_no_body() {
    let service = MockService::start([Answer::status(204)]).await;

    service.identity_client().delete_user(user()).await.unwrap();

    let path = format!("/identities/{USER_IN_PATH}");
    service
        .only_request()
        .assert_identity("DELETE", &path, None);
}

#[tokio::test]
async fn exchanging_a_teams_token_names_application_and_user() {
    let service = MockService::start([Answer::json(200, &token())]).await;

    let exchange = service
        .identity_client()
        .exchange_teams_user_token("entra", "app", "object");
    let exchanged = exchange.await.unwrap();

    let body = json!({ "token": "entra", "appId": "app", "userId": "object" });
    service
        .only_request()
        .assert_identity("POST", "/teamsUser/:exchangeAccessToken", Some(&body));
    assert_eq!(
        (exchanged.secret(), exchanged.expires_on()),
        (TOKEN, EXPIRES_ON)
    );
}

#[tokio::test]
async fn a_user_whose_token_is_missing_or_unusable_is_named_by_the_error() {
    for access_token in [
        None,
        Some(json!({ "token": "", "expiresOn": "2021-10-18T02:54:14Z" })),
    ] {
        let mut answer = json!({ "identity": { "id": USER } });
        if let Some(token) = access_token {
            answer["accessToken"] = token;
        }
        let service = MockService::start([Answer::json(201, &answer)]).await;

        let create = service
            .identity_client()
            .create_user_and_token([TokenScope::Chat]);
        let error = create.await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{answer}");
        assert_eq!(error.created_user(), Some(&user()));
        assert_eq!(error.http_status(), Some(201));
        assert_eq!(service.calls(), 1);
    }
}

#[tokio::test]
async fn a_wrong_access_key_is_unauthorized() {
    let refusal = json!({ "error": { "code": "Denied", "message": "Denied by the resource." } });
    let service = MockService::start([Answer::json(401, &refusal)]).await;

    let error = service.identity_client().create_user().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(error.error_code(), Some("Denied"));
    assert_eq!(error.operation(), Some("createIdentity"));
    assert_eq!(service.calls(), 1);
}
