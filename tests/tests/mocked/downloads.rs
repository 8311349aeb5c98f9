//! Pictures of messages: where the token goes, and how much is read.

use std::time::Duration;

use chat::models::ChatAttachment;
use chat::{Error, ErrorKind, RetryOptions};
use chat_tests::mock::{Answer, MockService, RawService, THREAD, TOKEN, Then};
use serde_json::{Value, json};

fn attachment(urls: &Value) -> ChatAttachment {
    let mut json = json!({ "id": "0-eus-1", "attachmentType": "image" });
    json.as_object_mut()
        .unwrap()
        .extend(urls.as_object().unwrap().clone());
    serde_json::from_value(json).unwrap()
}

/// Where the service has a picture, as its messages say.
fn picture_at(origin: &str) -> ChatAttachment {
    attachment(&json!({
        "url": format!("{origin}/chat/threads/{THREAD}/images/0-eus-1/views/original?api-version=2025-03-15"),
        "previewUrl": format!("{origin}/chat/threads/{THREAD}/messages/17/teamsInterop/images/0-eus-1/views/small?x=%2F"),
    }))
}

fn png(text: &str) -> Answer {
    Answer::status(200)
        .header("content-type", "image/png")
        .body(text)
}

#[tokio::test]
async fn a_picture_and_its_preview_are_fetched_with_the_token_from_where_the_message_says() {
    let service = MockService::start([png("original"), png("small")]).await;
    let picture = picture_at(&service.endpoint());
    let thread = service.thread_client();

    let original = thread.download_attachment(&picture).await.unwrap();
    assert_eq!(original.media_type(), Some("image/png"));
    assert_eq!(original.content_length(), Some(8));
    assert_eq!(original.bytes().await.unwrap(), b"original");
    let small = thread.download_attachment_preview(&picture).await.unwrap();
    assert_eq!(small.bytes().await.unwrap(), b"small");

    let requests = service.requests();
    let asked: Vec<_> = requests.iter().map(|request| request.path()).collect();
    let of_thread = format!("/chat/threads/{THREAD}");
    assert_eq!(
        asked,
        [
            format!("{of_thread}/images/0-eus-1/views/original"),
            format!("{of_thread}/messages/17/teamsInterop/images/0-eus-1/views/small"),
        ]
    );
    let version = ("api-version".to_owned(), "2025-03-15".to_owned());
    assert_eq!(requests[0].query(), [version]);
    assert_eq!(requests[1].query(), [("x".to_owned(), "/".to_owned())]);
    for request in &requests {
        let token = format!("Bearer {TOKEN}");
        assert_eq!(request.header("authorization"), Some(token.as_str()));
        assert!(request.header("x-ms-client-request-id").is_some());
        assert!(request.body().is_empty());
    }
}

#[tokio::test]
async fn no_token_leaves_for_another_origin_and_nothing_is_sent() {
    let (service, elsewhere) = (MockService::unused().await, MockService::unused().await);
    let thread = service.thread_client();
    let here = service.endpoint();
    let port = service.port();
    for url in [
        elsewhere.endpoint(),
        format!("https://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        here.replace("127.0.0.1", "user@127.0.0.1"),
        here.replace("127.0.0.1", "user:s3cret@127.0.0.1"),
        format!("blob:{here}"),
        format!("{here}.example"),
        "data:image/png,x".to_owned(),
        String::new(),
        "images/0-eus-1".to_owned(),
    ] {
        let picture = attachment(&json!({ "url": format!("{url}/chat/x"), "previewUrl": url }));
        for download in [
            thread.download_attachment(&picture),
            thread.download_attachment_preview(&picture),
        ] {
            let error = download.await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{url}: {error}");
            assert!(
                !format!("{error} {error:?}").contains("s3cret"),
                "{error:?}"
            );
        }
    }
    let without = attachment(&json!({}));
    let error = thread.download_attachment(&without).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!((service.calls(), elsewhere.calls()), (0, 0));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = MockService::unused().await;
    let to = elsewhere.endpoint();
    let service = MockService::start([Answer::status(302).header("location", &to)]).await;
    let picture = picture_at(&service.endpoint());
    let error = service.thread_client().download_attachment(&picture).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::UnexpectedStatus);
    assert_eq!((service.calls(), elsewhere.calls()), (1, 0));
}

#[tokio::test]
async fn a_download_is_begun_again_while_nothing_of_it_has_come() {
    let service = MockService::start([Answer::status(503), Answer::status(429), png("cat")]).await;
    let picture = picture_at(&service.endpoint());
    let client = service.chat_client_builder();
    let hasty = RetryOptions::exponential().initial_delay(Duration::ZERO);
    let thread = client.retry(hasty).build().unwrap();
    let download = thread
        .chat_thread_client(THREAD)
        .download_attachment(&picture);
    let response = download.send_with_info().await.unwrap();
    assert_eq!(response.info().retry_info().attempts(), 3);
    assert_eq!(response.into_value().bytes().await.unwrap(), b"cat");
}

#[tokio::test]
async fn what_the_service_refuses_is_an_error_of_its_kind() {
    for (status, kind) in [
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (204, ErrorKind::UnexpectedStatus),
    ] {
        let service = MockService::start([Answer::status(status)]).await;
        let picture = picture_at(&service.endpoint());
        let error = service.thread_client().download_attachment(&picture).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.operation(), Some("downloadAttachment"));
    }
}

#[tokio::test]
async fn a_web_page_of_somebody_on_the_way_is_no_picture() {
    let portal = Answer::of_gateway(200)
        .header("content-type", "text/html")
        .body("<html>Welcome</html>");
    let service = MockService::start([portal]).await;
    let picture = picture_at(&service.endpoint());
    let error = service.thread_client().download_attachment(&picture).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn what_says_that_it_is_too_large_is_not_read() {
    let service = MockService::start([png("12345"), png("12345")]).await;
    let picture = picture_at(&service.endpoint());
    let thread = service.thread_client();
    let error = thread.download_attachment(&picture).max_bytes(4).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidResponse);
    let download = thread.download_attachment(&picture).max_bytes(5).await;
    assert_eq!(download.unwrap().bytes().await.unwrap(), b"12345");
}

/// The pieces that come of a response, and the error after them, if there is one.
async fn pieces(response: Then, max: u64) -> (usize, Option<Error>) {
    let service = RawService::start(response).await;
    let client = service.once().build().unwrap();
    let picture = picture_at(service.endpoint());
    let thread = client.chat_thread_client(THREAD);
    let download = thread
        .download_attachment(&picture)
        .max_bytes(max)
        .timeout(Duration::from_millis(500));
    let mut download = download.await.unwrap();
    let mut bytes = 0;
    let error = loop {
        match download.try_next().await {
            Ok(Some(piece)) => bytes += piece.len(),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    // After its end, and after an error, there is nothing.
    assert!(download.try_next().await.unwrap().is_none());
    assert_eq!(service.calls(), 1);
    (bytes, error)
}

const CHUNKED: &str = "HTTP/1.1 200 OK\r\napi-supported-versions: 1\r\ntransfer-encoding: chunked\r\n\r\n\
    5\r\n12345\r\n5\r\n67890\r\n";

#[tokio::test]
async fn a_stream_ends_at_the_limit_and_where_the_connection_breaks_and_when_time_is_over() {
    let whole = format!("{CHUNKED}0\r\n\r\n").into_bytes();
    let (bytes, error) = pieces(Then::Write(whole.clone()), 10).await;
    assert!(bytes == 10 && error.is_none());
    let (bytes, error) = pieces(Then::Write(whole), 9).await;
    assert!(bytes < 10);
    assert_eq!(error.unwrap().kind(), ErrorKind::InvalidResponse);
    let broken = CHUNKED.as_bytes().to_vec();
    let (bytes, error) = pieces(Then::Write(broken.clone()), 10).await;
    let error = error.unwrap();
    assert_eq!((bytes, error.kind()), (10, ErrorKind::ConnectionLost));
    assert!(error.is_retryable());
    let (bytes, error) = pieces(Then::WriteAndHang(broken), 10).await;
    assert_eq!((bytes, error.unwrap().kind()), (10, ErrorKind::Timeout));
}

#[tokio::test]
async fn debug_shows_no_url_and_no_bytes() {
    let service = MockService::start([png("secret")]).await;
    let picture = picture_at(&service.endpoint());
    let thread = service.thread_client();
    let builder = thread.download_attachment(&picture);
    assert!(!format!("{builder:?}").contains("0-eus-1"));
    let download = builder.await.unwrap();
    assert!(!format!("{download:?}").contains("secret"));
}
