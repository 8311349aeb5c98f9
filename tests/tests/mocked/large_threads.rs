//! Threads with more participants than the service takes when it creates one.

use std::time::Duration;

use chat::models::{ChatParticipant, CommunicationUserIdentifier, CreateChatThreadResult};
use chat::response::Response;
use chat::{ChatClient, RetryOptions};
use chat_tests::mock::{Answer, MockService, THREAD, THREAD_IN_PATH, thread};
use serde_json::{Value, json};

fn participant(n: usize) -> ChatParticipant {
    ChatParticipant::new(CommunicationUserIdentifier::new(format!("8:acs:res_{n}")))
}

fn refused(n: usize) -> Value {
    json!([{ "code": "403", "message": "no", "target": format!("8:acs:res_{n}") }])
}

fn created() -> Answer {
    let body = json!({ "chatThread": thread(), "invalidParticipants": refused(7) });
    Answer::json(201, &body)
}

async fn create(service: &MockService) -> Response<CreateChatThreadResult> {
    let at_once = RetryOptions::exponential().initial_delay(Duration::ZERO);
    let client: ChatClient = service
        .chat_client_builder()
        .retry(at_once)
        .build()
        .unwrap();
    let create = client.create_chat_thread("topic");
    let create = create.participants((0..250).map(participant));
    create.send_with_info().await.unwrap()
}

fn failed(result: &CreateChatThreadResult) -> Vec<&ChatParticipant> {
    let failed = result.failed_participants().iter();
    failed.map(|failed| failed.participant()).collect()
}

#[tokio::test]
async fn those_beyond_200_are_added_right_after_and_failures_of_both_requests_are_told() {
    let added = json!({ "invalidParticipants": refused(207) });
    let service = MockService::start([created(), Answer::json(201, &added)]).await;

    let (result, info) = create(&service).await.into_parts();

    let requests = service.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].path(), "/chat/threads");
    let add = format!("/chat/threads/{THREAD_IN_PATH}/participants/:add");
    assert_eq!(requests[1].path(), add);
    let ids = |request: usize| {
        let body = requests[request].json();
        let participants = body["participants"].as_array().unwrap().iter();
        let id = |participant: &Value| participant["communicationIdentifier"]["rawId"].clone();
        participants.map(id).collect::<Vec<_>>()
    };
    let wanted: Vec<_> = (0..250).map(|n| json!(format!("8:acs:res_{n}"))).collect();
    assert_eq!(
        (ids(0), ids(1)),
        (wanted[..200].to_vec(), wanted[200..].to_vec())
    );

    assert_eq!(result.chat_thread().id().as_str(), THREAD);
    assert_eq!(failed(&result), [&participant(7), &participant(207)]);
    assert_eq!(info.retry_info().attempts(), 2);
}

#[tokio::test]
async fn the_thread_is_not_lost_when_adding_the_rest_fails_as_a_whole() {
    for (status, retryable, requests) in [(403, false, 2), (503, true, 5)] {
        let script = [vec![created()], vec![Answer::status(status); requests - 1]].concat();
        let service = MockService::start(script).await;

        let (result, info) = create(&service).await.into_parts();

        assert_eq!(result.chat_thread().id().as_str(), THREAD);
        assert!(!result.is_complete());
        let everyone: Vec<_> = [7].into_iter().chain(200..250).map(participant).collect();
        assert_eq!(failed(&result), everyone.iter().collect::<Vec<_>>());
        for failed in &result.failed_participants()[1..] {
            assert_eq!(failed.error().code(), status.to_string());
            assert_eq!(failed.is_retryable(), retryable, "{status}");
        }
        let again = if retryable { 50 } else { 0 };
        assert_eq!(result.retryable_participants().count(), again);
        assert_eq!(info.retry_info().attempts() as usize, requests);
        assert_eq!(service.calls(), requests);
    }
}

#[tokio::test]
async fn nobody_is_added_to_a_thread_that_was_not_created() {
    let service = MockService::start([Answer::status(403)]).await;
    let create = service.chat_client().create_chat_thread("topic");
    let create = create.participants((0..250).map(participant));
    assert!(create.await.unwrap_err().is_forbidden());
    assert_eq!(service.calls(), 1);
}
