//! Access tokens, and the credential that has one ready for each request.

#[cfg(feature = "identity")]
mod access_key;
mod access_token;
#[cfg(feature = "identity")]
mod entra;
mod failure;
mod jwt;
mod proactive;
mod refresh;
mod task;

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "identity")]
pub(crate) use access_key::AccessKey;
pub use access_token::AccessToken;
#[cfg(feature = "identity")]
pub use entra::TokenProvider;
#[cfg(feature = "identity")]
pub(crate) use entra::entra_credential;
use http::HeaderValue;
use time::OffsetDateTime;

use crate::clock::{Clock, system_clock};
use crate::error::Error;
use failure::RefreshFailure;
use proactive::Proactive;
use refresh::Refresher;

/// What a user authenticates with: one fixed token, or a refresher that gets a new one when the
/// token expires.
///
/// A clone shares its token with the original.
///
/// # A fixed token
/// ```
/// # fn main() -> Result<(), chat::Error> {
/// # let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5OTk5OTk5OTl9.c2ln";
/// use chat::CommunicationTokenCredential;
///
/// let credential = CommunicationTokenCredential::new(jwt)?;
/// # Ok(()) }
/// ```
///
/// # A refresher
/// It is called when a request needs a token and there is none, or the one there is has less than
/// two minutes left. What the identity client returns can be returned as it is:
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { identity, alice, .. }: Scene) -> Done {
/// use chat::models::TokenScope;
/// use chat::{ChatClient, CommunicationTokenCredential};
///
/// let endpoint = identity.endpoint().to_owned();
/// let credential = CommunicationTokenCredential::refreshing(move || {
///     let request = identity.issue_token(&alice, [TokenScope::Chat]);
///     async move { request.await }
/// });
/// let client = ChatClient::new(&endpoint, credential)?;
/// let first = client.list_chat_threads().into_stream().try_next().await?;
/// assert_eq!(first.expect("there is one").topic(), "Lunch");
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
/// One refresh runs at a time, however many requests need a token. While it runs, a token that is
/// still valid is used, and no call waits.
///
/// **A refresh runs in a task of its own**, on the Tokio runtime of the call that started it.
/// Cancelling that call, or its timeout, does not end the refresh: the token it gets is there for
/// the next call. It may take [30 seconds](Self::refresh_timeout).
///
/// **Errors.** When a refresh fails, a token that is still valid stays in use. Calls that have no
/// valid token fail with [`ErrorKind::Credential`](crate::ErrorKind::Credential), and nothing is
/// sent. That goes for an error of the refresher, a panic in it, a token it returned that is no JWT
/// or has expired, and for a refresh that takes too long. The
/// [`source`](std::error::Error::source) says which; for an error of the refresher's own it is that
/// error, as an `Arc<dyn Error + Send + Sync>`, since all calls that waited share it. For a second
/// after a failure the refresher is not called again: calls get the failure there was.
///
/// **Status 401.** When the service refuses a token from a refresher, that token is given up, and
/// the request is sent once more with a new one. If that is refused as well, the call fails with
/// [`ErrorKind::Unauthorized`](crate::ErrorKind::Unauthorized). With a fixed token it fails at
/// once.
///
/// **Runtimes.** A credential may be used from several runtimes. If the one that a refresh runs on
/// ends, the next call starts another refresh on its own runtime. If it is not driven (a
/// `current_thread` runtime outside of `block_on`), the refresh stands still, and is given up when
/// its time is over.
///
/// **Drop.** Dropping the last clone aborts a refresh that runs, and ends
/// [proactive refreshing](Self::refresh_proactively).
#[derive(Clone)]
#[doc(alias("AzureCommunicationTokenCredential"))]
pub struct CommunicationTokenCredential {
    source: Source,
}

#[derive(Clone)]
enum Source {
    Fixed(AccessToken),
    Refreshing {
        refresher: Arc<Refresher>,
        proactive: Arc<Proactive>,
    },
}

impl CommunicationTokenCredential {
    /// A credential of one fixed token: a JWT as text, or an [`AccessToken`] as the identity
    /// client returns it.
    ///
    /// The token is sent even when it seems to have expired, since this machine's clock may be
    /// wrong; the service then answers 401.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when a text is no JWT with
    /// an expiry.
    pub fn new<T>(token: T) -> Result<Self, Error>
    where
        T: TryInto<AccessToken>,
        Error: From<T::Error>,
    {
        Ok(Self {
            source: Source::Fixed(token.try_into()?),
        })
    }

    /// A credential that calls `refresher` when it needs a token; see
    /// [A refresher](Self#a-refresher) for when that is, and for what becomes of its errors.
    ///
    /// The refresher returns a JWT as text or an [`AccessToken`], or any error. Its future is run
    /// in a task, so it must be `Send + 'static`: move clones of what it needs into it.
    #[doc(alias("token_refresher", "CommunicationTokenRefreshOptions"))]
    pub fn refreshing<F, Fut, T, E>(refresher: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: TryInto<AccessToken> + Send + 'static,
        Error: From<T::Error>,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        Self::refreshing_by(refresher, None, system_clock())
    }

    /// The same as [`refreshing`](Self::refreshing), with a token to begin with: the refresher is
    /// not called before that has less than two minutes left, or is refused.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn refreshing_from<F, Fut, T, E, I>(initial_token: I, refresher: F) -> Result<Self, Error>
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: TryInto<AccessToken> + Send + 'static,
        Error: From<T::Error>,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
        I: TryInto<AccessToken>,
        Error: From<I::Error>,
    {
        let initial_token = initial_token.try_into()?;
        Ok(Self::refreshing_by(
            refresher,
            Some(initial_token),
            system_clock(),
        ))
    }

    /// How long a refresh may take; 30 seconds unless it is set. One that takes longer is aborted
    /// and has failed. Counts for this credential and its clones, from the next refresh on.
    ///
    /// Calls have a timeout of their own, and stop waiting when it is over.
    ///
    /// A fixed token stays as it is.
    #[must_use]
    pub fn refresh_timeout(self, timeout: Duration) -> Self {
        if let Source::Refreshing { refresher, .. } = &self.source {
            refresher.set_timeout(timeout);
        }
        self
    }

    /// Replaces the token ten minutes before it expires, so that no call has to wait for it; when
    /// less is left, after half of what is left. A refresh that fails is tried again, after a
    /// second at first, then ever more seldom, up to once a minute.
    ///
    /// A task does this, on the runtime of the first call. When that runtime ends, the next call
    /// starts the task again. It ends with the last clone of the credential.
    ///
    /// A fixed token stays as it is.
    #[must_use]
    #[doc(alias("proactive_refresh", "refreshProactively"))]
    pub fn refresh_proactively(self) -> Self {
        if let Source::Refreshing { proactive, .. } = &self.source {
            proactive.want();
        }
        self
    }

    fn refreshing_by<F, Fut, T, E>(
        refresher: F,
        initial_token: Option<AccessToken>,
        clock: Arc<dyn Clock>,
    ) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: TryInto<AccessToken> + Send + 'static,
        Error: From<T::Error>,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        let refresh = move || {
            let refreshed = refresher();
            Box::pin(async move {
                let token = refreshed
                    .await
                    .map_err(|error| RefreshFailure::from(error.into()))?;
                token
                    .try_into()
                    .map_err(|error| Arc::new(Error::from(error)) as RefreshFailure)
            }) as _
        };
        let refresher = Refresher::new(Arc::new(refresh), initial_token, clock);
        Self {
            source: Source::Refreshing {
                refresher: Arc::new(refresher),
                proactive: Arc::default(),
            },
        }
    }

    /// The service has refused this header. Whether asking again may give another.
    pub(crate) fn refused(&self, header: &HeaderValue) -> bool {
        match &self.source {
            Source::Fixed(_) => false,
            Source::Refreshing { refresher, .. } => {
                refresher.drop_refused(header);
                true
            }
        }
    }

    /// Whether another token follows the one there is.
    #[cfg(feature = "realtime")]
    pub(crate) fn is_refreshing(&self) -> bool {
        matches!(self.source, Source::Refreshing { .. })
    }

    /// When the token expired, if it is a fixed one and has expired.
    pub(crate) fn expired(&self, clock: &dyn Clock) -> Option<OffsetDateTime> {
        match &self.source {
            Source::Fixed(token) => {
                Some(token.expires_on()).filter(|expiry| *expiry <= clock.now())
            }
            Source::Refreshing { .. } => None,
        }
    }

    /// The raw id of the user whose tokens these are, if there is a token that says so.
    pub(crate) fn user(&self) -> Option<String> {
        match &self.source {
            Source::Fixed(token) => token.user(),
            Source::Refreshing { refresher, .. } => refresher.current()?.user(),
        }
    }

    /// A token to send now, if there is one that need not be waited for.
    pub(crate) fn token_at_hand(&self) -> Option<AccessToken> {
        match &self.source {
            Source::Fixed(token) => Some(token.clone()),
            Source::Refreshing {
                refresher,
                proactive,
            } => {
                proactive.arm(refresher);
                refresher.valid_token()
            }
        }
    }

    /// A token to send now.
    pub(crate) async fn token(&self) -> Result<AccessToken, Error> {
        match (&self.source, self.token_at_hand()) {
            (_, Some(token)) => Ok(token),
            (Source::Fixed(token), None) => Ok(token.clone()),
            (Source::Refreshing { refresher, .. }, None) => refresher.token().await,
        }
    }
}

impl fmt::Debug for CommunicationTokenCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.source {
            Source::Fixed(_) => "fixed",
            Source::Refreshing { .. } => "refreshing",
        };
        f.debug_struct("CommunicationTokenCredential")
            .field("kind", &kind)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
