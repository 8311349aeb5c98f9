//! What errors say: what went wrong, where, and no more than that.

use std::error::Error as StdError;

use chat::{
    ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, Error, RetryOptions,
};
use chat_tests::mock::{Answer, MESSAGE, MockService, RawService, THREAD, Then};

/// A token that expired in 2001.
const EXPIRED: &str = "e30.eyJleHAiOjEwMDAwMDAwMDB9.c2ln";

async fn get_message(endpoint: String, token: &str) -> Error {
    let credential = CommunicationTokenCredential::new(token).unwrap();
    let client = ChatClient::builder(endpoint, credential).retry(RetryOptions::none());
    let thread = client.build().unwrap().chat_thread_client(THREAD);
    thread.message(MESSAGE).await.unwrap_err()
}

/// An error and its sources, each of which has words of its own.
#[track_caller]
fn words(error: &Error) -> Vec<String> {
    let mut words = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        words.push(cause.to_string());
        source = cause.source();
    }
    for (n, each) in words.iter().enumerate() {
        assert!(!each.trim().is_empty(), "{words:?}");
        assert!(
            !words[..n]
                .iter()
                .any(|before| before.contains(each.as_str())),
            "{words:?}"
        );
    }
    let debug = format!("{error:?}");
    assert!(debug.len() < 1000, "{debug}");
    words
}

#[tokio::test]
async fn errors_of_connections_name_the_host() {
    let refused = get_message(RawService::nobody().await, EXPIRED).await;
    assert_eq!(
        words(&refused)[0],
        "getChatMessage: the connection could not be made: host 127.0.0.1"
    );

    let service = RawService::start(Then::Close).await;
    let lost = get_message(service.endpoint().to_owned(), EXPIRED).await;
    assert_eq!(
        words(&lost)[0],
        "getChatMessage: the connection was lost before the answer: host 127.0.0.1"
    );
}

#[tokio::test]
async fn a_refusal_of_a_fixed_token_says_when_it_expired() {
    let service = MockService::start([Answer::status(401)]).await;
    let error = get_message(service.endpoint(), EXPIRED).await;
    assert_eq!(
        words(&error),
        ["getChatMessage: unauthorized (status 401): the token expired at 2001-09-09T01:46:40Z"]
    );

    let service = MockService::start([Answer::status(401), Answer::status(403)]).await;
    let valid = chat_tests::mock::TOKEN;
    let error = get_message(service.endpoint(), valid).await;
    assert_eq!(words(&error), ["getChatMessage: unauthorized (status 401)"]);
    // An expired token is not what a 403 is about.
    let error = get_message(service.endpoint(), EXPIRED).await;
    assert_eq!(words(&error), ["getChatMessage: forbidden (status 403)"]);
}

#[test]
fn a_bad_connection_string_says_what_is_wrong_with_it() {
    for (connection_string, reason) in [
        ("endpoint=https://contoso.example/", "it has no `accesskey`"),
        ("accesskey=c2VjcmV0", "it has no `endpoint`"),
        ("nonsense", "a part of it is not `name=value`"),
    ] {
        let error = CommunicationIdentityClient::from_connection_string(connection_string);
        let words = words(&error.unwrap_err());
        let wanted = format!("invalid argument: this is no connection string: {reason}");
        assert_eq!(words, [wanted]);
    }
}
