//! Answers of a service that is newer than the library, or says less than it might.

use chat::ErrorKind;
use chat::models::{
    ChatAttachmentType, ChatMessageType, ChatRetentionPolicy, CommunicationIdentifier,
};
use chat_tests::mock::{Answer, MESSAGE, MockService, THREAD, message, thread};
use serde_json::{Value, json};

async fn read_message(answer: &Value) -> chat::models::ChatMessage {
    let service = MockService::start([Answer::json(200, answer)]).await;
    service.thread_client().message(MESSAGE).await.unwrap()
}

#[tokio::test]
async fn an_unknown_type_of_message_does_not_fail_the_page_it_is_in() {
    let mut poll = message("2");
    poll["type"] = "Poll".into();
    let page = json!({ "value": [message("3"), poll, message("1")] });
    let service = MockService::start([Answer::json(200, &page)]).await;

    let mut pages = service.thread_client().list_messages().into_pages();
    let page = pages.try_next().await.unwrap().unwrap();

    assert_eq!(page.items().len(), 3);
    let unknown = ChatMessageType::UnknownValue("Poll".to_owned());
    assert_eq!(page.items()[1].message_type(), &unknown);
    assert_eq!(page.items()[1].message_type().as_str(), "Poll");
}

#[tokio::test]
async fn known_values_are_known_in_any_case() {
    let mut html = message(MESSAGE);
    html["type"] = "HTML".into();

    assert_eq!(
        read_message(&html).await.message_type(),
        &ChatMessageType::Html
    );
}

#[tokio::test]
async fn an_unknown_retention_policy_loses_neither_the_thread_nor_its_content() {
    let policy = json!({ "kind": "lastMessageDate", "days": 7 });
    let mut chat_thread = thread();
    chat_thread["retentionPolicy"] = policy.clone();
    let answer = json!({ "chatThread": chat_thread });
    let service = MockService::start([Answer::json(201, &answer), Answer::status(204)]).await;

    let client = service.chat_client();
    let created = client.create_chat_thread("topic").await.unwrap();

    assert_eq!(created.chat_thread().id().as_str(), THREAD);
    let read = created.chat_thread().retention_policy().unwrap();
    assert_eq!(*read, ChatRetentionPolicy::UnknownValue(policy.clone()));

    let thread = client.chat_thread_client(THREAD).update_properties();
    thread.retention_policy(read.clone()).await.unwrap();
    assert_eq!(service.requests()[1].json()["retentionPolicy"], policy);
}

#[tokio::test]
async fn fields_the_library_does_not_know_are_left_aside() {
    let mut newer = message(MESSAGE);
    newer["reactions"] = json!([{ "by": "8:acs:res_bob" }]);
    newer["content"]["mentions"] = json!({ "deep": [[{}]] });
    newer["senderCommunicationIdentifier"]["futureUser"] = json!({ "id": 1 });

    assert_eq!(
        read_message(&newer).await.sender().unwrap().raw_id(),
        "8:acs:res_alice"
    );
}

#[tokio::test]
async fn what_is_null_is_as_what_is_missing() {
    let mut sparse = message(MESSAGE);
    for name in [
        "content",
        "senderDisplayName",
        "senderCommunicationIdentifier",
    ] {
        sparse[name] = Value::Null;
    }
    for name in ["editedOn", "deletedOn", "metadata"] {
        sparse[name] = Value::Null;
    }

    let read = read_message(&sparse).await;

    assert_eq!(read.content().message(), None);
    assert!(read.content().participants().is_empty() && read.content().attachments().is_empty());
    assert_eq!((read.sender(), read.sender_display_name()), (None, None));
    assert!(read.metadata().is_empty());

    let page = json!({ "value": [{ "id": THREAD, "topic": "", "deletedOn": null }],
        "nextLink": null });
    let service = MockService::start([Answer::json(200, &page)]).await;
    let mut pages = service.chat_client().list_chat_threads().into_pages();
    let page = pages.try_next().await.unwrap().unwrap();
    assert!(page.continuation().is_none());
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn an_answer_without_what_it_must_have_is_invalid() {
    let mut nameless = message(MESSAGE);
    nameless.as_object_mut().unwrap().remove("id");
    let service = MockService::start([Answer::json(200, &nameless)]).await;

    let error = service.thread_client().message(MESSAGE).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert_eq!(error.http_status(), Some(200));
}

#[tokio::test]
async fn participants_of_every_kind_are_told_apart() {
    use CommunicationIdentifier as Id;
    type Case = (Value, fn(&Id) -> bool);
    let cases: [Case; 8] = [
        (
            json!({ "rawId": "28:orgid:a", "microsoftTeamsApp": { "appId": "a", "cloud": "public" } }),
            |id| matches!(id, Id::MicrosoftTeamsApp(app) if app.app_id() == "a"),
        ),
        (json!({ "microsoftTeamsApp": { "appId": "a" } }), |id| {
            id.raw_id() == "28:orgid:a"
        }),
        (json!({ "rawId": "28:dod:a" }), |id| {
            matches!(id, Id::MicrosoftTeamsApp(_))
        }),
        (
            json!({ "kind": "microsoftTeamsUser", "microsoftTeamsUser":
                { "userId": "u", "cloud": "PUBLIC" } }),
            |id| matches!(id, Id::MicrosoftTeamsUser(_)) && id.raw_id() == "8:orgid:u",
        ),
        (json!({ "phoneNumber": { "value": "+1555" } }), |id| {
            matches!(id, Id::PhoneNumber(_)) && id.raw_id() == "4:+1555"
        }),
        (
            json!({ "rawId": "8:acs:r_t_u", "teamsExtensionUser":
                { "userId": "u", "tenantId": "t", "resourceId": "r" } }),
            |id| matches!(id, Id::TeamsExtensionUser(user) if user.tenant_id() == "t"),
        ),
        (json!({ "kind": "robot", "rawId": "77:x" }), |id| {
            matches!(id, Id::Unknown(_))
        }),
        (json!({}), |id| {
            matches!(id, Id::Unknown(_)) && id.raw_id().is_empty()
        }),
    ];
    let all: Vec<_> = cases
        .iter()
        .map(|(wire, _)| json!({ "communicationIdentifier": wire }))
        .collect();
    let service = MockService::start([Answer::json(200, &json!({ "value": all }))]).await;

    let mut pages = service.thread_client().list_participants().into_pages();
    let page = pages.try_next().await.unwrap().unwrap();

    assert_eq!(page.items().len(), cases.len());
    for ((wire, holds), participant) in cases.iter().zip(page.items()) {
        assert!(
            holds(participant.identifier()),
            "{wire}: {:?}",
            participant.identifier()
        );
    }
}

#[tokio::test]
async fn attachments_are_read_also_of_unknown_types() {
    let mut with_attachments = message(MESSAGE);
    with_attachments["content"]["attachments"] = json!([
        { "id": "1", "attachmentType": "image", "name": "a.png", "url": "https://h/a",
          "previewUrl": "https://h/p" },
        { "id": "2", "attachmentType": "file" },
        { "id": "3", "attachmentType": "hologram", "new": true },
    ]);

    let read = read_message(&with_attachments).await;

    let [image, file, hologram] = read.content().attachments() else {
        panic!("{:?}", read.content());
    };
    assert_eq!(
        (image.id(), image.attachment_type()),
        ("1", &ChatAttachmentType::Image)
    );
    assert_eq!(
        (image.name(), image.url()),
        (Some("a.png"), Some("https://h/a"))
    );
    assert_eq!(image.preview_url(), Some("https://h/p"));
    assert_eq!(file.attachment_type(), &ChatAttachmentType::File);
    assert_eq!(
        (file.name(), file.url(), file.preview_url()),
        (None, None, None)
    );
    let unknown = ChatAttachmentType::UnknownValue("hologram".to_owned());
    assert_eq!(hologram.attachment_type(), &unknown);
}
