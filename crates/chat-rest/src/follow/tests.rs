use httpmock::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    chat::{operations::LIST_CHAT_MESSAGES, types::ChatMessagesCollection},
    testing::{Recorder, target},
};

const LINK: &str = "/chat/threads/19:abc@thread.v2/messages?syncState=3e39&startTime=1%2F1%2F1970%2012%3A00%3A00%20AM%20%2B00%3A00&maxPageSize=3&api-version=2021-09-07";

async fn follow(
    recorder: &std::sync::Arc<Recorder>,
    server: &MockServer,
) -> Result<ResponseValue<ChatMessagesCollection>, Error<()>> {
    let link = Url::parse(&server.url(LINK)).unwrap();
    let client = recorder.chat(&server.base_url());
    client.follow(&LIST_CHAT_MESSAGES, link).await
}

#[tokio::test]
async fn a_link_is_sent_as_it_is_through_the_same_interceptor() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(GET)
                .is_true(target(LINK))
                .header("accept", "application/json")
                .header("authorization", "Bearer abc");
            then.status(200).json_body(json!({"value": []}));
        })
        .await;
    let recorder = Recorder::new();

    let page = follow(&recorder, &server).await.unwrap();

    mock.assert_async().await;
    assert!(page.value.is_empty());
    assert_eq!(*recorder.prepared.lock().unwrap(), ["listChatMessages"]);
    assert_eq!(
        *recorder.received.lock().unwrap(),
        [("listChatMessages", 200)]
    );
}

#[tokio::test]
async fn an_answer_that_is_not_of_success_arrives_whole() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(403).body("no");
        })
        .await;

    let error = follow(&Recorder::new(), &server).await.unwrap_err();

    let Error::UnexpectedResponse(answer) = error else {
        panic!("{error}");
    };
    assert_eq!(answer.status(), 403);
    assert_eq!(answer.text().await.unwrap(), "no");
}

#[tokio::test]
async fn a_refused_link_is_not_followed() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).json_body(json!({"value": []}));
        })
        .await;

    let error = follow(&Recorder::refusing(), &server).await.unwrap_err();

    assert!(matches!(error, Error::Custom(_)), "{error}");
    assert_eq!(mock.calls_async().await, 0);
}
