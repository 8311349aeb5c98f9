//! A resource, and its users with their tokens.

use std::time::Duration;

use chat::governor::RateLimits;
use chat::models::TokenScope;
use chat::{
    ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, Error, RateGovernor,
    RetryOptions, Transport,
};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use super::record::ListedThread;
use super::thread::ThreadAccess;

/// The longest wait between two requests of a call, if the service does not say how long.
const MAX_DELAY: Duration = Duration::from_secs(30);

/// How a resource is read.
#[derive(Clone, Debug)]
#[must_use]
pub struct ResourceOptions {
    /// The rate limits that are kept.
    pub limits: RateLimits,
    /// How long a request is tried for, with waiting for its turn under the limits, for an outage to end, and
    /// for what the service asks to wait after a 429.
    pub patience: Duration,
}

impl Default for ResourceOptions {
    /// The documented limits, and 15 minutes.
    fn default() -> Self {
        Self {
            limits: RateLimits::documented(),
            patience: Duration::from_secs(15 * 60),
        }
    }
}

/// A resource, whose access key gives tokens for its users. A clone is cheap and shares everything.
#[derive(Clone, Debug)]
pub struct Resource {
    identity: CommunicationIdentityClient,
    patience: Duration,
}

impl Resource {
    /// The resource of a connection string. All that is read from it stays within the limits together. Nothing
    /// is sent.
    ///
    /// # Errors
    /// [`InvalidArgument`](chat::ErrorKind::InvalidArgument) when the text is no connection string.
    pub fn new(connection_string: &str, options: ResourceOptions) -> Result<Self, Error> {
        let patience = options.patience;
        let retry = RetryOptions::exponential()
            .max_retries(u32::MAX)
            .max_delay(MAX_DELAY)
            // Reading is all that is done, and it has time.
            .without_budget();
        let transport = Transport::builder()
            .rate_governor(RateGovernor::new(options.limits))
            .retry(retry)
            .timeout(patience)
            .build()?;
        let identity = CommunicationIdentityClient::builder(connection_string);
        Ok(Self {
            identity: identity.transport(&transport).build()?,
            patience,
        })
    }

    /// Gets a token for a user, by its raw id; `POST /identities/{id}/:issueAccessToken`. It is replaced when
    /// it expires.
    ///
    /// # Errors
    /// [`Unauthorized`](chat::ErrorKind::Unauthorized) when the access key is refused,
    /// [`NotFound`](chat::ErrorKind::NotFound) when the user was deleted,
    /// [`Forbidden`](chat::ErrorKind::Forbidden) or [`BadRequest`](chat::ErrorKind::BadRequest) when it is of
    /// another resource, and those of the connection.
    pub async fn access(&self, user: &str) -> Result<UserAccess, Error> {
        let token = self.identity.issue_token(user, [TokenScope::Chat]).await?;
        let (identity, id) = (self.identity.clone(), user.to_owned());
        let refresher = move || identity.issue_token(id.as_str(), [TokenScope::Chat]).send();
        let credential = CommunicationTokenCredential::refreshing_from(token, refresher)?;
        let credential = credential.refresh_timeout(self.patience);
        Ok(UserAccess {
            user: user.to_owned(),
            client: self.identity.chat_client(credential),
        })
    }

    /// The same for many users, some at a time, in the order in which they are ready.
    pub fn accesses<'a>(
        &'a self,
        users: impl IntoIterator<Item = String> + 'a,
        concurrency: usize,
    ) -> impl Stream<Item = (String, Result<UserAccess, Error>)> + 'a {
        let accesses = stream::iter(users).map(async |user: String| {
            let access = self.access(&user).await;
            (user, access)
        });
        accesses.buffer_unordered(concurrency.max(1))
    }
}

/// A user of a resource, with a token.
#[derive(Clone, Debug)]
pub struct UserAccess {
    user: String,
    client: ChatClient,
}

impl UserAccess {
    /// The raw id of the user.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// All threads that the user finds in its list, also those it was removed from and those that were deleted;
    /// `GET /chat/threads`. One may come twice when it gets a message meanwhile.
    ///
    /// # Errors
    /// Those of [`ChatClient::list_chat_threads`], from the stream. One that lasts is the end of the stream.
    pub fn threads(&self) -> impl Stream<Item = Result<ListedThread, Error>> + Send + use<> {
        let pages = self.client.list_chat_threads().keep_raw().into_pages();
        let threads = pages.map_ok(|page| {
            let threads = page.raw_items().into_iter().filter_map(ListedThread::new);
            let threads: Vec<_> = threads.map(Ok).collect();
            stream::iter(threads)
        });
        super::thread::until_error(threads.try_flatten())
    }

    /// What the user may read of a thread.
    #[must_use]
    pub fn thread(&self, id: &str) -> ThreadAccess {
        ThreadAccess::new(self.user.clone(), self.client.chat_thread_client(id))
    }
}
