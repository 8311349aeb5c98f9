//! Creating, listing and deleting threads.

use chat::models::{
    ChatParticipant, ChatRetentionPolicy, CommunicationIdentifier, CommunicationUserIdentifier,
};
use chat_tests::mock::{
    Answer, MockService, THREAD, THREAD_IN_PATH, TOPIC, thread, thread_item, user,
};
use serde_json::json;
use time::macros::datetime;

#[tokio::test]
async fn creating_a_thread_sends_the_topic_and_nothing_that_was_not_set() {
    let service = MockService::start([Answer::json(201, &json!({ "chatThread": thread() }))]).await;

    let created = service
        .chat_client()
        .create_chat_thread(TOPIC)
        .await
        .unwrap();

    let request = service.only_request();
    request.assert_chat(
        "POST",
        "/chat/threads",
        &[],
        Some(&json!({ "topic": TOPIC })),
    );
    let chat_thread = created.chat_thread();
    assert_eq!(chat_thread.id().as_str(), THREAD);
    assert_eq!(chat_thread.topic(), TOPIC);
    assert_eq!(chat_thread.created_on(), datetime!(2021-09-07 19:57:38 UTC));
    assert_eq!(
        chat_thread.created_by().unwrap().raw_id(),
        "8:acs:res_alice"
    );
    assert!(created.is_complete());
}

#[tokio::test]
async fn creating_a_thread_sends_all_that_was_set() {
    let service = MockService::start([Answer::json(201, &json!({ "chatThread": thread() }))]).await;
    let bob = ChatParticipant::new(CommunicationUserIdentifier::new("8:acs:res_bob"))
        .with_display_name("Bob")
        .with_share_history_time(datetime!(2024-05-06 07:08:09.25 UTC))
        .with_metadata([("team", "support")]);
    let carol = CommunicationIdentifier::from_raw_id("4:+15551234567");

    let create = service
        .chat_client()
        .create_chat_thread(TOPIC)
        .participant(bob)
        .participants([carol])
        .metadata([("ticket", "17")])
        .retention_policy(ChatRetentionPolicy::thread_creation_date(60));
    let _ = create.send().await.unwrap();

    let body = json!({
        "topic": TOPIC,
        "participants": [
            {
                "communicationIdentifier": user("8:acs:res_bob"),
                "displayName": "Bob",
                "shareHistoryTime": "2024-05-06T07:08:09.25Z",
                "metadata": { "team": "support" },
            },
            {
                "communicationIdentifier": {
                    "rawId": "4:+15551234567",
                    "phoneNumber": { "value": "+15551234567" },
                },
            },
        ],
        "metadata": { "ticket": "17" },
        "retentionPolicy": { "kind": "threadCreationDate", "deleteThreadAfterDays": 60 },
    });
    service
        .only_request()
        .assert_chat("POST", "/chat/threads", &[], Some(&body));
}

#[tokio::test]
async fn a_thread_that_is_to_be_kept_is_created_with_the_policy_none() {
    let service = MockService::start([Answer::json(201, &json!({ "chatThread": thread() }))]).await;

    let create = service.chat_client().create_chat_thread(TOPIC);
    let _ = create
        .retention_policy(ChatRetentionPolicy::None)
        .await
        .unwrap();

    let body = json!({ "topic": TOPIC, "retentionPolicy": { "kind": "none" } });
    service
        .only_request()
        .assert_chat("POST", "/chat/threads", &[], Some(&body));
}

#[tokio::test]
async fn listing_threads_sends_no_parameter_that_was_not_set() {
    let page = json!({ "value": [thread_item(THREAD)] });
    let service = MockService::start([Answer::json(200, &page)]).await;

    let mut threads = service.chat_client().list_chat_threads().into_stream();
    let item = threads.try_next().await.unwrap().unwrap();

    assert!(threads.try_next().await.unwrap().is_none());
    service
        .only_request()
        .assert_chat("GET", "/chat/threads", &[], None);
    assert_eq!((item.id().as_str(), item.topic()), (THREAD, TOPIC));
    assert_eq!(
        item.last_message_received_on(),
        Some(datetime!(2021-09-07 19:57:38 UTC))
    );
    assert_eq!(item.deleted_on(), None);
}

#[tokio::test]
async fn listing_threads_sends_page_size_and_start_time() {
    let service = MockService::start([Answer::json(200, &json!({ "value": [] }))]).await;

    let threads = service
        .chat_client()
        .list_chat_threads()
        .page_size(25)
        .start_time(datetime!(2020-09-08 01:02:03 +2));
    assert!(threads.into_stream().try_next().await.unwrap().is_none());

    // The same moment, whatever the offset it was given in.
    let query = service.only_request().query();
    let start = &query
        .iter()
        .find(|(name, _)| name == "startTime")
        .unwrap()
        .1;
    let parsed = time::OffsetDateTime::parse(start, &time::format_description::well_known::Rfc3339);
    assert_eq!(parsed.unwrap(), datetime!(2020-09-07 23:02:03 UTC));
    let parameters = [("maxPageSize", "25"), ("startTime", start)];
    service
        .only_request()
        .assert_chat("GET", "/chat/threads", &parameters, None);
}

#[tokio::test]
async fn a_deleted_thread_that_never_had_a_message_is_listed() {
    let item = json!({ "id": THREAD, "topic": "", "deletedOn": "2021-09-07T20:00:00Z" });
    let service = MockService::start([Answer::json(200, &json!({ "value": [item] }))]).await;

    let mut threads = service.chat_client().list_chat_threads().into_stream();
    let item = threads.try_next().await.unwrap().unwrap();

    assert_eq!(item.deleted_on(), Some(datetime!(2021-09-07 20:00:00 UTC)));
    assert_eq!(item.last_message_received_on(), None);
}

#[tokio::test]
async fn deleting_a_thread_sends_its_id_percent_encoded_and_no_body() {
    let service = MockService::start([Answer::status(204)]).await;

    service
        .chat_client()
        .delete_chat_thread(THREAD)
        .await
        .unwrap();

    let path = format!("/chat/threads/{THREAD_IN_PATH}");
    service
        .only_request()
        .assert_chat("DELETE", &path, &[], None);
}

#[tokio::test]
async fn an_endpoint_with_a_path_keeps_it() {
    let service = MockService::start([Answer::status(204)]).await;
    let credential = chat::CommunicationTokenCredential::new(chat_tests::mock::TOKEN).unwrap();
    let endpoint = format!("{}/gateway/acs/", service.endpoint());

    let client = chat::ChatClient::new(endpoint, credential).unwrap();
    client.delete_chat_thread(THREAD).await.unwrap();

    let path = format!("/gateway/acs/chat/threads/{THREAD_IN_PATH}");
    service
        .only_request()
        .assert_chat("DELETE", &path, &[], None);
}
