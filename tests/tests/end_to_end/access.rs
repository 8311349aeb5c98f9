//! Who may do what.

use chat::models::TokenScope;
use chat::{CommunicationIdentityClient, CommunicationTokenCredential, ErrorKind};

use crate::stage::on_stage;

#[tokio::test]
async fn a_stranger_reads_nothing() {
    on_stage(async |stage| {
        let (alice, bob, eve) = (
            stage.person().await,
            stage.person().await,
            stage.person().await,
        );
        let (alices, _) = alice.thread_with(&bob).await;
        let eves = eve.client.chat_thread_client(alices.thread_id());

        let errors = [
            eves.list_messages()
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
            eves.list_participants()
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
            eves.send_message("let me in").await.unwrap_err(),
        ];

        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
        }
        let mut threads = eve.client.list_chat_threads().into_stream();
        assert!(threads.try_next().await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_token_without_the_chat_scope_creates_no_thread() {
    on_stage(async |stage| {
        let user = stage.user().await;
        let token = stage
            .identity
            .issue_token(&user, [TokenScope::Voip])
            .await
            .unwrap();
        let client = stage.client(CommunicationTokenCredential::new(token).unwrap());

        let error = client.create_chat_thread("Lunch").await.unwrap_err();

        assert!(error.is_forbidden() || error.is_unauthorized(), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_access_key_is_unauthorized() {
    on_stage(async |stage| {
        let text = format!("endpoint={};accesskey=d3Jvbmc=", stage.identity.endpoint());
        let identity = CommunicationIdentityClient::from_connection_string(&text).unwrap();

        let error = identity.create_user().await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Unauthorized);
    })
    .await;
}
