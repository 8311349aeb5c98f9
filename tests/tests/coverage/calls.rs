//! One call of the client for each operation of the documents, with everything that can be said.

use std::time::Duration;

use chat::models::{
    ChatError, ChatMessageType, ChatParticipant, ChatRetentionPolicy, CommunicationIdentifier,
    CommunicationUserIdentifier, FailedParticipant, TokenScope,
};
use chat::paging::PageStream;
use chat::{AccessToken, ChatClient, ChatThreadClient, CommunicationIdentityClient, Error};
use chat_tests::documents::Operation;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The clients by which an operation is called, and its document's examples.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) client: ChatClient,
    pub(crate) thread: ChatThreadClient,
    pub(crate) identity: CommunicationIdentityClient,
    pub(crate) operation: Operation,
}

impl Given {
    /// A field of the request's example, wherever it is.
    fn body<T: DeserializeOwned>(&self, pointer: &str) -> T {
        let request = self.operation.request.as_ref();
        let value = request.and_then(|body| body.pointer(pointer));
        let id = &self.operation.id;
        let value = value.unwrap_or_else(|| panic!("{id}: no `{pointer}` in the example"));
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{id}: {error}"))
    }

    /// A parameter's example.
    fn parameter(&self, name: &str) -> &str {
        let mut parameters = self.operation.parameters.iter();
        let found = parameters.find(|parameter| parameter.name == name);
        let id = &self.operation.id;
        &found
            .unwrap_or_else(|| panic!("{id}: no parameter `{name}`"))
            .example
    }

    fn number(&self, name: &str) -> u32 {
        self.parameter(name).parse().expect("a number")
    }

    fn time(&self, name: &str) -> OffsetDateTime {
        OffsetDateTime::parse(self.parameter(name), &Rfc3339).expect("a time")
    }

    fn minutes(&self) -> Duration {
        Duration::from_secs(60 * self.body::<u64>("/expiresInMinutes"))
    }
}

/// What came of a call, in the form of the wire as far as the models keep it.
type Answered = BoxFuture<'static, Result<Value, Error>>;

/// A call of an operation.
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) make: fn(Given) -> Answered,
}

macro_rules! calls {
    ($($operation:literal => |$given:ident| $call:expr,)*) => {
        /// A call of each operation.
        pub(crate) const CALLS: &[Call] = &[$(Call {
            operation: $operation,
            make: |$given| Box::pin(async move { $call }),
        }),*];
    };
}

calls! {
    "createChatThread" => |given| {
        let create = given.client.create_chat_thread(given.body::<String>("/topic"))
            .participants(given.body::<Vec<ChatParticipant>>("/participants"))
            .metadata(metadata(&given))
            .retention_policy(given.body::<ChatRetentionPolicy>("/retentionPolicy"))
            .idempotency_token(given.parameter("repeatability-request-id"));
        let created = create.await?;
        let failed = failed(created.failed_participants(), created.unmatched_errors());
        Ok(json!({ "chatThread": created.chat_thread(), "invalidParticipants": failed }))
    },
    "listChatThreads" => |given| {
        let list = given.client.list_chat_threads()
            .page_size(given.number("maxPageSize"))
            .start_time(given.time("startTime"));
        pages(list.into_pages()).await
    },
    "deleteChatThread" => |given| {
        let thread = given.parameter("chatThreadId").to_owned();
        nothing(given.client.delete_chat_thread(thread).await)
    },
    "getChatThreadProperties" => |given| Ok(wire(&given.thread.properties().await?)),
    "updateChatThreadProperties" => |given| {
        let update = given.thread.update_properties()
            .topic(given.body::<String>("/topic"))
            .metadata(metadata(&given))
            .retention_policy(given.body::<ChatRetentionPolicy>("/retentionPolicy"));
        nothing(update.await)
    },
    "listChatMessages" => |given| {
        let list = given.thread.list_messages()
            .page_size(given.number("maxPageSize"))
            .start_time(given.time("startTime"));
        pages(list.into_pages()).await
    },
    "sendChatMessage" => |given| {
        let send = given.thread.send_message(given.body::<String>("/content"))
            .message_type(given.body::<ChatMessageType>("/type"))
            .sender_display_name(given.body::<String>("/senderDisplayName"))
            .metadata(metadata(&given));
        Ok(json!({ "id": send.await?.id() }))
    },
    "getChatMessage" => |given| {
        Ok(wire(&given.thread.message(given.parameter("chatMessageId")).await?))
    },
    "updateChatMessage" => |given| {
        let update = given.thread.update_message(given.parameter("chatMessageId"))
            .content(given.body::<String>("/content"))
            .metadata(metadata(&given));
        nothing(update.await)
    },
    "deleteChatMessage" => |given| {
        nothing(given.thread.delete_message(given.parameter("chatMessageId")).await)
    },
    "listChatParticipants" => |given| {
        let list = given.thread.list_participants()
            .page_size(given.number("maxPageSize"))
            .skip(given.number("skip"));
        pages(list.into_pages()).await
    },
    "addChatParticipants" => |given| {
        let add = given.thread.add_participants(given.body::<Vec<ChatParticipant>>("/participants"));
        let added = add.await?;
        let failed = failed(added.failed_participants(), added.unmatched_errors());
        Ok(json!({ "invalidParticipants": failed }))
    },
    "removeChatParticipant" => |given| {
        let whom = CommunicationIdentifier::from_raw_id(given.body::<String>("/rawId"));
        nothing(given.thread.remove_participant(whom).await)
    },
    "listChatReadReceipts" => |given| {
        let list = given.thread.list_read_receipts()
            .page_size(given.number("maxPageSize"))
            .skip(given.number("skip"));
        pages(list.into_pages()).await
    },
    "sendChatReadReceipt" => |given| {
        nothing(given.thread.send_read_receipt(given.body::<String>("/chatMessageId")).await)
    },
    "sendTypingNotification" => |given| {
        let typing = given.thread.send_typing_notification()
            .sender_display_name(given.body::<String>("/senderDisplayName"));
        nothing(typing.await)
    },
    "createIdentity" => |given| {
        let create = given.identity
            .create_user_and_token(given.body::<Vec<TokenScope>>("/createTokenWithScopes"))
            .expires_in(given.minutes());
        let (user, issued) = create.await?;
        Ok(json!({ "identity": { "id": user.id() }, "accessToken": token(&issued) }))
    },
    "deleteIdentity" => |given| nothing(given.identity.delete_user(user(&given)).await),
    "issueAccessToken" => |given| {
        let issue = given.identity
            .issue_token(user(&given), given.body::<Vec<TokenScope>>("/scopes"))
            .expires_in(given.minutes());
        Ok(token(&issue.await?))
    },
    "revokeAccessTokens" => |given| nothing(given.identity.revoke_tokens(user(&given)).await),
    "exchangeTeamsUserAccessToken" => |given| {
        let exchange = given.identity.exchange_teams_user_token(
            given.body::<String>("/token"),
            given.body::<String>("/appId"),
            given.body::<String>("/userId"),
        );
        Ok(token(&exchange.await?))
    },
}

/// The call of an operation.
pub(crate) fn call(operation: &str) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.operation == operation)
}

fn metadata(given: &Given) -> std::collections::BTreeMap<String, String> {
    given.body("/metadata")
}

fn user(given: &Given) -> CommunicationUserIdentifier {
    CommunicationUserIdentifier::new(given.parameter("id"))
}

fn token(token: &AccessToken) -> Value {
    let expires_on = token.expires_on().format(&Rfc3339).expect("a time");
    json!({ "token": token.secret(), "expiresOn": expires_on })
}

fn nothing(result: Result<(), Error>) -> Result<Value, Error> {
    result.map(|()| Value::Null)
}

pub(crate) fn wire(model: &impl Serialize) -> Value {
    serde_json::to_value(model).expect("a model is JSON")
}

pub(crate) fn failed(matched: &[FailedParticipant], unmatched: &[ChatError]) -> Vec<Value> {
    let errors = matched.iter().map(FailedParticipant::error);
    errors.chain(unmatched).map(wire).collect()
}

/// The first page that is not empty, after which all others are read.
async fn pages<T: Serialize + Send + 'static>(mut pages: PageStream<T>) -> Result<Value, Error> {
    let Some(first) = pages.try_next().await? else {
        return Ok(json!({ "value": [] }));
    };
    let link = first.continuation().map(|continuation| {
        let continuation = continuation.to_string();
        let link = continuation
            .split_once(' ')
            .map(|(_, link)| link.to_owned());
        link.unwrap_or(continuation)
    });
    while pages.try_next().await?.is_some() {}
    Ok(json!({ "value": first.items().iter().map(wire).collect::<Vec<_>>(), "nextLink": link }))
}

#[test]
fn every_operation_has_a_call() {
    let operations = chat_tests::documents::operations();
    assert!(operations.len() > 20, "the documents were not read");
    let missing: Vec<_> = operations
        .iter()
        .filter(|operation| call(&operation.id).is_none())
        .map(|operation| &operation.id)
        .collect();
    assert_eq!(
        missing,
        Vec::<&String>::new(),
        "operations without a call in {}: make one with everything that the builder can be told, and \
         give what comes of it in the form of the wire",
        file!()
    );
    assert_eq!(CALLS.len(), operations.len(), "a call of no operation");
}
