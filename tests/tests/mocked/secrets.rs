//! Neither tokens nor keys nor what people wrote are ever printed.

use std::error::Error as StdError;
use std::fmt::Debug;

use chat::models::{ChatParticipant, CommunicationUserIdentifier, TokenScope};
use chat::{
    AccessToken, ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, Error,
    RetryOptions,
};
use chat_tests::mock::{
    ACCESS_KEY, Answer, CONTENT, MESSAGE, MockService, RawService, THREAD, TOKEN, TOPIC, Then,
    message, messages, thread, thread_item, user,
};
use serde_json::json;

const SECRETS: [&str; 6] = [
    TOKEN,
    "eyJleHAiOjE5OTk5OTk5OTl9",
    ACCESS_KEY,
    "a key that no output may hold",
    CONTENT,
    TOPIC,
];

#[track_caller]
fn assert_clean(printed: &str) {
    for secret in SECRETS {
        assert!(!printed.contains(secret), "{secret:?} in {printed}");
    }
}

#[track_caller]
fn assert_debug_is_clean(value: &dyn Debug) {
    assert_clean(&format!("{value:?}"));
    assert_clean(&format!("{value:#?}"));
}

#[track_caller]
fn assert_error_is_clean(error: &Error) {
    assert_debug_is_clean(error);
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(current) = cause {
        assert_clean(&current.to_string());
        assert_debug_is_clean(&current);
        cause = current.source();
    }
}

#[tokio::test]
async fn clients_credentials_and_builders_are_clean() {
    let service = MockService::unused().await;
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let (client, thread) = (service.chat_client(), service.thread_client());
    let identity = service.identity_client();
    let alice = CommunicationUserIdentifier::new("8:acs:res_alice");
    let printable: [&dyn Debug; 16] = [
        &credential,
        &AccessToken::try_from(TOKEN).unwrap(),
        &client,
        &thread,
        &identity,
        &ChatClient::builder(service.endpoint(), credential.clone()),
        &CommunicationIdentityClient::builder(&service.connection_string()),
        &client.create_chat_thread(TOPIC).metadata([("k", CONTENT)]),
        &client.list_chat_threads(),
        &thread.update_topic(TOPIC),
        &thread.send_message(CONTENT).sender_display_name(CONTENT),
        &thread.update_message(MESSAGE).content(CONTENT),
        &thread.add_participants([ChatParticipant::new(&alice).with_display_name(CONTENT)]),
        &thread.list_messages().into_stream(),
        &identity.issue_token(&alice, [TokenScope::Chat]),
        &identity.exchange_teams_user_token(TOKEN, "app", "object"),
    ];
    for value in printable {
        assert_debug_is_clean(value);
    }
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn models_are_clean() {
    let mut system = message("1");
    system["type"] = "topicUpdated".into();
    system["content"] = json!({ "topic": TOPIC,
        "attachments": [{ "id": "1", "attachmentType": "file", "name": CONTENT, "url": CONTENT }] });
    system["metadata"] = json!({ "k": CONTENT });
    system["senderDisplayName"] = CONTENT.into();
    let participant = json!({ "communicationIdentifier": user("8:acs:res_bob"),
        "displayName": CONTENT, "metadata": { "k": CONTENT } });
    let mut chat_thread = thread();
    chat_thread["metadata"] = json!({ "k": CONTENT });
    let service = MockService::start([
        Answer::json(200, &json!({ "value": [message(MESSAGE), system] })),
        Answer::json(200, &json!({ "value": [thread_item(THREAD)] })),
        Answer::json(200, &json!({ "value": [participant] })),
        Answer::json(200, &chat_thread),
        Answer::json(
            201,
            &json!({ "chatThread": chat_thread, "invalidParticipants":
            [{ "target": "8:acs:res_bob", "code": "403", "message": "No" }] }),
        ),
        Answer::json(
            200,
            &json!({ "token": TOKEN, "expiresOn": "2030-01-01T00:00:00Z" }),
        ),
    ])
    .await;
    let (client, thread) = (service.chat_client(), service.thread_client());
    let bob = CommunicationUserIdentifier::new("8:acs:res_bob");

    let page = thread
        .list_messages()
        .into_pages()
        .try_next()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(page.items().len(), 2);
    assert_debug_is_clean(&page);
    let threads = client
        .list_chat_threads()
        .into_pages()
        .try_next()
        .await
        .unwrap()
        .unwrap();
    assert_debug_is_clean(&threads);
    let participants = thread
        .list_participants()
        .into_pages()
        .try_next()
        .await
        .unwrap()
        .unwrap();
    assert_debug_is_clean(&participants);
    assert_debug_is_clean(&thread.properties().await.unwrap());
    let named = ChatParticipant::new(&bob).with_display_name(CONTENT);
    let created = client
        .create_chat_thread(TOPIC)
        .participant(named)
        .await
        .unwrap();
    assert_debug_is_clean(&created);
    assert_clean(&created.failed_participants()[0].to_string());
    let token = service
        .identity_client()
        .issue_token(&bob, [TokenScope::Chat])
        .await
        .unwrap();
    assert_debug_is_clean(&token);
}

#[tokio::test]
async fn errors_about_answers_are_clean() {
    let mut wrong = message(MESSAGE);
    wrong["createdOn"] = CONTENT.into();
    let mut shifted = message(MESSAGE);
    shifted["content"] = CONTENT.into();
    let html = format!("<html>{CONTENT} {TOKEN}</html>");
    let answers = [
        Answer::json(200, &wrong),
        Answer::json(200, &shifted),
        Answer::json(200, &json!(CONTENT)),
        Answer::status(200).body(&html),
        Answer::status(502).body(&html),
        Answer::status(401).body(&html),
        Answer::status(418).body(format!("{{\"topic\":\"{TOPIC}\"}}")),
    ];
    for answer in answers {
        let service = MockService::start([answer]).await;
        assert_error_is_clean(&service.thread_client().message(MESSAGE).await.unwrap_err());
    }

    let service = MockService::start([Answer::json(
        200,
        &messages(&[], Some("http://127.0.0.1:1/")),
    )])
    .await;
    let mut items = service.thread_client().list_messages().into_stream();
    assert_error_is_clean(&items.try_next().await.unwrap_err());
}

#[tokio::test]
async fn errors_about_requests_are_clean() {
    for then in [
        Then::Close,
        Then::Reset,
        Then::Write(b"nonsense\r\n\r\n".to_vec()),
    ] {
        let service = RawService::start(then).await;
        let client = service.once().build().unwrap();
        assert_error_is_clean(&client.create_chat_thread(TOPIC).await.unwrap_err());
        let thread = client.chat_thread_client(THREAD);
        assert_error_is_clean(&thread.send_message(CONTENT).await.unwrap_err());
    }
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let client = ChatClient::builder(RawService::nobody().await, credential);
    let client = client.retry(RetryOptions::none()).build().unwrap();
    let thread = client.chat_thread_client(THREAD);
    assert_error_is_clean(&thread.send_message(CONTENT).await.unwrap_err());
}

#[tokio::test]
async fn errors_about_arguments_are_clean() {
    let bad_token = format!("{TOKEN}.{TOKEN}");
    let error = CommunicationTokenCredential::new(bad_token.as_str()).unwrap_err();
    assert_error_is_clean(&error);
    let error = AccessToken::new(format!("{TOKEN}\n"), time::OffsetDateTime::UNIX_EPOCH);
    assert_error_is_clean(&error.unwrap_err());

    for connection_string in [
        format!("endpoint=https://contoso.example/;accesskey={ACCESS_KEY}!"),
        format!("endpoint=nowhere;accesskey={ACCESS_KEY}"),
        format!("accesskey={ACCESS_KEY}"),
        ACCESS_KEY.to_owned(),
        format!("{ACCESS_KEY}={ACCESS_KEY};{ACCESS_KEY}"),
    ] {
        let builder = CommunicationIdentityClient::builder(&connection_string);
        assert_debug_is_clean(&builder);
        assert_error_is_clean(&builder.build().unwrap_err());
    }

    let endpoint = format!("https://user:{TOKEN}@contoso.example/");
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    assert_error_is_clean(&ChatClient::new(endpoint, credential).unwrap_err());
}
