//! Threads from their creation to their end.

use std::time::Duration;

use chat::models::{ChatRetentionPolicy, IdempotencyToken, TokenScope};
use chat::{CommunicationTokenCredential, ErrorKind};
use futures_util::TryStreamExt;

use crate::stage::{all_messages, on_stage};

#[tokio::test]
async fn the_same_token_gives_the_same_thread() {
    on_stage(async |stage| {
        let alice = stage.person().await;
        let token = IdempotencyToken::new();

        let first = alice
            .client
            .create_chat_thread("one")
            .idempotency_token(&token)
            .await
            .unwrap();
        let again = alice
            .client
            .create_chat_thread("two")
            .idempotency_token(&token)
            .await
            .unwrap();
        let other = alice.client.create_chat_thread("one").await.unwrap();

        assert_eq!(first.chat_thread().id(), again.chat_thread().id());
        assert_eq!(
            first.chat_thread().created_on(),
            again.chat_thread().created_on()
        );
        assert_ne!(first.chat_thread().id(), other.chat_thread().id());
        assert_eq!(
            first.chat_thread().created_by(),
            Some(&(&alice.user).into())
        );
    })
    .await;
}

#[tokio::test]
async fn properties_are_changed_one_by_one() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let policy = ChatRetentionPolicy::thread_creation_date(60);
        let created = alice
            .client
            .create_chat_thread("one")
            .participant(&bob.user)
            .metadata([("a", "1"), ("b", "2")])
            .retention_policy(policy.clone())
            .await
            .unwrap();
        assert_eq!(created.chat_thread().retention_policy(), Some(&policy));
        let thread = alice.client.chat_thread_client(created.chat_thread().id());

        thread.update_topic("two").await.unwrap();
        thread
            .update_properties()
            .metadata([("b", "3"), ("c", "4")])
            .await
            .unwrap();

        let theirs = bob.client.chat_thread_client(thread.thread_id());
        let properties = theirs.properties().await.unwrap();
        assert_eq!(properties.topic(), "two");
        let metadata: Vec<_> = properties
            .metadata()
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(metadata, [("a", "1"), ("b", "3"), ("c", "4")]);
        assert_eq!(properties.retention_policy(), Some(&policy));
        let newest = all_messages(&theirs).await.remove(0);
        assert_eq!(newest.content().topic(), Some("two"));

        let update = thread
            .update_properties()
            .retention_policy(ChatRetentionPolicy::None);
        update.await.unwrap();
        let properties = theirs.properties().await.unwrap();
        assert_eq!(properties.topic(), "two");
        let kept = properties.retention_policy();
        assert!(
            matches!(kept, None | Some(ChatRetentionPolicy::None)),
            "{kept:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_deleted_thread_stays_listed() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;

        alice
            .client
            .delete_chat_thread(alices.thread_id())
            .await
            .unwrap();

        let list = alice.client.list_chat_threads().into_stream();
        let listed: Vec<_> = list.try_collect().await.unwrap();
        let item = listed
            .iter()
            .find(|item| item.id() == alices.thread_id())
            .unwrap();
        assert!(item.deleted_on().is_some());
        let error = bobs.send_message("anyone?").await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Forbidden),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_thread_that_is_not_there_is_not_found_and_a_malformed_id_a_bad_request() {
    on_stage(async |stage| {
        let alice = stage.person().await;
        let unknown = format!("19:{}@thread.v2", "0".repeat(32));

        let error = alice
            .client
            .chat_thread_client(&unknown)
            .properties()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.is_not_found());

        let error = alice
            .client
            .delete_chat_thread("invalid_chat_thread_id")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadRequest);
    })
    .await;
}

#[tokio::test]
async fn a_thread_past_its_age_is_deleted() {
    on_stage(async |stage| {
        let Some(emulator) = stage.emulator("the clock of a resource can't be moved") else {
            return;
        };
        let alice = stage.person().await;
        let create = alice.client.create_chat_thread("short-lived");
        let create = create.retention_policy(ChatRetentionPolicy::thread_creation_date(30));
        let id = create.await.unwrap().chat_thread().id().clone();

        emulator.advance_clock(Duration::from_secs(31 * 24 * 60 * 60));

        let token = stage
            .identity
            .issue_token(&alice.user, [TokenScope::Chat])
            .await
            .unwrap();
        let client = stage.client(CommunicationTokenCredential::new(token).unwrap());
        let mut threads = client.list_chat_threads().into_stream();
        let item = threads.try_next().await.unwrap().unwrap();
        assert_eq!(item.id(), &id);
        assert!(item.deleted_on().is_some());
    })
    .await;
}
