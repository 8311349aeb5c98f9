//! The client of one thread.

use futures_core::Stream;
use futures_util::StreamExt;

use crate::models::{
    ChatAttachment, ChatMessageId, ChatParticipant, ChatThreadId, CommunicationIdentifier, SendKey,
};
use crate::operations::{
    AddParticipants, DeleteMessage, DownloadAttachment, FindMessages, GetMessage, GetProperties,
    ListMessages, ListParticipants, ListReadReceipts, NewSendKey, RemoveParticipant, SendMessage,
    SendMessages, SendReadReceipt, SendTypingNotification, UpdateMessage, UpdateProperties,
};
use crate::transport::{Call, Pipeline};
use crate::watch::WatchThread;

/// Everything that can be done in one thread, on behalf of the user of the
/// [`ChatClient`](crate::ChatClient) it comes from.
///
/// A clone is cheap. The kinds of errors that can come from every operation are listed at
/// [`ChatClient`](crate::ChatClient#errors).
///
/// # Builders and lists
/// Each operation is a builder, and `.await` on it sends the request. `tokio::spawn` and `join_all`
/// want a future instead, which `.send()` gives. The `list_*` methods are not awaited:
/// `.into_stream()` gives their items, `.into_pages()` their pages.
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let sending = tokio::spawn(thread.send_message("Pizza?").send());
/// let sent = sending.await??;
///
/// let mut messages = thread.list_messages().into_stream();
/// let newest = messages.try_next().await?.expect("a message was sent");
/// assert_eq!(newest.id(), sent.id());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug)]
pub struct ChatThreadClient {
    pipeline: Pipeline,
    thread_id: ChatThreadId,
}

impl ChatThreadClient {
    pub(super) fn new(pipeline: Pipeline, thread_id: ChatThreadId) -> Self {
        Self {
            pipeline,
            thread_id,
        }
    }

    fn call(&self) -> Call {
        self.pipeline.call()
    }

    fn id(&self) -> ChatThreadId {
        self.thread_id.clone()
    }

    /// The id of the thread.
    #[must_use]
    pub fn thread_id(&self) -> &ChatThreadId {
        &self.thread_id
    }

    /// Reads the thread's properties; `GET /chat/threads/{id}`.
    ///
    /// # Errors
    /// [The common kinds](crate::ChatClient#errors);
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such thread.
    #[doc(alias("get_properties", "getProperties", "GetProperties"))]
    pub fn properties(&self) -> GetProperties {
        GetProperties::new(self.call(), self.id())
    }

    /// Changes the topic; `PATCH /chat/threads/{id}`. All participants see a system message.
    ///
    /// # Errors
    /// As [`properties`](Self::properties).
    pub fn update_topic(&self, topic: impl Into<String>) -> UpdateProperties {
        self.update_properties().topic(topic)
    }

    /// Changes topic, metadata or retention policy: what is set on the builder;
    /// `PATCH /chat/threads/{id}`. Metadata is merged: keys that are not named stay.
    ///
    /// # Errors
    /// As [`properties`](Self::properties).
    pub fn update_properties(&self) -> UpdateProperties {
        UpdateProperties::new(self.call(), self.id())
    }

    /// Sends a message; `POST /chat/threads/{id}/messages`. The service takes about 28 KB
    /// (documented).
    ///
    /// Sending is not safe to repeat: each call stores another message.
    ///
    /// # Errors
    /// [The common kinds](crate::ChatClient#errors), and
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) when the request left and no answer
    /// says what became of it (no answer in time, connection lost, status 408 or 500 and above).
    /// If the message was stored and the answer can't be read, the error holds the
    /// [`created_message_id`](crate::Error::created_message_id).
    pub fn send_message(&self, content: impl Into<String>) -> SendMessage {
        SendMessage::new(self.call(), self.id(), content.into())
    }

    /// Sends many messages, one after the other or some at a time;
    /// `POST /chat/threads/{id}/messages` for each. A
    /// [`RateGovernor`](crate::RateGovernor) keeps it as fast as the service allows.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// let lines = futures_util::stream::iter(["one", "two", "three"]);
    /// let mut sent = thread.send_messages(lines).into_stream();
    /// while let Some(outcome) = sent.next().await {
    ///     println!("{}", outcome?.id());
    /// }
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    ///
    /// # Errors
    /// As [`send_message`](Self::send_message), for each message by itself.
    pub fn send_messages<S>(&self, contents: S) -> SendMessages
    where
        S: Stream<Item: Into<String>> + Send + 'static,
    {
        let messages = contents.map(|content| (None, content.into()));
        SendMessages::new(self.call(), self.id(), messages)
    }

    /// As [`send_messages`](Self::send_messages), of an iterator.
    ///
    /// # Errors
    /// As [`send_message`](Self::send_message), for each message by itself.
    pub fn send_messages_iter<I>(&self, contents: I) -> SendMessages
    where
        I: IntoIterator<Item: Into<String>, IntoIter: Send + 'static>,
    {
        self.send_messages(futures_util::stream::iter(contents))
    }

    /// Sends many messages, each so that it is stored exactly once, under keys that were made
    /// before ([`new_send_key`](Self::new_send_key)); otherwise as
    /// [`send_messages`](Self::send_messages). Store the keys with what is to be sent: after a
    /// crash, the same stream sends again only what is not there.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { thread, .. }: Scene) -> Done {
    /// let mut outbox = Vec::new();
    /// for line in ["one", "two", "three"] {
    ///     outbox.push((thread.new_send_key().await?, line)); // store them
    /// }
    /// let outbox = futures_util::stream::iter(outbox);
    /// let mut sent = thread.send_messages_with_keys(outbox).into_stream();
    /// while let Some(outcome) = sent.next().await {
    ///     println!("{}", outcome?.id());
    /// }
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    ///
    /// # Errors
    /// As [`SendMessage::exactly_once`], for each message by itself.
    pub fn send_messages_with_keys<S, K, T>(&self, messages: S) -> SendMessages
    where
        S: Stream<Item = (K, T)> + Send + 'static,
        K: Into<SendKey>,
        T: Into<String>,
    {
        let messages = messages.map(|(key, content)| (Some(key.into()), content.into()));
        SendMessages::new(self.call(), self.id(), messages)
    }

    /// Makes a key for [`exactly_once_with`](crate::operations::SendMessage::exactly_once_with), which can be
    /// stored before the message is sent. The key holds the service's time: if no answer has told
    /// it yet, the thread's properties are read; `GET /chat/threads/{id}`.
    ///
    /// # Errors
    /// As [`properties`](Self::properties).
    pub fn new_send_key(&self) -> NewSendKey {
        NewSendKey::new(self.call(), self.id())
    }

    /// Finds the messages that were sent with this key, oldest first; more than one if it was
    /// carried out twice. Reads the newest messages, back to ten minutes before the key was made;
    /// `GET /chat/threads/{id}/messages`. A message that was deleted is not found: the service
    /// empties its metadata.
    ///
    /// # Errors
    /// As [`list_messages`](Self::list_messages).
    pub fn find_messages(&self, key: impl Into<SendKey>) -> FindMessages {
        FindMessages::new(self.call(), self.id(), key.into())
    }

    /// Reads a message; `GET /chat/threads/{id}/messages/{id}`.
    ///
    /// # Errors
    /// [The common kinds](crate::ChatClient#errors); a malformed id is a
    /// [`BadRequest`](crate::ErrorKind::BadRequest), one of no message is
    /// [`NotFound`](crate::ErrorKind::NotFound).
    #[doc(alias("get_message", "getMessage", "GetMessage"))]
    pub fn message(&self, message_id: impl Into<ChatMessageId>) -> GetMessage {
        GetMessage::new(self.call(), self.id(), message_id.into())
    }

    /// Lists the messages, newest first, with those of the service and those that were deleted;
    /// `GET /chat/threads/{id}/messages`. An edited or deleted message moves to the top.
    /// The builder says which part of the history is wanted: the latest, older or newer than a
    /// message, between two times, what has changed since.
    ///
    /// # Errors
    /// [The common kinds](crate::ChatClient#errors), and
    /// [`InvalidNextLink`](crate::ErrorKind::InvalidNextLink). They come from the stream.
    #[doc(alias("GetMessages"))]
    pub fn list_messages(&self) -> ListMessages {
        ListMessages::new(self.call(), self.id())
    }

    /// Follows the thread: every event in it, oldest first, each once and none missed;
    /// `GET /chat/threads/{id}/messages` again and again. Each event has a cursor, to go on from after
    /// a restart. How soon events come, and what is not seen: [`watch`](crate::watch).
    ///
    /// # Errors
    /// As [`list_messages`](Self::list_messages), from the stream. Transient failures are retried,
    /// after waits of up to a minute: see [`ThreadWatch`](crate::watch::ThreadWatch).
    #[doc(alias("startRealtimeNotifications", "chatMessageReceived"))]
    pub fn watch(&self) -> WatchThread {
        WatchThread::new(self.call(), self.id())
    }

    /// Downloads the picture that an attachment is; `GET` of the
    /// [URL](crate::models::ChatAttachment::url) that the message has. Pictures come with messages
    /// from Microsoft Teams; no stable version of the service takes any from clients.
    ///
    /// What is awaited gives the bytes as a stream, or all at once:
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(_: Scene) -> Done {
    /// # let (_emulator, thread) = pictures().await?;
    /// # let message = thread.list_messages().into_stream().try_next().await?.expect("a picture");
    /// for attachment in message.content().attachments() {
    ///     let picture = thread.download_attachment(attachment).await?;
    ///     println!("{}", picture.media_type().unwrap_or("of no known type"));
    ///     println!("{} bytes", picture.bytes().await?.len());
    /// }
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    ///
    /// # Errors
    /// [The common kinds](crate::ChatClient#errors);
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when the attachment has no URL, or one
    /// that leads elsewhere than to the endpoint of this client, as those of files do: the access
    /// token stays here, and nothing is sent.
    /// [`NotFound`](crate::ErrorKind::NotFound) when it is not there any more. What goes wrong
    /// after the download has begun comes from
    /// [the stream](crate::operations::AttachmentDownload::try_next).
    pub fn download_attachment(&self, attachment: &ChatAttachment) -> DownloadAttachment {
        let url = attachment.url().map(str::to_owned);
        DownloadAttachment::new(self.call(), self.id(), url)
    }

    /// Downloads the small picture that stands for an attachment; `GET` of the
    /// [URL](crate::models::ChatAttachment::preview_url) that the message has. Otherwise as
    /// [`download_attachment`](Self::download_attachment).
    ///
    /// # Errors
    /// As [`download_attachment`](Self::download_attachment).
    pub fn download_attachment_preview(&self, attachment: &ChatAttachment) -> DownloadAttachment {
        let url = attachment.preview_url().map(str::to_owned);
        DownloadAttachment::new(self.call(), self.id(), url)
    }

    /// Edits a message the user has sent; `PATCH /chat/threads/{id}/messages/{id}`. What is not
    /// set on the builder stays. The message moves to the top of the list.
    ///
    /// # Errors
    /// As [`message`](Self::message); [`Forbidden`](crate::ErrorKind::Forbidden) when somebody
    /// else has sent it.
    pub fn update_message(&self, message_id: impl Into<ChatMessageId>) -> UpdateMessage {
        UpdateMessage::new(self.call(), self.id(), message_id.into())
    }

    /// Deletes a message the user has sent; `DELETE /chat/threads/{id}/messages/{id}`. It stays
    /// listed, without its content, and moves to the top of the list.
    ///
    /// # Errors
    /// As [`update_message`](Self::update_message).
    pub fn delete_message(&self, message_id: impl Into<ChatMessageId>) -> DeleteMessage {
        DeleteMessage::new(self.call(), self.id(), message_id.into())
    }

    /// Lists the participants; `GET /chat/threads/{id}/participants`.
    ///
    /// # Errors
    /// As [`list_messages`](Self::list_messages).
    #[doc(alias("GetParticipants"))]
    pub fn list_participants(&self) -> ListParticipants {
        ListParticipants::new(self.call(), self.id())
    }

    /// Adds participants; `POST /chat/threads/{id}/participants/:add`. The service takes up to 200
    /// in a request, so that more are added in several, and 250 in a thread (documented). Participants
    /// who are there already stay as they are. Nothing is sent if none are given.
    ///
    /// Participants that can't be added do not fail the call: see
    /// [`AddChatParticipantsResult::failed_participants`](crate::models::AddChatParticipantsResult::failed_participants).
    ///
    /// # Errors
    /// [The common kinds](crate::ChatClient#errors). A malformed identifier fails its whole request
    /// with [`BadRequest`](crate::ErrorKind::BadRequest). What the requests before it gave, and who
    /// remains to be added, is in [`unfinished_add`](crate::Error::unfinished_add).
    #[doc(alias("AddParticipant"))]
    pub fn add_participants<P: Into<ChatParticipant>>(
        &self,
        participants: impl IntoIterator<Item = P>,
    ) -> AddParticipants {
        let participants = participants.into_iter().map(Into::into).collect();
        AddParticipants::new(self.call(), self.id(), participants)
    }

    /// Removes a participant, or the user itself; `POST /chat/threads/{id}/participants/:remove`.
    ///
    /// # Errors
    /// [The common kinds](crate::ChatClient#errors). A malformed identifier is a
    /// [`BadRequest`](crate::ErrorKind::BadRequest), that of a user who is not in the thread
    /// [`NotFound`](crate::ErrorKind::NotFound).
    pub fn remove_participant(
        &self,
        participant: impl Into<CommunicationIdentifier>,
    ) -> RemoveParticipant {
        RemoveParticipant::new(self.call(), self.id(), participant.into())
    }

    /// Shows the others that the user is typing; `POST /chat/threads/{id}/typing`. The service
    /// shows it for some seconds, in threads of up to 20 participants (documented).
    ///
    /// # Errors
    /// [The common kinds](crate::ChatClient#errors);
    /// [`TooManyRequests`](crate::ErrorKind::TooManyRequests) also where it was not sent because
    /// the client's [`RateGovernor`](crate::RateGovernor) has no room: it never waits for its turn.
    pub fn send_typing_notification(&self) -> SendTypingNotification {
        SendTypingNotification::new(self.call(), self.id())
    }

    /// Tells the others that the user has read up to this message;
    /// `POST /chat/threads/{id}/readReceipts`. In threads of up to 20 participants (documented).
    ///
    /// # Errors
    /// As [`message`](Self::message).
    pub fn send_read_receipt(&self, message_id: impl Into<ChatMessageId>) -> SendReadReceipt {
        SendReadReceipt::new(self.call(), self.id(), message_id.into())
    }

    /// Lists who has read up to where; `GET /chat/threads/{id}/readReceipts`.
    ///
    /// # Errors
    /// As [`list_messages`](Self::list_messages).
    #[doc(alias("GetReadReceipts"))]
    pub fn list_read_receipts(&self) -> ListReadReceipts {
        ListReadReceipts::new(self.call(), self.id())
    }
}
