//! Answers of success whose body can't be read.

use std::time::Duration;

use chat::{Error, ErrorKind, RequestEffect};
use chat_tests::mock::{Answer, MESSAGE, MockService, RawService, THREAD, Then, message, messages};

const THREAD_LOCATION: &str =
    "https://contoso.communication.azure.com/chat/threads/19%3Aabc_x-y1@thread.v2";

fn message_location() -> String {
    format!("{THREAD_LOCATION}/messages/{MESSAGE}")
}

/// Bodies that are not the JSON they should be.
fn bad_bodies() -> [String; 8] {
    [
        String::new(),
        "<html>200</html>".to_owned(),
        "{\"id\":".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        "{\"id\":17,\"chatThread\":17}".to_owned(),
        "[".repeat(100_000),
        "{\"chatThread\":".repeat(100_000),
    ]
}

fn assert_invalid(error: &Error, status: u16) {
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error:?}");
    assert_eq!(error.http_status(), Some(status));
    assert_eq!(error.effect(), RequestEffect::CarriedOut);
    assert!(!error.is_outcome_unknown());
}

/// What ends too early may be whole the next time, if there may be a next time.
fn ends_too_early(body: &str) -> bool {
    body.is_empty() || body.ends_with(':')
}

#[tokio::test]
async fn a_body_that_is_not_the_json_it_should_be_is_an_invalid_response() {
    for body in bad_bodies() {
        let service = MockService::start([Answer::status(200).body(&body)]).await;

        let error = service.thread_client().message(MESSAGE).await.unwrap_err();

        assert_invalid(&error, 200);
        assert_eq!(error.is_retryable(), ends_too_early(&body), "{body:.20}");
        assert_eq!(service.calls(), 1, "{body:.20}");
    }
}

#[tokio::test]
async fn a_created_thread_is_not_lost_with_the_body() {
    for body in bad_bodies() {
        let answer = Answer::status(201)
            .header("location", THREAD_LOCATION)
            .body(&body);
        let service = MockService::start([answer]).await;

        let error = service
            .chat_client()
            .create_chat_thread("topic")
            .await
            .unwrap_err();

        assert_invalid(&error, 201);
        assert_eq!(
            error.created_thread_id().unwrap().as_str(),
            THREAD,
            "{body:.20}"
        );
        assert_eq!(error.created_message_id(), None);
        assert_eq!(error.is_retryable(), ends_too_early(&body), "{body:.20}");
        assert_eq!(service.calls(), 1);
    }
}

#[tokio::test]
async fn a_sent_message_is_not_lost_with_the_body() {
    for body in bad_bodies() {
        let answer = Answer::status(201)
            .header("location", &message_location())
            .body(&body);
        let service = MockService::start([answer]).await;

        let error = service
            .thread_client()
            .send_message("hello")
            .await
            .unwrap_err();

        assert_invalid(&error, 201);
        assert_eq!(
            error.created_message_id().unwrap().as_str(),
            MESSAGE,
            "{body:.20}"
        );
        assert_eq!(error.created_thread_id(), None);
        assert!(
            !error.is_retryable(),
            "a second time would store a second message"
        );
        assert_eq!(service.calls(), 1);
    }
}

#[tokio::test]
async fn a_list_whose_page_is_no_json_ends_in_an_error() {
    let service = MockService::start([Answer::status(200).body("no json")]).await;

    let mut items = service.thread_client().list_messages().into_stream();

    let error = items.try_next().await.unwrap_err();
    assert_invalid(&error, 200);
    assert!(!error.is_retryable());
    assert!(items.try_next().await.unwrap().is_none());
    assert_eq!(service.calls(), 1);
}

fn truncated(status: &str, location: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nlocation: {location}\r\nMS-CV: cv.1\r\n\
        content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{\"id\":\"16"
    )
    .into_bytes()
}

#[tokio::test]
async fn a_truncated_page_is_a_lost_connection_that_can_be_tried_again() {
    let service = RawService::start(Then::Write(truncated("200 OK", ""))).await;
    let client = service.once().build().unwrap();

    let error = client
        .list_chat_threads()
        .into_stream()
        .try_next()
        .await
        .unwrap_err();

    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert_eq!(
        (error.http_status(), error.ms_cv()),
        (Some(200), Some("cv.1"))
    );
    assert!(error.is_retryable());
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_truncated_answer_to_a_send_is_not_in_doubt() {
    let answer = truncated("201 Created", &message_location());
    for then in [Then::Write(answer.clone()), Then::WriteAndHang(answer)] {
        let service = RawService::start(then).await;
        let client = service
            .chat_client_builder()
            .timeout(Duration::from_millis(400))
            .build()
            .unwrap();

        let error = client
            .chat_thread_client(THREAD)
            .send_message("hello")
            .await
            .unwrap_err();

        assert_invalid(&error, 201);
        assert_eq!(error.created_message_id().unwrap().as_str(), MESSAGE);
        assert_eq!(service.calls(), 1);
    }
}

#[tokio::test]
async fn a_truncated_answer_to_a_create_names_the_thread() {
    let service = RawService::start(Then::Write(truncated("201 Created", THREAD_LOCATION))).await;
    let client = service.once().build().unwrap();

    let error = client.create_chat_thread("topic").await.unwrap_err();

    assert_eq!(error.effect(), RequestEffect::CarriedOut);
    assert_eq!(error.created_thread_id().unwrap().as_str(), THREAD);
    assert!(error.idempotency_token().is_some());
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read_to_its_end() {
    let page = messages(&["3", "2", "1"], None);
    let length = page.to_string().len();
    for (limit, fits) in [(length, true), (length - 1, false), (0, false)] {
        let service = MockService::start([Answer::json(200, &page)]).await;
        let client = service
            .chat_client_builder()
            .max_response_bytes(limit)
            .build()
            .unwrap();

        let mut pages = client
            .chat_thread_client(THREAD)
            .list_messages()
            .into_pages();

        match pages.try_next().await {
            Ok(page) => assert!(fits && page.unwrap().items().len() == 3),
            Err(error) => {
                assert!(!fits, "{error:?}");
                assert_invalid(&error, 200);
            }
        }
        assert_eq!(service.calls(), 1);
    }
}

#[tokio::test]
async fn a_body_of_endlessly_many_values_is_not_taken_into_memory() {
    let page = format!("{{\"value\":[{}{{}}]}}", "{},".repeat(500_000));
    let service = MockService::start([Answer::status(200).body(&page)]).await;
    let client = service.chat_client_builder().build().unwrap();

    let mut pages = client
        .chat_thread_client(THREAD)
        .list_participants()
        .into_pages();

    assert_invalid(&pages.try_next().await.unwrap_err(), 200);
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_body_without_end_is_not_waited_for() {
    // Chunked, so that its length is not known beforehand; the connection stays open.
    let mut answer =
        b"HTTP/1.1 200 OK\r\nMS-CV: cv.1\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..4 {
        answer.extend_from_slice(format!("400\r\n{}\r\n", " ".repeat(1024)).as_bytes());
    }
    let service = RawService::start(Then::WriteAndHang(answer)).await;
    let client = service
        .chat_client_builder()
        .max_response_bytes(2048)
        .build()
        .unwrap();

    let error = client
        .chat_thread_client(THREAD)
        .message(MESSAGE)
        .await
        .unwrap_err();

    assert_invalid(&error, 200);
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_refusal_that_is_too_large_or_nested_too_deep_keeps_its_status() {
    for body in [
        " ".repeat(5000),
        "[".repeat(100_000),
        "{\"error\":".repeat(10_000),
    ] {
        let service = MockService::start([Answer::status(404).body(&body)]).await;
        let client = service
            .chat_client_builder()
            .max_response_bytes(4096)
            .build()
            .unwrap();

        let error = client
            .chat_thread_client(THREAD)
            .message(MESSAGE)
            .await
            .unwrap_err();

        assert_eq!(
            (error.kind(), error.http_status()),
            (ErrorKind::NotFound, Some(404))
        );
        assert!(error.service_error().is_none());
    }
}

#[tokio::test]
async fn deep_nesting_in_fields_nobody_knows_is_left_aside() {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let body = message(MESSAGE)
        .to_string()
        .replacen('{', &format!("{{\"new\":{deep},"), 1);
    let service = MockService::start([Answer::status(200).body(body)]).await;

    let read = service.thread_client().message(MESSAGE).await.unwrap();

    assert_eq!(read.id().as_str(), MESSAGE);
}
