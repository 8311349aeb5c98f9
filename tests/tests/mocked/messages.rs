//! Sending, reading, listing, editing and deleting messages.

use chat::ErrorKind;
use chat::models::ChatMessageType;
use chat_tests::mock::{
    Answer, CONTENT, MESSAGE, MockService, THREAD_IN_PATH, message, messages, user,
};
use serde_json::{Value, json};
use time::macros::datetime;

fn all() -> String {
    format!("/chat/threads/{THREAD_IN_PATH}/messages")
}

fn one() -> String {
    format!("{}/{MESSAGE}", all())
}

#[tokio::test]
async fn sending_text_sends_its_content_and_type_alone() {
    let service = MockService::start([Answer::json(201, &json!({ "id": MESSAGE }))]).await;

    let sent = service.thread_client().send_message(CONTENT).await.unwrap();

    let body = json!({ "content": CONTENT, "type": "text" });
    service
        .only_request()
        .assert_chat("POST", &all(), &[], Some(&body));
    assert_eq!(sent.id().as_str(), MESSAGE);
}

#[tokio::test]
async fn sending_html_sends_all_that_was_set() {
    let service = MockService::start([Answer::json(201, &json!({ "id": MESSAGE }))]).await;

    let send = service
        .thread_client()
        .send_message("<b>hi</b> \u{1f600}\n")
        .message_type(ChatMessageType::Html)
        .sender_display_name("Alice")
        .metadata([("a", "1"), ("b", "")]);
    send.send().await.unwrap();

    let body = json!({
        "content": "<b>hi</b> \u{1f600}\n",
        "type": "html",
        "senderDisplayName": "Alice",
        "metadata": { "a": "1", "b": "" },
    });
    service
        .only_request()
        .assert_chat("POST", &all(), &[], Some(&body));
}

#[tokio::test]
async fn reading_a_message_gives_all_it_has() {
    let mut answer = message(MESSAGE);
    answer["version"] = "1631044700000".into();
    answer["editedOn"] = "2021-09-07T19:58:20Z".into();
    answer["metadata"] = json!({ "a": "1" });
    let service = MockService::start([Answer::json(200, &answer)]).await;

    let read = service.thread_client().message(MESSAGE).await.unwrap();

    service.only_request().assert_chat("GET", &one(), &[], None);
    assert_eq!(read.id().as_str(), MESSAGE);
    assert_eq!(read.message_type(), &ChatMessageType::Text);
    assert_eq!(
        (read.sequence_id().as_str(), read.version()),
        ("3", "1631044700000")
    );
    assert_eq!(read.content().message(), Some(CONTENT));
    assert_eq!(read.sender_display_name(), Some("Alice"));
    assert_eq!(read.sender().unwrap().raw_id(), "8:acs:res_alice");
    assert_eq!(read.created_on(), datetime!(2021-09-07 19:57:38 UTC));
    assert_eq!(read.edited_on(), Some(datetime!(2021-09-07 19:58:20 UTC)));
    assert_eq!(read.deleted_on(), None);
    assert_eq!(read.metadata()["a"], "1");
}

#[tokio::test]
async fn a_deleted_message_is_read_with_its_empty_content() {
    let mut answer = message(MESSAGE);
    answer["content"] = json!({ "message": "" });
    answer["deletedOn"] = "2021-09-07T19:58:20Z".into();
    let service = MockService::start([Answer::json(200, &answer)]).await;

    let read = service.thread_client().message(MESSAGE).await.unwrap();

    assert_eq!(read.content().message(), Some(""));
    assert_eq!(read.deleted_on(), Some(datetime!(2021-09-07 19:58:20 UTC)));
    assert_eq!(read.edited_on(), None);
}

#[tokio::test]
async fn messages_of_the_service_say_what_happened_and_who_caused_it() {
    let system = |id: &str, message_type: &str, mut content: Value| {
        content["initiatorCommunicationIdentifier"] = user("8:acs:res_alice");
        json!({
            "id": id, "type": message_type, "sequenceId": "1", "version": id,
            "createdOn": "2021-09-07T19:57:38Z", "content": content,
        })
    };
    let bob = json!([{ "communicationIdentifier": user("8:acs:res_bob"), "displayName": "Bob",
        "shareHistoryTime": "1970-01-01T00:00:00Z" }]);
    let page = json!({ "value": [
        system("3", "participantRemoved", json!({ "participants": bob })),
        system("2", "topicUpdated", json!({ "topic": "Lunch" })),
        system("1", "participantAdded", json!({ "participants": bob })),
    ] });
    let service = MockService::start([Answer::json(200, &page)]).await;

    let mut pages = service.thread_client().list_messages().into_pages();
    let read = pages.try_next().await.unwrap().unwrap().into_items();

    let types: Vec<_> = read
        .iter()
        .map(|message| message.message_type().clone())
        .collect();
    use ChatMessageType::{ParticipantAdded, ParticipantRemoved, TopicUpdated};
    assert_eq!(types, [ParticipantRemoved, TopicUpdated, ParticipantAdded]);
    assert_eq!(read[1].content().topic(), Some("Lunch"));
    let added = &read[2].content().participants()[0];
    assert_eq!(added.identifier().raw_id(), "8:acs:res_bob");
    assert_eq!(added.display_name(), Some("Bob"));
    assert_eq!(
        added.share_history_time(),
        Some(datetime!(1970-01-01 00:00 UTC))
    );
    for message in &read {
        assert_eq!(
            message.content().initiator().unwrap().raw_id(),
            "8:acs:res_alice"
        );
        assert!(!message.message_type().is_written_by_participants());
        assert_eq!(message.content().message(), None);
        assert_eq!(
            (message.sender(), message.sender_display_name()),
            (None, None)
        );
    }
}

#[tokio::test]
async fn listing_messages_sends_no_parameter_that_was_not_set() {
    let service = MockService::start([Answer::json(200, &messages(&["2", "1"], None))]).await;

    let mut list = service.thread_client().list_messages().into_stream();

    assert_eq!(list.try_next().await.unwrap().unwrap().id().as_str(), "2");
    assert_eq!(list.try_next().await.unwrap().unwrap().id().as_str(), "1");
    assert!(list.try_next().await.unwrap().is_none());
    service.only_request().assert_chat("GET", &all(), &[], None);
}

#[tokio::test]
async fn listing_messages_sends_page_size_and_start_time() {
    let service = MockService::start([Answer::json(200, &messages(&[], None))]).await;

    let list = service
        .thread_client()
        .list_messages()
        .page_size(200)
        .start_time(datetime!(2020-09-08 01:02:14.387 UTC));
    assert!(list.into_stream().try_next().await.unwrap().is_none());

    let query = [
        ("maxPageSize", "200"),
        ("startTime", "2020-09-08T01:02:14.387Z"),
    ];
    service
        .only_request()
        .assert_chat("GET", &all(), &query, None);
}

async fn patched(update: impl AsyncFnOnce(chat::ChatThreadClient)) -> Value {
    let service = MockService::start([Answer::status(204)]).await;
    update(service.thread_client()).await;
    let request = service.only_request();
    let body = request.json();
    request.assert_chat("PATCH", &one(), &[], Some(&body));
    body
}

#[tokio::test]
async fn updating_a_message_sends_what_was_set_alone() {
    let body = patched(async |thread| {
        thread.update_message(MESSAGE).content("new").await.unwrap();
    });
    assert_eq!(body.await, json!({ "content": "new" }));

    let body = patched(async |thread| {
        thread
            .update_message(MESSAGE)
            .metadata([("a", "")])
            .await
            .unwrap();
    });
    assert_eq!(body.await, json!({ "metadata": { "a": "" } }));

    let body = patched(async |thread| {
        let update = thread
            .update_message(MESSAGE)
            .content("new")
            .metadata([("a", "1")]);
        update.send().await.unwrap();
    });
    assert_eq!(
        body.await,
        json!({ "content": "new", "metadata": { "a": "1" } })
    );
}

#[tokio::test]
async fn deleting_a_message_sends_no_body() {
    let service = MockService::start([Answer::status(204)]).await;

    service
        .thread_client()
        .delete_message(MESSAGE)
        .await
        .unwrap();

    service
        .only_request()
        .assert_chat("DELETE", &one(), &[], None);
}

#[tokio::test]
async fn a_message_of_somebody_else_is_forbidden() {
    let refusal = json!({ "error": { "code": "Forbidden", "message": "Not the sender." } });
    let service = MockService::start([Answer::json(403, &refusal)]).await;

    let update = service
        .thread_client()
        .update_message(MESSAGE)
        .content("new");
    let error = update.await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(error.operation(), Some("updateChatMessage"));
    assert_eq!(service.calls(), 1);
}
