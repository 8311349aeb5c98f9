//! Reading and changing a thread's properties.

use chat::models::ChatRetentionPolicy;
use chat_tests::mock::{Answer, MockService, THREAD, THREAD_IN_PATH, TOPIC, thread};
use serde_json::{Value, json};
use time::macros::datetime;

fn path() -> String {
    format!("/chat/threads/{THREAD_IN_PATH}")
}

#[tokio::test]
async fn properties_are_read_in_full() {
    let mut answer = thread();
    answer["deletedOn"] = "2021-09-08T00:00:00Z".into();
    answer["metadata"] = json!({ "ticket": "17" });
    answer["retentionPolicy"] =
        json!({ "kind": "threadCreationDate", "deleteThreadAfterDays": 60 });
    let service = MockService::start([Answer::json(200, &answer)]).await;

    let properties = service.thread_client().properties().await.unwrap();

    service
        .only_request()
        .assert_chat("GET", &path(), &[], None);
    assert_eq!(
        (properties.id().as_str(), properties.topic()),
        (THREAD, TOPIC)
    );
    assert_eq!(properties.created_on(), datetime!(2021-09-07 19:57:38 UTC));
    assert_eq!(properties.created_by().unwrap().raw_id(), "8:acs:res_alice");
    assert_eq!(
        properties.deleted_on(),
        Some(datetime!(2021-09-08 00:00:00 UTC))
    );
    assert_eq!(properties.metadata()["ticket"], "17");
    let policy = ChatRetentionPolicy::thread_creation_date(60);
    assert_eq!(properties.retention_policy(), Some(&policy));
}

#[tokio::test]
async fn what_a_thread_does_not_have_is_missing() {
    let service = MockService::start([Answer::json(200, &thread())]).await;

    let properties = service.thread_client().properties().await.unwrap();

    assert_eq!(properties.deleted_on(), None);
    assert_eq!(properties.retention_policy(), None);
    assert!(properties.metadata().is_empty());
}

async fn patched(update: impl AsyncFnOnce(chat::ChatThreadClient)) -> Value {
    let service = MockService::start([Answer::status(204)]).await;
    update(service.thread_client()).await;
    let request = service.only_request();
    let body = request.json();
    request.assert_chat("PATCH", &path(), &[], Some(&body));
    body
}

#[tokio::test]
async fn updating_the_topic_sends_the_topic_alone() {
    let body = patched(async |thread| thread.update_topic("New").await.unwrap()).await;
    assert_eq!(body, json!({ "topic": "New" }));
}

#[tokio::test]
async fn updating_metadata_sends_these_entries_alone() {
    let body = patched(async |thread| {
        let update = thread.update_properties().metadata([("a", "1")]);
        update.metadata([("b", "")]).await.unwrap();
    });
    assert_eq!(body.await, json!({ "metadata": { "a": "1", "b": "" } }));
}

#[tokio::test]
async fn updating_the_retention_policy_sends_the_policy_alone() {
    let body = patched(async |thread| {
        let policy = ChatRetentionPolicy::thread_creation_date(30);
        thread
            .update_properties()
            .retention_policy(policy)
            .await
            .unwrap();
    });
    let policy = json!({ "kind": "threadCreationDate", "deleteThreadAfterDays": 30 });
    assert_eq!(body.await, json!({ "retentionPolicy": policy }));

    let body = patched(async |thread| {
        let update = thread
            .update_properties()
            .retention_policy(ChatRetentionPolicy::None);
        update.await.unwrap();
    });
    assert_eq!(body.await, json!({ "retentionPolicy": { "kind": "none" } }));
}

#[tokio::test]
async fn all_properties_can_be_updated_at_once() {
    let body = patched(async |thread| {
        let update = thread
            .update_properties()
            .topic("New")
            .metadata([("a", "1")]);
        update
            .retention_policy(ChatRetentionPolicy::None)
            .send()
            .await
            .unwrap();
    });
    let wanted =
        json!({ "topic": "New", "metadata": { "a": "1" }, "retentionPolicy": { "kind": "none" } });
    assert_eq!(body.await, wanted);
}
