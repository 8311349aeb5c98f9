//! The desk, tested as its users see it: with the emulator as its chat service.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use chat::CommunicationIdentityClient;
use chat_emulator::Emulator;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::desk::Desk;
use crate::routes;

struct Scene {
    app: Router,
    _emulator: Emulator,
}

impl Scene {
    async fn set() -> Self {
        let emulator = Emulator::start().await.unwrap();
        let connection_string = emulator.connection_string();
        let identity = CommunicationIdentityClient::from_connection_string(&connection_string);
        let desk = Desk::open(identity.unwrap()).await.unwrap();
        Self {
            app: routes::app(desk),
            _emulator: emulator,
        }
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn open(&self) -> String {
        let question = json!({ "customer": "Alice", "text": "Hello?" });
        let (status, ticket) = self.ask("POST", "/tickets", question).await;
        assert_eq!(status, StatusCode::CREATED);
        format!("/tickets/{}", ticket["id"].as_str().unwrap())
    }
}

#[tokio::test]
async fn both_sides_see_what_was_said_in_its_order() {
    let scene = Scene::set().await;
    let ticket = scene.open().await;
    let answer = json!({ "from": "agent", "text": "What can I do for you?" });
    let (status, _) = scene
        .ask("POST", &format!("{ticket}/messages"), answer)
        .await;
    assert_eq!(status, StatusCode::CREATED);

    let (status, conversation) = scene.ask("GET", &ticket, Value::Null).await;

    assert_eq!(status, StatusCode::OK);
    let expected = json!([
        { "from": "Alice", "text": "Hello?" },
        { "from": "Support", "text": "What can I do for you?" },
    ]);
    assert_eq!(conversation, expected);
}

#[tokio::test]
async fn tickets_are_apart() {
    let scene = Scene::set().await;
    let (first, second) = (scene.open().await, scene.open().await);
    assert_ne!(first, second);
    let message = json!({ "from": "customer", "text": "It is urgent" });
    scene
        .ask("POST", &format!("{first}/messages"), message)
        .await;

    let (_, conversation) = scene.ask("GET", &second, Value::Null).await;

    assert_eq!(conversation.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_closed_ticket_takes_nothing_more_and_an_unknown_one_is_not_found() {
    let scene = Scene::set().await;
    let ticket = scene.open().await;
    let (status, _) = scene.ask("DELETE", &ticket, Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let message = json!({ "from": "customer", "text": "One more thing" });

    let path = format!("{ticket}/messages");
    let (status, _) = scene.ask("POST", &path, message.clone()).await;
    assert_eq!(status, StatusCode::GONE);

    let (status, _) = scene.ask("POST", "/tickets/99/messages", message).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
