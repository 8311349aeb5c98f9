//! Which requests go through a proxy: the access token must not be shown to one for nothing.

use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, Transport};
use chat_tests::mock::{Answer, MESSAGE, MockService, RawService, THREAD, TOKEN, Then, message};
use serde_json::json;

/// A transport whose every request is to go through this proxy.
fn by_way_of(proxy: &RawService) -> Transport {
    let url = proxy.endpoint().to_owned();
    let http = move || reqwest::Client::builder().proxy(reqwest::Proxy::all(&url).unwrap());
    let transport = Transport::builder().http_client(http);
    transport.allow_insecure_http().build().unwrap()
}

async fn proxy() -> RawService {
    let refusal = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n".to_vec();
    RawService::start(Then::Write(refusal)).await
}

fn client(endpoint: String, transport: Transport) -> ChatClient {
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    let builder = ChatClient::builder(endpoint, credential);
    builder.transport(transport).build().unwrap()
}

#[tokio::test]
async fn plain_http_to_this_machine_uses_no_proxy_whoever_made_the_http_client() {
    let proxy = proxy().await;
    let transport = by_way_of(&proxy);
    for host in ["127.0.0.1", "localhost"] {
        let service = MockService::start([Answer::json(200, &message(MESSAGE))]).await;
        let endpoint = format!("http://{host}:{}", service.port());

        let thread = client(endpoint, transport.clone()).chat_thread_client(THREAD);
        thread.message(MESSAGE).await.unwrap();

        assert_eq!(service.calls(), 1, "{host}");
    }
    let user = json!({ "identity": { "id": "8:acs:res_bob" } });
    let service = MockService::start([Answer::json(201, &user)]).await;
    let identity = CommunicationIdentityClient::builder(&service.connection_string());
    let identity = identity.transport(&transport).build().unwrap();
    identity.create_user().await.unwrap();
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn other_hosts_are_reached_through_the_proxy_of_the_http_client() {
    let proxy = proxy().await;
    let endpoint = "http://contoso.example".to_owned();

    let thread = client(endpoint, by_way_of(&proxy)).chat_thread_client(THREAD);
    let error = thread.message(MESSAGE).await.unwrap_err();

    assert!(error.is_forbidden(), "{error:?}");
    assert_eq!(proxy.calls(), 1);
}
