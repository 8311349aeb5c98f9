//! An emulator with two users in a thread.

use chat_emulator::{Emulator, EmulatorBuilder, EventGridState, EventGridStatus, Seed};
use chat_emulator::{EventGridSchema, EventGridSubscription};
use serde_json::{Value, json};

use crate::webhook::Webhook;

/// The thread level of a message that was sent, of which there is one.
pub(crate) const SENT: &str = "Microsoft.Communication.ChatMessageReceivedInThread";

pub(crate) const SCHEMAS: [EventGridSchema; 2] =
    [EventGridSchema::EventGrid, EventGridSchema::CloudEvents];

pub(crate) struct Scene {
    pub(crate) emulator: Emulator,
    client: reqwest::Client,
    thread: String,
}

/// A subscription to messages that were sent, at thread level.
pub(crate) fn messages(webhook: &Webhook) -> EventGridSubscription {
    EventGridSubscription::new(&webhook.url).include(SENT)
}

impl Scene {
    /// A scene in which nobody has subscribed to events yet.
    pub(crate) async fn set(builder: EmulatorBuilder) -> Self {
        let seed = r#"{"users": [{"name": "alice"}, {"name": "bob"}], "threads": [{
            "topic": "Lunch", "createdBy": "alice", "participants": [{"user": "bob"}],
            "id": "19:acsV2_4BsWnBe6gDzqBvXg8kcbnIXVZM7J2cJBA8kw4vCTkrE1@thread.v2"}]}"#;
        let builder = builder.seed(Seed::from_json(seed).unwrap());
        Self {
            emulator: builder.start().await.unwrap(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            thread: "19:acsV2_4BsWnBe6gDzqBvXg8kcbnIXVZM7J2cJBA8kw4vCTkrE1@thread.v2".to_owned(),
        }
    }

    /// A scene of which the webhook gets what `subscription` says, and has agreed to that.
    pub(crate) async fn subscribed(webhook: &Webhook, subscription: EventGridSubscription) -> Self {
        let scene = Self::set(Emulator::builder()).await;
        scene.emulator.subscribe_event_grid(subscription).unwrap();
        webhook.handshakes(1).await;
        scene
            .until(|status| status.state == EventGridState::Active)
            .await;
        scene
    }

    /// Alice sends a message.
    pub(crate) async fn send(&self, content: &str) {
        let url = format!(
            "{}chat/threads/{}/messages?api-version=2025-03-15",
            self.emulator.endpoint(),
            self.thread
        );
        let request = self.client.post(url);
        let request = request.bearer_auth(&self.emulator.seeded_users()[0].token);
        let answer = request.json(&json!({ "content": content })).send().await;
        assert_eq!(answer.unwrap().status(), 201);
    }

    /// A request to the control API, its status and answer.
    pub(crate) async fn control(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let url = format!("{}{path}", self.emulator.control_url().unwrap());
        let mut request = self.client.request(method.parse().unwrap(), url);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    pub(crate) fn status(&self) -> EventGridStatus {
        self.emulator.event_grid().unwrap()
    }

    /// Waits until the subscription fares so.
    pub(crate) async fn until(&self, condition: impl Fn(&EventGridStatus) -> bool) {
        let begin = std::time::Instant::now();
        while !condition(&self.status()) {
            assert!(begin.elapsed().as_secs() < 30, "{:?}", self.status());
            tokio::task::yield_now().await;
        }
    }
}

/// What was said in the messages that events tell of.
pub(crate) fn contents(events: &[Value]) -> Vec<&str> {
    let events = events.iter();
    events
        .map(|event| event["data"]["messageBody"].as_str().unwrap())
        .collect()
}
