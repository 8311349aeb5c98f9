//! Web pages of somebody on the way, which say 200 to everything.

use chat::{Error, ErrorKind, RequestEffect};
use chat_tests::mock::{Answer, MESSAGE, MockService};

fn portal() -> Answer {
    with_page(Answer::of_gateway(200))
}

fn with_page(answer: Answer) -> Answer {
    let answer = answer.header("content-type", "text/html; charset=utf-8");
    answer.body("<html>Welcome to the hotel. Please log in.</html>")
}

#[track_caller]
fn assert_unknown(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error:?}");
    assert_eq!(error.effect(), RequestEffect::Unknown, "{error:?}");
    assert!(error.in_doubt());
    assert_eq!(error.retry_info().attempts(), 1);
}

#[tokio::test]
async fn a_captive_portal_says_nothing_of_what_became_of_a_message() {
    let service = MockService::start([portal(), portal()]).await;
    let thread = service.chat_client_builder().build().unwrap();
    let thread = thread.chat_thread_client(chat_tests::mock::THREAD);

    let send = thread.send_message("hello").await.unwrap_err();
    let typing = thread.send_typing_notification().await.unwrap_err();

    assert_unknown(&send, ErrorKind::OutcomeUnknown);
    assert_unknown(&typing, ErrorKind::OutcomeUnknown);
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn a_captive_portal_does_no_operation_and_gives_no_models() {
    let service = MockService::start(vec![portal(); 6]).await;
    let (client, thread) = (service.chat_client(), service.thread_client());

    let read = thread.message(MESSAGE).await.unwrap_err();
    let listed = thread.list_messages().into_stream().try_next().await;
    let receipt = thread.send_read_receipt(MESSAGE).await.unwrap_err();
    let updated = thread.update_topic("topic").await.unwrap_err();
    let deleted = client.delete_chat_thread("19:a").await.unwrap_err();
    let created = client.create_chat_thread("topic").await.unwrap_err();

    for error in [read, listed.unwrap_err(), receipt] {
        assert_unknown(&error, ErrorKind::InvalidResponse);
    }
    // 200 is none of their statuses.
    for error in [updated, deleted, created] {
        assert_unknown(&error, ErrorKind::UnexpectedStatus);
    }
    assert_eq!(service.calls(), 6);
}

#[tokio::test]
async fn with_the_services_headers_it_was_carried_out() {
    let odd = || with_page(Answer::status(200));
    let service = MockService::start([odd(), odd(), odd()]).await;
    let thread = service.thread_client();

    let send = thread.send_message("hello").await.unwrap_err();
    let read = thread.message(MESSAGE).await.unwrap_err();

    assert_eq!(send.kind(), ErrorKind::UnexpectedStatus);
    assert_eq!(send.effect(), RequestEffect::CarriedOut);
    assert_eq!(read.kind(), ErrorKind::InvalidResponse);
    assert_eq!(read.effect(), RequestEffect::CarriedOut);
    thread.send_read_receipt(MESSAGE).await.unwrap();
}
