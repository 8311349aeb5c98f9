//! Lists that go on where another one has stopped.

use chat::ErrorKind;
use chat::models::ChatMessage;
use chat::paging::{Continuation, Page, PageStream};
use chat_tests::mock::{Answer, MockService, OTHER_THREAD, messages};
use serde_json::json;

const LINK: &str = "/chat/threads/19:abc_x-y1@thread.v2/messages?syncState=3e%2039&x=%2B%3D";

/// A continuation of the messages of the thread of `service`.
async fn continuation(service: &MockService) -> Continuation {
    let link = format!("{}{LINK}", service.endpoint());
    service.then(Answer::json(200, &messages(&["2"], Some(&link))));
    let page = service
        .thread_client()
        .list_messages()
        .into_pages()
        .try_next()
        .await;
    page.unwrap().unwrap().continuation().unwrap().clone()
}

async fn only_page(mut pages: PageStream<ChatMessage>) -> Page<ChatMessage> {
    let page = pages.try_next().await.unwrap().unwrap();
    assert!(pages.try_next().await.unwrap().is_none());
    page
}

#[tokio::test]
async fn a_stored_continuation_is_resumed_by_a_new_client() {
    let service = MockService::unused().await;
    let stored = continuation(&service).await.to_string();
    let as_json = serde_json::to_string(&stored.parse::<Continuation>().unwrap()).unwrap();
    service.then(Answer::json(200, &messages(&["1"], None)));
    service.then(Answer::json(200, &messages(&["1"], None)));

    let list = service
        .thread_client()
        .list_messages()
        .continue_from(stored.parse().unwrap());
    let page = only_page(list.into_pages()).await;
    let again = serde_json::from_str(&as_json).unwrap();
    let list = service.thread_client().list_messages().continue_from(again);
    only_page(list.into_pages()).await;

    assert_eq!(page.items()[0].id().as_str(), "1");
    assert!(page.continuation().is_none());
    let requests = service.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!([&requests[1].target, &requests[2].target], [LINK, LINK]);
}

#[tokio::test]
async fn what_else_is_set_does_not_change_the_link() {
    let service = MockService::unused().await;
    let continuation = continuation(&service).await;
    service.then(Answer::json(200, &messages(&["1"], None)));

    let list = service
        .thread_client()
        .list_messages()
        .page_size(7)
        .continue_from(continuation);
    let mut items = list.into_stream();

    assert_eq!(items.try_next().await.unwrap().unwrap().id().as_str(), "1");
    assert_eq!(service.requests()[1].target, LINK);
}

#[tokio::test]
async fn a_continuation_of_another_thread_is_refused() {
    let service = MockService::unused().await;
    let continuation = continuation(&service).await;

    let other = service.chat_client().chat_thread_client(OTHER_THREAD);
    let mut pages = other
        .list_messages()
        .continue_from(continuation)
        .into_pages();
    let error = pages.try_next().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_continuation_of_another_operation_is_refused() {
    let service = MockService::unused().await;
    let continuation = continuation(&service).await;

    let thread = service.thread_client();
    let participants = thread
        .list_participants()
        .continue_from(continuation.clone());
    let receipts = thread
        .list_read_receipts()
        .continue_from(continuation.clone());
    let threads = service
        .chat_client()
        .list_chat_threads()
        .continue_from(continuation);
    let errors = [
        participants.into_stream().try_next().await.unwrap_err(),
        receipts.into_stream().try_next().await.unwrap_err(),
        threads.into_stream().try_next().await.unwrap_err(),
    ];

    for error in errors {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_continuation_of_another_endpoint_is_refused() {
    let (service, other) = (MockService::unused().await, MockService::unused().await);
    let continuation = continuation(&service).await;

    let list = other
        .thread_client()
        .list_messages()
        .continue_from(continuation);
    let error = list.into_stream().try_next().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!((service.calls(), other.calls()), (1, 0));
}

#[tokio::test]
async fn a_continuation_that_was_tampered_with_goes_nowhere_else() {
    let (service, foreign) = (MockService::unused().await, MockService::unused().await);
    let continuation = continuation(&service).await.to_string();
    let tampered = continuation.replace(&service.endpoint(), &foreign.endpoint());
    assert_ne!(tampered, continuation);

    let list = service
        .thread_client()
        .list_messages()
        .continue_from(tampered.parse().unwrap());
    let error = list.into_stream().try_next().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!((service.calls(), foreign.calls()), (1, 0));
}

#[tokio::test]
async fn a_forged_continuation_reads_no_other_thread() {
    let service = MockService::unused().await;
    let continuation = continuation(&service).await.to_string();
    let endpoint = service.endpoint();
    let forged = [
        continuation.replace("19:abc_x-y1@thread.v2", OTHER_THREAD),
        continuation.replace("19:abc_x-y1@thread.v2", "19%3Adef%40thread.v2"),
        continuation.replace("/messages", "/../19:def@thread.v2/messages"),
        continuation.replace("/messages", "/participants"),
        continuation.replace("/messages", "/messages/1"),
        format!("v1 {endpoint}/chat/threads"),
        format!("v1 {endpoint}/identities"),
    ];

    for forged in forged {
        assert_ne!(forged, continuation);
        let list = service.thread_client().list_messages();
        let list = list.continue_from(forged.parse().unwrap());
        let error = list.into_stream().try_next().await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{forged}");
        assert_eq!(error.operation(), Some("listChatMessages"));
    }
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_continuation_holds_no_token() {
    let service = MockService::unused().await;
    let continuation = continuation(&service).await;

    let printed = format!("{continuation} {continuation:?} {}", json!(continuation));

    assert!(!printed.contains(chat_tests::mock::TOKEN), "{printed}");
}

#[test]
fn text_that_is_no_continuation_is_an_invalid_argument() {
    for text in [
        "",
        "v1",
        "v1 listChatMessages",
        "v2 https://host/",
        "https://host/",
    ] {
        let error = text.parse::<Continuation>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{text:?}");
        assert!(
            serde_json::from_value::<Continuation>(json!(text)).is_err(),
            "{text:?}"
        );
    }
}
