//! The client of one user.

use super::ChatThreadClient;
use crate::credential::CommunicationTokenCredential;
use crate::error::Error;
use crate::models::ChatThreadId;
#[cfg(feature = "realtime")]
use crate::notifications::ConnectNotifications;
use crate::operations::{CreateChatThread, DeleteChatThread, ListChatThreads};
use crate::transport::{Authorization, Pipeline, TransportChoice, transport_setters};
use crate::watch::WatchUser;

/// Creates, lists and deletes threads on behalf of one user, and gives clients for single threads.
///
/// A clone is cheap and shares connections and credential; there is no need to wrap a client in an
/// `Arc`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { emulator, .. }: Scene) -> Done {
/// # let connection_string = emulator.connection_string();
/// use chat::models::TokenScope;
/// use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential};
///
/// let identity = CommunicationIdentityClient::from_connection_string(&connection_string)?;
/// let (_alice, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
///
/// let client = ChatClient::new(identity.endpoint(), CommunicationTokenCredential::new(token)?)?;
/// let created = client.create_chat_thread("Lunch").await?;
/// let thread = client.chat_thread_client(created.chat_thread().id());
/// let sent = thread.send_message("Pizza?").await?;
/// assert_eq!(thread.message(sent.id()).await?.content().message(), Some("Pizza?"));
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
///
/// # Builders and lists
/// Each operation is a builder, and `.await` on it sends the request. `tokio::spawn` and `join_all`
/// want a future instead, which `.send()` gives. [`list_chat_threads`](Self::list_chat_threads) is
/// not awaited: `.into_stream()` gives its items, `.into_pages()` its pages.
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, .. }: Scene) -> Done {
/// let creating = tokio::spawn(client.create_chat_thread("Lunch").send());
/// let created = creating.await??;
///
/// let mut threads = client.list_chat_threads().into_stream();
/// while let Some(thread) = threads.try_next().await? {
///     println!("{}", thread.topic());
/// }
/// assert_eq!(created.chat_thread().topic(), "Lunch");
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
///
/// # Errors
/// These kinds can come from every operation, of this client and of [`ChatThreadClient`]; each
/// operation's page names what else there is:
///
/// - [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when an id can't be part of a path,
///   [`Credential`](crate::ErrorKind::Credential) when there is no token,
///   [`Connect`](crate::ErrorKind::Connect) when no connection comes about: nothing was sent;
/// - [`Timeout`](crate::ErrorKind::Timeout) and
///   [`ConnectionLost`](crate::ErrorKind::ConnectionLost) when no answer came; of
///   [`send_message`](ChatThreadClient::send_message), which is not safe to repeat,
///   [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) instead;
/// - the service's refusals: [`BadRequest`](crate::ErrorKind::BadRequest),
///   [`Unauthorized`](crate::ErrorKind::Unauthorized) when the token is refused,
///   [`Forbidden`](crate::ErrorKind::Forbidden) when the user may not do this,
///   [`TooManyRequests`](crate::ErrorKind::TooManyRequests),
///   [`ServiceUnavailable`](crate::ErrorKind::ServiceUnavailable), and
///   [`UnexpectedStatus`](crate::ErrorKind::UnexpectedStatus) for any that is not documented;
/// - [`InvalidResponse`](crate::ErrorKind::InvalidResponse) when the answer can't be read.
#[derive(Clone, Debug)]
pub struct ChatClient {
    pipeline: Pipeline,
}

impl ChatClient {
    /// A client for the resource at `endpoint` (such as `https://contoso.communication.azure.com`)
    /// on behalf of the user whose tokens `credential` has. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the endpoint is no
    /// `https` URL (plain `http` is for this machine only: `localhost` and loopback addresses).
    pub fn new(
        endpoint: impl AsRef<str>,
        credential: CommunicationTokenCredential,
    ) -> Result<Self, Error> {
        Self::builder(endpoint, credential).build()
    }

    /// A client with other than the usual options.
    pub fn builder(
        endpoint: impl AsRef<str>,
        credential: CommunicationTokenCredential,
    ) -> ChatClientBuilder {
        ChatClientBuilder {
            endpoint: endpoint.as_ref().to_owned(),
            credential,
            transport: TransportChoice::default(),
        }
    }

    pub(crate) fn of(pipeline: Pipeline) -> Self {
        Self { pipeline }
    }

    /// A client for another user, which shares connections, settings and rate governor with this
    /// one. It costs next to nothing to make: back ends make one for each of their users.
    #[must_use]
    pub fn with_credential(&self, credential: CommunicationTokenCredential) -> Self {
        Self::of(
            self.pipeline
                .with_authorization(Authorization::Token(credential)),
        )
    }

    /// The endpoint, without a slash at its end.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.pipeline.endpoint().as_str()
    }

    /// A client for one thread. Nothing is sent, and whether the thread exists is not checked.
    #[must_use]
    #[doc(alias("get_chat_thread_client", "getChatThreadClient", "GetChatThreadClient"))]
    pub fn chat_thread_client(&self, thread_id: impl Into<ChatThreadId>) -> ChatThreadClient {
        ChatThreadClient::new(self.pipeline.clone(), thread_id.into())
    }

    /// Creates a thread with this topic; `POST /chat/threads`.
    ///
    /// The user becomes a participant. An idempotency token is generated here and can be read or set
    /// on the builder: the same token again gives the same thread, so that a create whose answer
    /// was lost can be repeated.
    ///
    /// Participants that can't be added do not fail the call: see
    /// [`CreateChatThreadResult::failed_participants`](crate::models::CreateChatThreadResult::failed_participants).
    ///
    /// # Errors
    /// [The common kinds](ChatClient#errors). A malformed identifier fails the whole call with
    /// [`BadRequest`](crate::ErrorKind::BadRequest). The error holds the
    /// [`idempotency_token`](Error::idempotency_token), and the
    /// [`created_thread_id`](Error::created_thread_id) if the thread was created before something
    /// went wrong.
    pub fn create_chat_thread(&self, topic: impl Into<String>) -> CreateChatThread {
        CreateChatThread::new(self.pipeline.call(), topic.into())
    }

    /// Lists the threads the user takes part in, those with the newest messages first;
    /// `GET /chat/threads`. Deleted threads stay listed.
    ///
    /// A thread that gets a message while the list is read may come twice.
    ///
    /// # Errors
    /// [The common kinds](ChatClient#errors), and
    /// [`InvalidNextLink`](crate::ErrorKind::InvalidNextLink). They come from the stream.
    #[doc(alias("GetChatThreads"))]
    pub fn list_chat_threads(&self) -> ListChatThreads {
        ListChatThreads::new(self.pipeline.call())
    }

    /// **Experimental**, and not supported by Microsoft: connects for the service's real-time
    /// notifications about all threads of the user. Read [the module's page](crate::notifications)
    /// first: the access token is sent to other hosts than the endpoint. Nothing is sent before
    /// [`connect`](ConnectNotifications::connect); then `GET /chat/config/realTimeNotifications`, and
    /// requests to the hosts that this names.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { client, .. }: Scene) -> Done {
    /// let mut notifications = client.notifications().connect()?;
    /// while let Some(event) = notifications.try_next().await? {
    ///     println!("{event:?}"); // `Connected` comes first.
    ///     # break;
    /// }
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    ///
    /// # Errors
    /// Those of [`connect`](ConnectNotifications::connect). What ends the stream, the stream gives; see
    /// [`Notifications`](crate::notifications::Notifications).
    #[cfg(feature = "realtime")]
    #[doc(alias("startRealtimeNotifications", "chatMessageReceived"))]
    pub fn notifications(&self) -> ConnectNotifications {
        ConnectNotifications::new(self.pipeline.call())
    }

    /// Follows all threads of the user, also those that are new later: every event in them, each once
    /// and none missed; `GET /chat/threads` and `GET /chat/threads/{id}/messages` again and again. Each
    /// event has a cursor of all threads, to go on after it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { client, .. }: Scene) -> Done {
    /// let mut watch = client.watch().from_beginning().into_stream();
    /// while let Some(watched) = watch.try_next().await? {
    ///     println!("{}: {:?}", watched.thread_id(), watched.event());
    ///     // Store it with what is done about the event.
    ///     let _cursor = watched.cursor().to_string();
    ///     # break;
    /// }
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    ///
    /// How it works, and how soon events come: see [`watch`](crate::watch#all-threads-of-a-user).
    ///
    /// # Errors
    /// They come from the stream: see [`UserWatch`](crate::watch::UserWatch).
    pub fn watch(&self) -> WatchUser {
        WatchUser::new(self.pipeline.call())
    }

    /// Deletes a thread; `DELETE /chat/threads/{id}`.
    ///
    /// # Errors
    /// [The common kinds](ChatClient#errors); a malformed id is a
    /// [`BadRequest`](crate::ErrorKind::BadRequest), one of no thread is
    /// [`NotFound`](crate::ErrorKind::NotFound).
    pub fn delete_chat_thread(&self, thread_id: impl Into<ChatThreadId>) -> DeleteChatThread {
        DeleteChatThread::new(self.pipeline.call(), thread_id.into())
    }
}

/// Makes a [`ChatClient`].
///
/// ```
/// use std::time::Duration;
/// use chat::{ChatClient, CommunicationTokenCredential, RetryOptions};
///
/// # let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5OTk5OTk5OTl9.c2ln";
/// let credential = CommunicationTokenCredential::new(jwt)?;
/// let client = ChatClient::builder("https://contoso.communication.azure.com/", credential)
///     .timeout(Duration::from_secs(30))
///     .retry(RetryOptions::exponential().max_retries(5))
///     .build()?;
/// assert_eq!(client.endpoint(), "https://contoso.communication.azure.com");
/// # Ok::<(), chat::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct ChatClientBuilder {
    endpoint: String,
    credential: CommunicationTokenCredential,
    transport: TransportChoice,
}

impl ChatClientBuilder {
    transport_setters!();

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the endpoint can't be
    /// used, as in [`ChatClient::new`], or the HTTP client can't be made.
    pub fn build(self) -> Result<ChatClient, Error> {
        let authorization = Authorization::Token(self.credential);
        let transport = self.transport.build()?;
        Pipeline::new(&self.endpoint, transport, authorization).map(ChatClient::of)
    }
}
