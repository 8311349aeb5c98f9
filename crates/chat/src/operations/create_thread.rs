//! Creating a thread.

use std::collections::BTreeMap;

use chat_rest::chat::{Client, operations};

use super::operation_builder;
use crate::convert::request;
use crate::convert::response::Created;
use crate::error::Error;
use crate::models::{
    ChatParticipant, ChatRetentionPolicy, CreateChatThreadResult, IdempotencyToken,
    extend_metadata, match_failures,
};
use crate::transport::{Call, Request};

/// Creates a thread; see [`ChatClient::create_chat_thread`](crate::ChatClient::create_chat_thread).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct CreateChatThread {
    call: Call,
    topic: String,
    participants: Vec<ChatParticipant>,
    metadata: Option<BTreeMap<String, String>>,
    retention_policy: Option<ChatRetentionPolicy>,
    idempotency_token: IdempotencyToken,
}

impl CreateChatThread {
    pub(crate) fn new(call: Call, topic: String) -> Self {
        Self {
            call,
            topic,
            participants: Vec::new(),
            metadata: None,
            retention_policy: None,
            idempotency_token: IdempotencyToken::new(),
        }
    }

    /// Adds a participant.
    pub fn participant(mut self, participant: impl Into<ChatParticipant>) -> Self {
        self.participants.push(participant.into());
        self
    }

    /// Adds participants; the service takes up to 200 here (documented), and 250 in a thread.
    pub fn participants<P: Into<ChatParticipant>>(
        mut self,
        participants: impl IntoIterator<Item = P>,
    ) -> Self {
        self.participants
            .extend(participants.into_iter().map(Into::into));
        self
    }

    /// Adds metadata, which all participants can read.
    pub fn metadata<K: Into<String>, V: Into<String>>(
        mut self,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        extend_metadata(&mut self.metadata, entries);
        self
    }

    /// Sets when the service deletes the thread by itself.
    pub fn retention_policy(mut self, policy: ChatRetentionPolicy) -> Self {
        self.retention_policy = Some(policy);
        self
    }

    /// Sets the token by which the service knows a repeated create, in place of the minted one.
    pub fn idempotency_token(mut self, token: impl Into<IdempotencyToken>) -> Self {
        self.idempotency_token = token.into();
        self
    }

    /// The token the thread will be created with: the minted one unless one was set. It can be
    /// stored before the request is sent.
    #[must_use]
    pub fn get_idempotency_token(&self) -> &IdempotencyToken {
        &self.idempotency_token
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatClient::create_chat_thread`](crate::ChatClient::create_chat_thread).
    pub async fn send(self) -> Result<CreateChatThreadResult, Error> {
        let token = self.idempotency_token;
        let body = request::create_thread(
            self.topic,
            &self.participants,
            self.metadata,
            self.retention_policy,
        );
        let create: Request<Client, _, _> = |client, (token, body)| {
            let token: &IdempotencyToken = token;
            Box::pin(client.create_chat_thread(Some(token.as_str()), body))
        };
        let operation = &operations::CREATE_CHAT_THREAD;
        let state = (token.clone(), body);
        let created = self.call.run(operation, &state, create).await;
        let created = created.and_then(|answer| {
            let retry_info = answer.retry_info();
            answer.and_then(|wire| {
                let created = Created::from(wire);
                let chat_thread = created.chat_thread.ok_or("it names no thread")?;
                Ok((chat_thread, created.errors, retry_info))
            })
        });
        let (chat_thread, errors, retry_info) =
            created.map_err(|error| error.with_idempotency_token(token.clone()))?;
        let (failed_participants, unmatched_errors) = match_failures(self.participants, errors);
        Ok(CreateChatThreadResult {
            chat_thread,
            failed_participants,
            unmatched_errors,
            idempotency_token: token,
            retry_info,
        })
    }
}

operation_builder!(CreateChatThread, CreateChatThreadResult);

#[cfg(all(test, feature = "identity"))]
mod properties;
