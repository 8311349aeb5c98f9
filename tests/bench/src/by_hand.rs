//! The same requests by reqwest and serde.

use std::collections::BTreeMap;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::bodies;
use crate::operation::{Operation, Outcome, Target};

const VERSION: &str = "2025-03-15";

pub(crate) struct Client {
    http: reqwest::Client,
    target: Target,
    is_complete: bool,
}

/// What is kept of a response that is complete.
type Head = Option<(StatusCode, HeaderMap)>;

impl Client {
    pub(crate) fn new(target: &Target, is_complete: bool) -> Outcome<Self> {
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().build()?,
            target: target.clone(),
            is_complete,
        })
    }

    pub(crate) async fn repeat(&self, operation: Operation, count: u32) -> Outcome {
        for _ in 0..count {
            match operation {
                Operation::Send => self.send().await?,
                Operation::Get => self.get().await?,
                Operation::Create => self.create().await?,
                Operation::Add => self.add().await?,
                Operation::Participants => self.participants().await?,
                Operation::Messages => self.messages().await?,
            }
        }
        Ok(())
    }

    async fn send(&self) -> Outcome {
        let url = self.thread_url("messages");
        let body = Message {
            content: bodies::CONTENT,
            message_type: "text",
        };
        let (sent, _) = self.fetch::<Sent>(self.http.post(url).json(&body)).await?;
        expect(!sent.id.is_empty())
    }

    async fn get(&self) -> Outcome {
        let url = self.thread_url(&format!("messages/{}", bodies::MESSAGE));
        let (message, _) = self.fetch::<ChatMessage>(self.http.get(url)).await?;
        expect(message.id == bodies::MESSAGE)
    }

    async fn create(&self) -> Outcome {
        let url = format!(
            "{}/chat/threads?api-version={VERSION}",
            self.target.endpoint
        );
        let body = Create {
            topic: bodies::TOPIC,
        };
        let token = Uuid::new_v4().to_string();
        let request = self
            .http
            .post(url)
            .header("repeatability-request-id", token);
        let (created, _) = self.fetch::<Created>(request.json(&body)).await?;
        expect(created.chat_thread.id == bodies::THREAD)
    }

    async fn add(&self) -> Outcome {
        let url = self.thread_url("participants/:add");
        let participants = (0..bodies::PAGE).map(|number| {
            let id = bodies::user(number);
            Participant {
                communication_identifier: Identifier {
                    raw_id: Some(id.clone()),
                    communication_user: Some(User { id }),
                },
                display_name: Some(format!("User {number}")),
                share_history_time: None,
            }
        });
        let body = Participants {
            participants: participants.collect(),
        };
        let (added, _) = self.fetch::<Added>(self.http.post(url).json(&body)).await?;
        expect(added.invalid_participants.is_none())
    }

    async fn participants(&self) -> Outcome {
        let url = self.thread_url("participants");
        let (page, _) = self.fetch::<Page<Participant>>(self.http.get(url)).await?;
        expect(page.value.len() == bodies::PAGE)
    }

    async fn messages(&self) -> Outcome {
        let url = self.thread_url("messages") + "&maxPageSize=200";
        let (page, _) = self.fetch::<Page<ChatMessage>>(self.http.get(url)).await?;
        expect(page.value.len() == bodies::PAGE)
    }

    fn thread_url(&self, rest: &str) -> String {
        let Target {
            endpoint, thread, ..
        } = &self.target;
        if self.is_complete {
            let thread = utf8_percent_encode(thread, NON_ALPHANUMERIC);
            format!("{endpoint}/chat/threads/{thread}/{rest}?api-version={VERSION}")
        } else {
            format!("{endpoint}/chat/threads/{thread}/{rest}?api-version={VERSION}")
        }
    }

    async fn fetch<T: DeserializeOwned>(
        &self,
        mut request: RequestBuilder,
    ) -> Result<(T, Head), reqwest::Error> {
        request = request.bearer_auth(&self.target.token);
        if self.is_complete {
            request = request
                .timeout(Duration::from_secs(60))
                .header("x-ms-client-request-id", Uuid::new_v4().to_string());
        }
        let response = request.send().await?.error_for_status()?;
        let head = self
            .is_complete
            .then(|| (response.status(), response.headers().clone()));
        Ok((response.json().await?, head))
    }
}

/// The response was read, and is what it should be.
fn expect(holds: bool) -> Outcome {
    match holds {
        true => Ok(()),
        false => Err("another response was expected".into()),
    }
}

#[derive(Serialize)]
struct Message<'a> {
    content: &'a str,
    #[serde(rename = "type")]
    message_type: &'a str,
}

#[derive(Deserialize)]
struct Sent {
    id: String,
}

#[derive(Serialize)]
struct Create<'a> {
    topic: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    chat_thread: Thread,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is read as one who needs it does")]
struct Thread {
    id: String,
    topic: String,
    created_on: String,
    created_by_communication_identifier: Identifier,
}

#[derive(Serialize)]
struct Participants {
    participants: Vec<Participant>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Added {
    invalid_participants: Option<Vec<serde_json::Value>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Participant {
    communication_identifier: Identifier,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share_history_time: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identifier {
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    communication_user: Option<User>,
}

#[derive(Deserialize, Serialize)]
struct User {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is read as one who needs it does")]
struct ChatMessage {
    id: String,
    #[serde(rename = "type")]
    message_type: String,
    sequence_id: String,
    version: String,
    content: Option<Content>,
    sender_display_name: Option<String>,
    created_on: String,
    edited_on: Option<String>,
    deleted_on: Option<String>,
    sender_communication_identifier: Option<Identifier>,
    metadata: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is read as one who needs it does")]
struct Content {
    message: Option<String>,
    topic: Option<String>,
    participants: Option<Vec<Participant>>,
    initiator_communication_identifier: Option<Identifier>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is read as one who needs it does")]
struct Page<T> {
    value: Vec<T>,
    next_link: Option<String>,
}
