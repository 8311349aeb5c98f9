//! Tokens: how they come, go stale and are taken away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chat::models::TokenScope;
use chat::{AccessToken, CommunicationTokenCredential, ErrorKind};
use serde_json::json;
use time::OffsetDateTime;

use crate::stage::on_stage;

#[tokio::test]
async fn an_expired_first_token_is_replaced_once() {
    on_stage(async |stage| {
        let user = stage.user().await;
        let expired = AccessToken::new("expired", OffsetDateTime::UNIX_EPOCH).unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let (identity, count) = (stage.identity.clone(), Arc::clone(&asked));
        let refresher = move || {
            count.fetch_add(1, Ordering::SeqCst);
            identity.issue_token(&user, [TokenScope::Chat]).send()
        };
        let credential = CommunicationTokenCredential::refreshing_from(expired, refresher).unwrap();
        let client = stage.client(credential);
        assert_eq!(asked.load(Ordering::SeqCst), 0);

        let create = |topic: &str| client.create_chat_thread(topic).send();
        let (one, two, three) = tokio::join!(create("one"), create("two"), create("three"));
        for created in [one, two, three] {
            let _ = created.unwrap();
        }
        let _ = client.create_chat_thread("four").await.unwrap();

        assert_eq!(asked.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test]
async fn revoked_tokens_are_refused_and_new_ones_work() {
    on_stage(async |stage| {
        let alice = stage.person().await;
        let _ = alice.client.create_chat_thread("one").await.unwrap();

        stage.identity.revoke_tokens(&alice.user).await.unwrap();

        let error = alice.client.create_chat_thread("two").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert!(error.is_unauthorized() && !error.is_retryable());

        let token = stage
            .identity
            .issue_token(&alice.user, [TokenScope::Chat])
            .await
            .unwrap();
        let client = stage.client(CommunicationTokenCredential::new(token).unwrap());
        let _ = client.create_chat_thread("three").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_deleted_user_is_refused() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        let sent = bobs.send_message("my last words").await.unwrap();

        stage.identity.delete_user(&bob.user).await.unwrap();

        let error = bobs.send_message("hello?").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        let error = stage
            .identity
            .issue_token(&bob.user, [TokenScope::Chat])
            .await
            .unwrap_err();
        assert!(
            (400..500).contains(&error.http_status().unwrap()),
            "{error}"
        );
        // What was said goes with the user.
        let error = alices.message(sent.id()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_token_says_when_it_expires() {
    on_stage(async |stage| {
        let user = stage.user().await;
        let before = OffsetDateTime::now_utc();
        let lifetime = Duration::from_secs(2 * 60 * 60);

        let issue = stage
            .identity
            .issue_token(&user, [TokenScope::Chat])
            .expires_in(lifetime);
        let token = issue.await.unwrap();

        let minute = Duration::from_secs(60);
        assert!(token.expires_on() > before + lifetime - minute);
        assert!(token.expires_on() < before + lifetime + 2 * minute);
        // The token itself says the same.
        let read = AccessToken::try_from(token.secret()).unwrap();
        assert!((read.expires_on() - token.expires_on()).abs() < minute);
    })
    .await;
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    on_stage(async |stage| {
        let Some(emulator) = stage.emulator("the clock of a resource can't be moved") else {
            return;
        };
        let alice = stage.person().await;
        let _ = alice.client.create_chat_thread("one").await.unwrap();

        emulator.advance_clock(Duration::from_secs(25 * 60 * 60));

        let error = alice.client.create_chat_thread("two").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
    })
    .await;
}

#[tokio::test]
async fn a_garbled_or_foreign_token_is_refused() {
    on_stage(async |stage| {
        let alice = stage.person().await;
        let token = stage
            .identity
            .issue_token(&alice.user, [TokenScope::Chat])
            .await
            .unwrap();
        let other = token.secret().rsplit_once('.').unwrap().0.to_owned() + ".c2lnbmF0dXJl";
        let claims = BASE64_URL_SAFE_NO_PAD.encode(r#"{"name":"Zoë 😀","exp":1999999999}"#);
        let foreign = format!("eyJhbGciOiJIUzI1NiJ9.{claims}.c2ln");

        for token in [other, foreign] {
            let client = stage.client(CommunicationTokenCredential::new(token).unwrap());
            let error = client.create_chat_thread("one").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthorized);
        }
    })
    .await;
}

#[tokio::test]
async fn a_teams_users_token_is_exchanged() {
    on_stage(async |stage| {
        if stage
            .emulator("a resource wants a token of Microsoft Entra ID")
            .is_none()
        {
            return;
        }
        let (app, object) = (
            "11111111-2222-3333-4444-555555555555",
            "66666666-7777-8888-9999-000000000000",
        );
        let exp = OffsetDateTime::now_utc().unix_timestamp() + 3600;
        let claims = json!({ "appid": app, "oid": object, "exp": exp }).to_string();
        let entra = format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims));

        let token = stage
            .identity
            .exchange_teams_user_token(entra, app, object)
            .await
            .unwrap();

        assert!(token.expires_on() > OffsetDateTime::now_utc());
        let error = stage
            .identity
            .exchange_teams_user_token("none", app, object)
            .await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Unauthorized);
    })
    .await;
}
