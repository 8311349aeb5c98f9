//! Creating a thread.

use super::add_participants::{BATCH, add_in_batches};
use super::{metadata_setter, operation, operation_builder, retention_policy_setter};
use crate::convert::{request, response};
use crate::error::{Error, ErrorKind, Recovery};
use crate::models::{
    ChatParticipant, CreateChatThreadResult, FailedParticipant, IdempotencyToken, match_failures,
};
use crate::response::Response;
use crate::transport::{self, Call, Deadline, OperationRequest};

/// Creates a thread; see [`ChatClient::create_chat_thread`](crate::ChatClient::create_chat_thread).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, bob, .. }: Scene) -> Done {
/// use chat::models::{ChatParticipant, ChatRetentionPolicy};
///
/// let created = client
///     .create_chat_thread("Order 17")
///     .participant(ChatParticipant::new(bob).with_display_name("Bob"))
///     .metadata([("order", "17")])
///     .retention_policy(ChatRetentionPolicy::thread_creation_date(60))
///     .await?;
/// assert_eq!(created.chat_thread().topic(), "Order 17");
/// assert!(created.is_complete());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "nothing is sent before the builder is awaited"]
pub struct CreateChatThread {
    call: Call,
    participants: Vec<ChatParticipant>,
    idempotency_token: IdempotencyToken,
    invalid: Option<Error>,
    /// The rest of what is sent. The participants join it when it is.
    body: request::CreateThreadBody,
}

impl CreateChatThread {
    pub(crate) fn new(call: Call, topic: String) -> Self {
        Self {
            call,
            participants: Vec::new(),
            idempotency_token: IdempotencyToken::new(),
            invalid: None,
            body: request::create_thread(topic),
        }
    }

    /// Adds a participant.
    pub fn participant(mut self, participant: impl Into<ChatParticipant>) -> Self {
        self.participants.push(participant.into());
        self
    }

    /// Adds participants, up to 250 in a thread (documented). The service takes 200 when it creates
    /// a thread (documented); more are added right after it, by further requests. Who is not added
    /// then is among the
    /// [failed participants](crate::models::CreateChatThreadResult::failed_participants), as all
    /// others are.
    pub fn participants<P: Into<ChatParticipant>>(
        mut self,
        participants: impl IntoIterator<Item = P>,
    ) -> Self {
        self.participants
            .extend(participants.into_iter().map(Into::into));
        self
    }

    metadata_setter! {
        /// Adds metadata, which all participants can read. The service takes about 1 KB in all
        /// (documented).
    }

    retention_policy_setter!();

    /// Sets the token by which the service knows a repeated create, in place of the generated one: an
    /// [`IdempotencyToken`], or 1 to 128 visible ASCII characters. Anything else fails the call
    /// with [`InvalidArgument`](ErrorKind::InvalidArgument) before anything is sent.
    #[doc(alias("repeatability_request_id", "repeatabilityRequestId"))]
    pub fn idempotency_token<T>(mut self, token: T) -> Self
    where
        T: TryInto<IdempotencyToken>,
        Error: From<T::Error>,
    {
        match token.try_into() {
            Ok(token) => (self.idempotency_token, self.invalid) = (token, None),
            Err(error) => self.invalid = Some(error.into()),
        }
        self
    }

    /// The token the thread will be created with: a random one unless one was set. It can be
    /// stored before the request is sent.
    #[must_use]
    pub fn token(&self) -> &IdempotencyToken {
        &self.idempotency_token
    }

    async fn carry_out(mut self) -> Result<Response<CreateChatThreadResult>, Error> {
        if let Some(error) = self.invalid {
            return Err(error);
        }
        let deadline = self.call.deadline();
        let later = self
            .participants
            .split_off(self.participants.len().min(BATCH));
        let created = transport::send(&mut self, deadline).await?;
        if later.is_empty() {
            return Ok(created);
        }
        // In a box: few threads begin with so many, and their futures are large.
        Ok(Box::pin(add_later(self.call, created, later, deadline)).await)
    }
}

/// Adds the participants who are too many for one request.
async fn add_later(
    call: Call,
    mut created: Response<CreateChatThreadResult>,
    later: Vec<ChatParticipant>,
    deadline: Deadline,
) -> Response<CreateChatThreadResult> {
    let thread = created.value().chat_thread.id().clone();
    let (added, failure) = add_in_batches(&call, &thread, later, deadline).await;
    let (added, info) = added.into_parts();
    created.count(info.retry_info);
    let result = created.value_mut();
    result.failed_participants.extend(added.failed_participants);
    result.unmatched_errors.extend(added.unmatched_errors);
    // The thread is there, and is not lost because somebody could not be added.
    if let Some((error, remaining)) = failure {
        let status = error.http_status().map(|status| status.to_string());
        let code = status.unwrap_or_else(|| error.kind().to_string());
        let failed = |participant| {
            let (code, message) = (code.clone(), error.to_string());
            FailedParticipant::of_request(participant, code, message, error.is_retryable())
        };
        result
            .failed_participants
            .extend(remaining.into_iter().map(failed));
    }
    created
}

impl OperationRequest for CreateChatThread {
    operation! {
        CREATE_CHAT_THREAD of chat, [],
        |self, client| {
            let token = Some(self.idempotency_token.as_str());
            let body = request::create_thread_with(&self.body, &self.participants);
            client.create_chat_thread(token, &body).await
        },
        response::CreatedThread => CreateChatThreadResult
    }

    fn output(&mut self, wire: Self::Wire) -> Result<CreateChatThreadResult, Error> {
        let (chat_thread, errors) = response::created_thread(wire);
        let chat_thread = chat_thread.ok_or_else(|| {
            Error::new(ErrorKind::InvalidResponse).with_context("it names no thread")
        })?;
        let participants = std::mem::take(&mut self.participants);
        let (failed_participants, unmatched_errors) = match_failures(participants, errors);
        Ok(CreateChatThreadResult {
            chat_thread,
            failed_participants,
            unmatched_errors,
            idempotency_token: self.idempotency_token.clone(),
        })
    }

    fn complete_error(&self, error: Error) -> Error {
        error.with_recovery(Recovery::CreateThread(self.idempotency_token.clone()))
    }
}

operation_builder!(CreateChatThread, CreateChatThreadResult, carry_out, call);

#[cfg(all(test, feature = "identity"))]
mod properties;
