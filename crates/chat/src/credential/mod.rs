//! Access tokens, and the credential that has one ready for each request.

mod access_token;
mod jwt;
mod proactive;
mod refresh;

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

pub use access_token::AccessToken;
use http::HeaderValue;

use crate::clock::{Clock, system_clock};
use crate::error::Error;
use refresh::{RefreshFailure, Refresher};

/// What a user authenticates with: one fixed token, or a way to get a new one when it expires.
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
/// It is asked for a token when there is none or the one there is has less than two minutes left.
/// One refresh is in flight however many callers wait; while it runs, a token that is still valid
/// is handed out. What the identity client returns can be returned as it is:
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = chat_emulator::Emulator::start().await?;
/// # let identity = chat::CommunicationIdentityClient::from_connection_string(&emulator.connection_string())?;
/// # let alice = identity.create_user().await?;
/// use chat::{ChatClient, CommunicationTokenCredential, TokenScope};
///
/// let endpoint = identity.endpoint().to_owned();
/// let credential = CommunicationTokenCredential::refreshing(move || {
///     let request = identity.issue_token(&alice, [TokenScope::Chat]);
///     async move { request.await }
/// });
/// let client = ChatClient::new(&endpoint, credential)?;
/// let _ = client.list_chat_threads().into_stream().try_next().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct CommunicationTokenCredential {
    source: Source,
}

#[derive(Clone)]
enum Source {
    Fixed(AccessToken),
    Refreshing(Arc<Refresher>),
}

impl CommunicationTokenCredential {
    /// A credential of one fixed token: a JWT as text, or an [`AccessToken`] as the identity
    /// client returns it.
    ///
    /// The token is sent also when it seems to have expired, since this machine's clock may be
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

    /// A credential that asks `refresher` for a token when there is none that lasts.
    ///
    /// It may return a JWT as text or an [`AccessToken`], and any error. A call that finds no
    /// usable token fails with [`ErrorKind::Credential`](crate::ErrorKind::Credential), whose
    /// source is the refresher's error; the next call asks again.
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

    /// The same as [`refreshing`](Self::refreshing), with a token to begin with, so that the
    /// refresher is not asked before it is about to expire.
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

    /// Replaces the token ten minutes before it expires, so that no call has to wait for it; when
    /// less is left, after half of what is left. A refresh that fails is tried again, at first
    /// after a second and then ever more seldom, up to once a minute. The task that does this
    /// begins with the first call and ends with the last clone of the credential.
    ///
    /// A fixed token stays as it is.
    #[must_use]
    pub fn refresh_proactively(self) -> Self {
        if let Source::Refreshing(refresher) = &self.source {
            refresher.refresh_ahead();
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
                match refreshed.await {
                    Ok(token) => token
                        .try_into()
                        .map_err(|error| RefreshFailure::new(Error::from(error))),
                    Err(error) => Err(RefreshFailure::new(error)),
                }
            }) as _
        };
        let refresher = Refresher::new(Arc::new(refresh), initial_token, clock);
        Self {
            source: Source::Refreshing(Arc::new(refresher)),
        }
    }

    /// The service has refused this header. Whether asking again may give another.
    pub(crate) fn refused(&self, header: &HeaderValue) -> bool {
        match &self.source {
            Source::Fixed(_) => false,
            Source::Refreshing(refresher) => {
                refresher.drop_refused(header);
                true
            }
        }
    }

    /// The raw id of the user whose tokens these are, if there is a token that says so.
    pub(crate) fn user(&self) -> Option<String> {
        match &self.source {
            Source::Fixed(token) => token.user(),
            Source::Refreshing(refresher) => refresher.current()?.user(),
        }
    }

    /// A token to send now.
    pub(crate) async fn token(&self) -> Result<AccessToken, Error> {
        match &self.source {
            Source::Fixed(token) => Ok(token.clone()),
            Source::Refreshing(refresher) => refresher.token().await,
        }
    }
}

impl fmt::Debug for CommunicationTokenCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.source {
            Source::Fixed(_) => "fixed",
            Source::Refreshing(_) => "refreshing",
        };
        f.debug_struct("CommunicationTokenCredential")
            .field("kind", &kind)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
