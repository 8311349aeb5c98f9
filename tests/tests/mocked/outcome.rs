//! Statuses that leave open whether a request was carried out.

use chat::models::CommunicationUserIdentifier;
use chat::{ErrorKind, RequestEffect};
use chat_tests::mock::{Answer, MESSAGE, MockService, THREAD};

#[tokio::test]
async fn a_message_that_is_answered_with_5xx_may_have_been_sent() {
    for status in [408, 500, 502, 503, 504] {
        let service = MockService::start([Answer::status(status).header("retry-after", "1")]).await;

        // A client with its usual retries.
        let client = service.chat_client_builder().build().unwrap();
        let send = client.chat_thread_client(THREAD).send_message("hello");
        let error = send.await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{status}");
        assert_eq!(error.http_status(), Some(status));
        assert_eq!(error.effect(), RequestEffect::Unknown);
        assert!(error.is_outcome_unknown() && !error.is_retryable());
        // No second POST.
        assert_eq!(service.calls(), 1);
    }
}

#[tokio::test]
async fn a_message_that_is_refused_was_not_sent() {
    use ErrorKind::*;
    let kinds = [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (429, TooManyRequests),
        (413, UnexpectedStatus),
    ];
    for (status, kind) in kinds {
        let service = MockService::start([Answer::status(status)]).await;

        let error = service
            .thread_client()
            .send_message("hello")
            .await
            .unwrap_err();

        assert_eq!(error.kind(), kind);
        assert_eq!(error.effect(), RequestEffect::NotCarriedOut);
        assert_eq!(error.is_retryable(), status == 429);
        assert_eq!(service.calls(), 1);
    }
}

#[tokio::test]
async fn whatever_is_safe_to_repeat_is_not_in_doubt() {
    for (status, kind) in [
        (500, ErrorKind::UnexpectedStatus),
        (503, ErrorKind::ServiceUnavailable),
    ] {
        let service = MockService::start(vec![Answer::status(status); 8]).await;
        let (client, thread) = (service.chat_client(), service.thread_client());
        let bob = CommunicationUserIdentifier::new("8:acs:res_bob");

        let errors = [
            client.create_chat_thread("topic").await.unwrap_err(),
            client.delete_chat_thread("19:a").await.unwrap_err(),
            thread.update_topic("topic").await.unwrap_err(),
            thread
                .update_message(MESSAGE)
                .content("new")
                .await
                .unwrap_err(),
            thread.delete_message(MESSAGE).await.unwrap_err(),
            thread.add_participants([bob]).await.unwrap_err(),
            thread.send_read_receipt(MESSAGE).await.unwrap_err(),
            thread
                .list_messages()
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
        ];

        for error in &errors {
            assert_eq!(error.kind(), kind, "{error}");
            assert_eq!(error.effect(), RequestEffect::Unknown);
            assert!(error.is_retryable() && !error.is_outcome_unknown());
        }
        assert_eq!(service.calls(), errors.len());
    }
}
