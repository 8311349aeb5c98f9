//! Links that are not followed.

use chat::{ErrorKind, RequestEffect};
use chat_tests::mock::{Answer, MESSAGES_PATH, MockService, OTHER_THREAD, messages};

async fn refused(service: &MockService, link: &str) {
    service.then(Answer::json(200, &messages(&["2", "1"], Some(link))));
    let before = service.calls();
    let mut items = service.thread_client().list_messages().into_stream();

    // What was fetched is not lost.
    assert_eq!(items.try_next().await.unwrap().unwrap().id().as_str(), "2");
    assert_eq!(items.try_next().await.unwrap().unwrap().id().as_str(), "1");
    let error = items.try_next().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidNextLink, "{link}");
    assert_eq!(error.operation(), Some("listChatMessages"));
    assert_eq!(error.effect(), RequestEffect::CarriedOut);
    assert!(!error.is_retryable());
    assert!(items.try_next().await.unwrap().is_none());
    assert_eq!(service.calls() - before, 1, "{link}");
}

#[tokio::test]
async fn another_host_or_port_never_hears_of_the_client() {
    let service = MockService::unused().await;
    let foreign = MockService::unused().await;

    refused(&service, &format!("{}{MESSAGES_PATH}", foreign.endpoint())).await;
    // The same machine by another name.
    refused(
        &service,
        &format!("http://localhost:{}{MESSAGES_PATH}", service.port()),
    )
    .await;
    refused(
        &service,
        &format!("http://localhost:{}{MESSAGES_PATH}", foreign.port()),
    )
    .await;

    assert_eq!(foreign.calls(), 0);
}

#[tokio::test]
async fn another_scheme_is_another_origin() {
    let service = MockService::unused().await;

    refused(
        &service,
        &format!("https://127.0.0.1:{}{MESSAGES_PATH}", service.port()),
    )
    .await;
    refused(&service, "ftp://127.0.0.1/").await;
    refused(&service, "javascript:alert(1)").await;
}

#[tokio::test]
async fn tricks_with_the_authority_do_not_help() {
    let service = MockService::unused().await;
    let foreign = MockService::unused().await;
    let (own, other) = (service.port(), foreign.port());

    refused(
        &service,
        &format!("http://127.0.0.1:{own}@127.0.0.1:{other}{MESSAGES_PATH}"),
    )
    .await;
    refused(
        &service,
        &format!("http://user:pass@127.0.0.1:{own}{MESSAGES_PATH}"),
    )
    .await;
    refused(
        &service,
        &format!("http://127.0.0.1:{other}\\@127.0.0.1:{own}{MESSAGES_PATH}"),
    )
    .await;
    refused(&service, &format!("//127.0.0.1:{other}{MESSAGES_PATH}")).await;

    assert_eq!(foreign.calls(), 0);
}

#[tokio::test]
async fn a_link_to_another_thread_or_operation_is_not_followed() {
    let service = MockService::unused().await;
    let endpoint = service.endpoint();

    for path in [
        MESSAGES_PATH.replace("19:abc_x-y1@thread.v2", OTHER_THREAD),
        MESSAGES_PATH.replace("/messages", "/readReceipts"),
        format!("{MESSAGES_PATH}/"),
        "/chat/threads".to_owned(),
    ] {
        refused(&service, &format!("{endpoint}{path}?a=b")).await;
    }
}

#[tokio::test]
async fn what_is_no_absolute_url_is_refused() {
    let service = MockService::unused().await;

    for link in ["/chat/threads?page=2", "page=2", " ", "http://"] {
        refused(&service, link).await;
    }
}

#[tokio::test]
async fn a_link_that_comes_twice_is_refused() {
    let service = MockService::unused().await;
    let link = |query: &str| format!("{}{MESSAGES_PATH}?{query}", service.endpoint());
    for (id, next) in [("3", "a"), ("2", "b"), ("1", "a")] {
        service.then(Answer::json(200, &messages(&[id], Some(&link(next)))));
    }

    let mut pages = service.thread_client().list_messages().into_pages();
    for _ in 0..3 {
        assert_eq!(pages.try_next().await.unwrap().unwrap().items().len(), 1);
    }
    let error = pages.try_next().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidNextLink);
    assert_eq!(service.calls(), 3);
}

#[tokio::test]
async fn empty_pages_that_link_to_themselves_end() {
    let service = MockService::unused().await;
    let link = format!("{}{MESSAGES_PATH}", service.endpoint());
    for _ in 0..3 {
        service.then(Answer::json(200, &messages(&[], Some(&link))));
    }

    let mut items = service.thread_client().list_messages().into_stream();
    let error = items.try_next().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InvalidNextLink);
    assert_eq!(service.calls(), 2);
}
