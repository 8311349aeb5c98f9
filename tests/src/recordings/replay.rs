//! What the service has answered, answered to the client again.

use chat::models::{IdempotencyToken, TokenScope};
use chat::{ChatClient, ChatThreadClient, CommunicationIdentityClient, Error};
use serde_json::{Map, Value};

use super::answer::answer;
use super::check::{check_error, check_request, check_success};
use super::fit::{Side, no_longer_fits};
use super::lists::List;
use super::{Exchange, Session, given, target_of, views};
use crate::mock::MockService;

/// A client at a service which answers as recorded, and what the client is in the middle of.
#[derive(Debug)]
pub struct Replay {
    service: MockService,
    client: ChatClient,
    identity: CommunicationIdentityClient,
    list: Option<List>,
}

/// Replays a session, and gives how many exchanges that were.
///
/// # Panics
/// When the client does not make of an answer what the answer says.
pub async fn replay(session: &Session) -> usize {
    let service = MockService::start([]).await;
    let mut replay = Replay {
        client: service.chat_client(),
        identity: service.identity_client(),
        service,
        list: None,
    };
    let mut link: Option<&str> = None;
    for (index, exchange) in session.exchanges.iter().enumerate() {
        let place = format!("{} [{index}] {}", session.name, exchange.operation);
        replay
            .service
            .then(answer(exchange, &replay.service.endpoint()));

        let outcome = replay.call(exchange).await;

        let requests = replay.service.requests();
        assert_eq!(requests.len(), index + 1, "{place}: how many requests");
        let fits = no_longer_fits(Side::Client, session, exchange).is_none();
        if fits {
            check_request(&place, exchange, &requests[index]);
        }
        if exchange.continuation {
            let link = link.unwrap_or_else(|| panic!("{place}: there is no link to follow"));
            assert_eq!(requests[index].target, target_of(link), "{place}: the link");
        }
        match outcome {
            _ if !fits => {}
            Ok(value) => check_success(&place, exchange, &value, &replay.service.endpoint()),
            Err(error) => check_error(&place, exchange, &error),
        }
        if exchange.operation.starts_with("list") {
            link = exchange.response.next_link();
            if link.is_none() {
                replay.assert_end(&place).await;
            }
        }
    }
    replay.service.calls()
}

impl Replay {
    fn thread(&self, exchange: &Exchange) -> ChatThreadClient {
        self.client
            .chat_thread_client(exchange.request.thread().expect("a thread in the path"))
    }

    /// The public operation that sends such a request, and what it gives.
    async fn call(&mut self, exchange: &Exchange) -> Result<Value, Error> {
        let nothing = |()| Value::Null;
        let message = || exchange.request.message().expect("a message in the path");
        match exchange.operation.as_str() {
            "identity.create" => {
                let create = self.identity.create_user_and_token([TokenScope::Chat]);
                let (user, token) = create.await?;
                Ok(views::user_and_token(&user, &token))
            }
            "createChatThread" => self.create(exchange).await,
            "deleteChatThread" => {
                let thread = exchange.request.thread().expect("a thread in the path");
                self.client.delete_chat_thread(thread).await.map(nothing)
            }
            "getChatThreadProperties" => self
                .thread(exchange)
                .properties()
                .await
                .map(|thread| views::properties(&thread)),
            "updateChatThreadProperties" => {
                let update = self.thread(exchange).update_properties();
                let update = match given::text(exchange, "topic") {
                    Some(topic) => update.topic(topic),
                    None => update,
                };
                update
                    .metadata(given::metadata(exchange))
                    .await
                    .map(nothing)
            }
            "sendChatMessage" => {
                let content = given::text(exchange, "content").unwrap_or("hello");
                let name = given::text(exchange, "senderDisplayName").unwrap_or("John");
                let send = self
                    .thread(exchange)
                    .send_message(content)
                    .sender_display_name(name);
                let sent = send.await?;
                let id = Value::from(sent.id().as_str());
                Ok(Value::Object(Map::from_iter([("id".to_owned(), id)])))
            }
            "getChatMessage" => {
                let get = self.thread(exchange).message(message());
                get.await.map(|message| views::message(&message))
            }
            "updateChatMessage" => {
                let content = given::text(exchange, "content").unwrap_or("hello");
                let update = self
                    .thread(exchange)
                    .update_message(message())
                    .content(content);
                match given::metadata(exchange) {
                    metadata if metadata.is_empty() => update.await.map(nothing),
                    metadata => update.metadata(metadata).await.map(nothing),
                }
            }
            "deleteChatMessage" => self
                .thread(exchange)
                .delete_message(message())
                .await
                .map(nothing),
            "addChatParticipants" => self.add(exchange).await,
            "removeChatParticipant" => {
                let remove = self
                    .thread(exchange)
                    .remove_participant(given::identifier(exchange));
                remove.await.map(nothing)
            }
            "sendTypingNotification" => {
                let name = given::text(exchange, "senderDisplayName").unwrap_or("John");
                let typing = self.thread(exchange).send_typing_notification();
                typing.sender_display_name(name).await.map(nothing)
            }
            "sendChatReadReceipt" => {
                let message = given::text(exchange, "chatMessageId").expect("a message to receipt");
                self.thread(exchange)
                    .send_read_receipt(message)
                    .await
                    .map(nothing)
            }
            _ => self.page(exchange).await,
        }
    }

    async fn create(&self, exchange: &Exchange) -> Result<Value, Error> {
        let answered = exchange.response.body.as_ref().expect("a body");
        let topic = given::text(exchange, "topic")
            .or(answered["chatThread"]["topic"].as_str())
            .unwrap_or("Test");
        let participants = given::participants(exchange);
        let mut create = self
            .client
            .create_chat_thread(topic)
            .participants(&participants);
        if let Some(token) = exchange.request.headers.get("repeatability-request-id") {
            create = create.idempotency_token(token.parse::<IdempotencyToken>()?);
        }
        let token = create.token().clone();
        let created = create.await?;
        assert_eq!(created.idempotency_token(), &token);
        given::assert_failed(&participants, created.failed_participants());
        let invalid =
            views::invalid_participants(created.failed_participants(), created.unmatched_errors());
        assert_eq!(created.is_complete(), invalid.is_none());
        Ok(views::created(created.chat_thread(), invalid))
    }

    async fn add(&self, exchange: &Exchange) -> Result<Value, Error> {
        let participants = given::participants(exchange);
        let added = self
            .thread(exchange)
            .add_participants(&participants)
            .await?;
        given::assert_failed(&participants, added.failed_participants());
        let invalid =
            views::invalid_participants(added.failed_participants(), added.unmatched_errors());
        assert_eq!(added.is_complete(), invalid.is_none());
        Ok(views::added(invalid))
    }

    async fn page(&mut self, exchange: &Exchange) -> Result<Value, Error> {
        if !exchange.continuation {
            self.list = Some(List::begin(&self.client, exchange));
        }
        self.list
            .as_mut()
            .expect("a list that was begun")
            .next()
            .await
    }

    /// The list has ended, and the client knows it without asking.
    async fn assert_end(&mut self, place: &str) {
        let calls = self.service.calls();
        let list = self.list.as_mut().expect("a list that was begun");
        let end = list
            .next()
            .await
            .unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!(
            end,
            views::page(Value::Array(Vec::new()), None),
            "{place}: after the end"
        );
        assert_eq!(
            self.service.calls(),
            calls,
            "{place}: a request after the end"
        );
    }
}
