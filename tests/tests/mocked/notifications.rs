//! Where the access token goes for the service's notifications, and where it does not.

use std::time::Duration;

use chat::notifications::Notifications;
use chat::{ChatClient, CommunicationTokenCredential, Error, ErrorKind};
use chat_tests::mock::{Answer, MockService, RawService, ReceivedRequest, TOKEN, Then, plain_http};
use serde_json::{Value, json};

/// A host that is none of the service's. Its name is resolved to a server of the test.
const FOREIGN: &str = "tunnel.example";

/// A server that should not be spoken to.
async fn foreign() -> RawService {
    RawService::start(Then::Close).await
}

fn port(service: &RawService) -> u16 {
    service
        .endpoint()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

/// The address of the foreign server, by its name.
fn by_name(scheme: &str, foreign: &RawService) -> String {
    format!("{scheme}://{FOREIGN}:{}/", port(foreign))
}

/// A client that finds the foreign server by its name.
fn client(service: &MockService, foreign: &RawService) -> ChatClient {
    let address = ([127, 0, 0, 1], port(foreign)).into();
    let http = move || plain_http().resolve(FOREIGN, address);
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let builder = ChatClient::builder(service.endpoint(), credential);
    builder.http_client(http).build().unwrap()
}

fn configuration(service: &str, registrar: &str) -> Answer {
    let urls = json!({
        "trouterServiceUrl": service, "registrarServiceUrl": registrar, "cloudType": "Public",
    });
    Answer::json(200, &urls)
}

fn allocation(socketio: &str) -> Value {
    json!({"socketio": socketio, "surl": "https://x.example/v4/f/a/", "ttl": "585731"})
}

async fn end(mut notifications: Notifications) -> Error {
    let ended = tokio::time::timeout(Duration::from_secs(20), notifications.next()).await;
    let error = ended.unwrap().unwrap().unwrap_err();
    assert!(notifications.next().await.is_none());
    error
}

#[track_caller]
fn assert_names_the_host(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error}");
    assert!(error.to_string().contains(FOREIGN), "{error}");
    assert!(!error.to_string().contains(TOKEN));
}

#[tokio::test]
async fn the_configuration_is_asked_for_with_the_token_as_everything_else_is() {
    let service = MockService::start([Answer::status(404)]).await;
    let error = end(service.chat_client().notifications().connect().unwrap()).await;
    assert!(error.is_not_found(), "{error}");
    let request = service.only_request();
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        (
            "GET",
            "/chat/config/realTimeNotifications?api-version=2024-09-01"
        )
    );
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(request.header("authorization"), Some(bearer.as_str()));
    assert_eq!(request.header("x-skypetoken"), None);
}

#[tokio::test]
async fn a_configuration_that_names_a_foreign_host_is_followed_nowhere() {
    for scheme in ["http", "https"] {
        let (foreign, service) = (foreign().await, MockService::unused().await);
        let (own, other) = (service.endpoint(), by_name(scheme, &foreign));
        for (trouter, registrar) in [(&other, &own), (&own, &other), (&other, &other)] {
            service.then(configuration(trouter, registrar));
            let before = service.calls();
            let notifications = client(&service, &foreign).notifications().connect();
            assert_names_the_host(&end(notifications.unwrap()).await);
            // Not even to the host that would be allowed.
            assert_eq!(service.calls(), before + 1);
        }
        assert_eq!((foreign.connections(), foreign.calls()), (0, 0), "{scheme}");
    }
}

#[tokio::test]
async fn an_allocation_that_names_a_foreign_host_is_not_followed() {
    for scheme in ["http", "https"] {
        let (foreign, service) = (foreign().await, MockService::unused().await);
        service.then(configuration(&service.endpoint(), &service.endpoint()));
        service.then(Answer::json(200, &allocation(&by_name(scheme, &foreign))));
        let notifications = client(&service, &foreign).notifications().connect();
        assert_names_the_host(&end(notifications.unwrap()).await);
        let requests = service.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[1].header("x-skypetoken"), Some(TOKEN));
        assert_eq!(requests[1].header("authorization"), None);
        assert_eq!(foreign.connections(), 0, "{scheme}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (foreign, service) = (foreign().await, MockService::unused().await);
    service.then(configuration(&service.endpoint(), &service.endpoint()));
    for _ in 0..2 {
        let redirect = Answer::status(307).header("location", &by_name("http", &foreign));
        service.then(redirect);
    }
    let notifications = client(&service, &foreign)
        .notifications()
        .connect()
        .unwrap();
    while service.calls() < 2 {
        tokio::task::yield_now().await;
    }
    notifications.close().await;
    assert_eq!(foreign.connections(), 0);
}

/// The foreign server could be reached: it is the rule that keeps the token from it.
#[tokio::test]
async fn a_domain_that_the_caller_allows_is_connected_to_by_https_alone() {
    let (foreign, service) = (foreign().await, MockService::unused().await);
    service.then(configuration(
        &by_name("https", &foreign),
        &service.endpoint(),
    ));
    let connect = client(&service, &foreign)
        .notifications()
        .allow_domain("example");
    let notifications = connect.connect().unwrap();
    while foreign.connections() == 0 {
        tokio::task::yield_now().await;
    }
    // No TLS comes about with it, so no request does.
    notifications.close().await;
    assert_eq!(foreign.calls(), 0);

    service.then(configuration(
        &by_name("http", &foreign),
        &service.endpoint(),
    ));
    let connect = client(&service, &foreign)
        .notifications()
        .allow_domain("example");
    let connections = foreign.connections();
    assert_names_the_host(&end(connect.connect().unwrap()).await);
    assert_eq!(foreign.connections(), connections);
}

#[tokio::test]
async fn a_refused_token_ends_the_stream_and_is_not_sent_again() {
    let service = MockService::unused().await;
    service.then(configuration(&service.endpoint(), &service.endpoint()));
    service.then(Answer::status(401));
    let error = end(service.chat_client().notifications().connect().unwrap()).await;
    assert!(error.is_unauthorized(), "{error}");
    let targets: Vec<_> = service.requests().into_iter().map(path).collect();
    assert_eq!(targets, ["/chat/config/realTimeNotifications", "/v4/a"]);
}

#[tokio::test]
async fn a_service_that_takes_no_such_tokens_any_more_ends_the_stream() {
    let service = MockService::unused().await;
    service.then(configuration(&service.endpoint(), &service.endpoint()));
    service.then(Answer::status(403).header("x-trouter-skypetoken-deprecated", "1"));
    let error = end(service.chat_client().notifications().connect().unwrap()).await;
    assert!(
        error.to_string().contains("skypetoken-deprecated"),
        "{error}"
    );
    assert_eq!(service.calls(), 2);
}

/// A server that answers the handshake, and opens something else than a websocket.
#[tokio::test]
async fn a_socket_whose_server_does_not_prove_to_speak_the_protocol_is_not_used() {
    let service = MockService::unused().await;
    let own = service.endpoint();
    service.then(configuration(&own, &own));
    service.then(Answer::json(200, &allocation(&format!("{own}/"))));
    service.then(Answer::status(200).body("session:70:70:websocket"));
    service.then(Answer::status(200));
    let notifications = service.chat_client().notifications().connect().unwrap();
    while service.calls() < 4 {
        tokio::task::yield_now().await;
    }
    let request = service.requests().remove(3);
    assert_eq!(request.header("upgrade"), Some("websocket"));
    // What identifies the socket is its address.
    assert_eq!(request.header("x-skypetoken"), None);
    assert_eq!(path(request), "/socket.io/1/websocket/session");
    assert!(!notifications.is_connected());
    notifications.close().await;
}

fn path(request: ReceivedRequest) -> String {
    request.path().to_owned()
}
