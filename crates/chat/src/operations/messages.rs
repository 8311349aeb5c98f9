//! Reading, listing, editing and deleting messages.

use std::collections::BTreeMap;

use chat_rest::Operation;
use chat_rest::chat::{Client, operations};
use time::OffsetDateTime;

use super::list::{First, List, list_builder};
use super::operation_builder;
use crate::convert::request;
use crate::error::Error;
use crate::models::{ChatMessage, ChatMessageId, ChatThreadId, extend_metadata};
use crate::paging::PageStream;
use crate::transport::{Answer, Call, Request};

/// A message within its thread, checked to fit into a path.
type Place = (ChatThreadId, ChatMessageId);

/// Reads a message; see [`ChatThreadClient::message`](crate::ChatThreadClient::message).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct GetMessage {
    call: Call,
    place: Place,
}

impl GetMessage {
    pub(crate) fn new((call, thread): (Call, ChatThreadId), message: ChatMessageId) -> Self {
        Self {
            call,
            place: (thread, message),
        }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::message`](crate::ChatThreadClient::message).
    pub async fn send(self) -> Result<ChatMessage, Error> {
        check(&self.place)?;
        let get: Request<Client, Place, _> = |client, (thread, message)| {
            Box::pin(client.get_chat_message(thread.as_str(), message.as_str()))
        };
        let operation = &operations::GET_CHAT_MESSAGE;
        Ok(self
            .call
            .run(operation, &self.place, get)
            .await?
            .into_value()
            .into())
    }
}

operation_builder!(GetMessage, ChatMessage);

/// Edits a message; see
/// [`ChatThreadClient::update_message`](crate::ChatThreadClient::update_message).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct UpdateMessage {
    call: Call,
    place: Place,
    content: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
}

impl UpdateMessage {
    pub(crate) fn new((call, thread): (Call, ChatThreadId), message: ChatMessageId) -> Self {
        Self {
            call,
            place: (thread, message),
            content: None,
            metadata: None,
        }
    }

    /// Sets the content.
    pub fn content(mut self, content: impl Into<String>) -> Self {
        self.content = Some(content.into());
        self
    }

    /// Sets these entries of the metadata; the others stay as they are. An entry that is set to an
    /// empty text is removed.
    pub fn metadata<K: Into<String>, V: Into<String>>(
        mut self,
        entries: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        extend_metadata(&mut self.metadata, entries);
        self
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::update_message`](crate::ChatThreadClient::update_message).
    pub async fn send(self) -> Result<(), Error> {
        check(&self.place)?;
        let body = request::update_message(self.content, self.metadata);
        let update: Request<Client, (Place, _), _> = |client, ((thread, message), body)| {
            Box::pin(client.update_chat_message(thread.as_str(), message.as_str(), body))
        };
        let operation = &operations::UPDATE_CHAT_MESSAGE;
        self.call
            .run(operation, &(self.place, body), update)
            .await
            .map(Answer::into_value)
    }
}

operation_builder!(UpdateMessage, ());

/// Deletes a message; see
/// [`ChatThreadClient::delete_message`](crate::ChatThreadClient::delete_message).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct DeleteMessage {
    call: Call,
    place: Place,
}

impl DeleteMessage {
    pub(crate) fn new((call, thread): (Call, ChatThreadId), message: ChatMessageId) -> Self {
        Self {
            call,
            place: (thread, message),
        }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See [`ChatThreadClient::delete_message`](crate::ChatThreadClient::delete_message).
    pub async fn send(self) -> Result<(), Error> {
        check(&self.place)?;
        let delete: Request<Client, Place, _> = |client, (thread, message)| {
            Box::pin(client.delete_chat_message(thread.as_str(), message.as_str()))
        };
        let operation = &operations::DELETE_CHAT_MESSAGE;
        self.call
            .run_until_gone(operation, &self.place, delete, Error::is_not_found)
            .await
    }
}

operation_builder!(DeleteMessage, ());

fn check((thread, message): &Place) -> Result<(), Error> {
    thread.check()?;
    message.check()
}

/// Lists messages; see
/// [`ChatThreadClient::list_messages`](crate::ChatThreadClient::list_messages).
#[must_use = "nothing is sent before the stream is polled"]
pub struct ListMessages {
    list: List,
    start_time: Option<OffsetDateTime>,
}

impl ListMessages {
    pub(crate) fn new((call, thread): (Call, ChatThreadId), operation: &'static Operation) -> Self {
        Self {
            list: List::new(call, operation, Some(thread)),
            start_time: None,
        }
    }

    /// Leaves out messages from before this time.
    pub fn start_time(mut self, time: OffsetDateTime) -> Self {
        self.start_time = Some(time);
        self
    }

    /// The items page by page. Nothing is sent before the stream is polled.
    pub fn into_pages(self) -> PageStream<ChatMessage> {
        let start_time = self.start_time.map(request::date_time);
        let first: Request<Client, First<Option<_>>, _> = |client, first| {
            let start_time = first.parameter.as_ref();
            Box::pin(client.list_chat_messages(first.thread(), first.page_size, start_time))
        };
        self.list.pages(Ok(start_time), first)
    }
}

list_builder!(ListMessages, ChatMessage);
