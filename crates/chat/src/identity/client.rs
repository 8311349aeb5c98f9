//! The client of the identity service.

use std::sync::Arc;

use super::connection_string;
use crate::client::ChatClient;
use crate::convert::identity as convert;
use crate::credential::{CommunicationTokenCredential, TokenProvider, entra_credential};
use crate::error::Error;
use crate::models::{CommunicationUserIdentifier, TokenScope};
use crate::operations::{
    CreateUser, CreateUserAndToken, DeleteUser, ExchangeTeamsUserToken, IssueToken, RevokeTokens,
};
use crate::transport::{Authorization, Pipeline, TransportChoice, transport_setters};

/// Creates users and their access tokens. For back ends: it needs the access key of the resource,
/// which must not leave them.
///
/// A clone is cheap and shares connections.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { emulator, .. }: Scene) -> Done {
/// # let connection_string = emulator.connection_string();
/// use std::time::Duration;
/// use chat::CommunicationIdentityClient;
/// use chat::models::TokenScope;
///
/// let identity = CommunicationIdentityClient::from_connection_string(&connection_string)?;
/// let alice = identity.create_user().await?;
/// let token = identity
///     .issue_token(&alice, [TokenScope::Chat])
///     .expires_in(Duration::from_secs(60 * 60))
///     .await?;
/// println!("{alice} may chat until {}", token.expires_on());
/// assert!(alice.id().starts_with("8:acs:"));
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
/// Each operation is a builder, and `.await` on it sends the request. `tokio::spawn` and `join_all`
/// want a future instead, which `.send()` gives.
///
/// # Errors
/// The kinds that can come from every operation are those listed at
/// [`ChatClient`](crate::ChatClient#errors), but for
/// [`Credential`](crate::ErrorKind::Credential);
/// [`Unauthorized`](crate::ErrorKind::Unauthorized) means that the access key is wrong, or this
/// machine's clock.
#[derive(Clone, Debug)]
pub struct CommunicationIdentityClient {
    pipeline: Pipeline,
}

impl CommunicationIdentityClient {
    /// A client for the resource at `endpoint`, with its access key (in base64, as Azure's portal
    /// shows it). Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the key is not base64,
    /// or the endpoint is no `https` URL (plain `http` is for this machine only). The error does
    /// not show the key.
    pub fn new(endpoint: impl AsRef<str>, access_key: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder_with_key(endpoint, access_key).build()
    }

    /// A client for the resource whose connection string this is:
    /// `endpoint=https://…/;accesskey=…`. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when it is no connection
    /// string, or its endpoint is no `https` URL (plain `http` is for this machine only). The
    /// error does not show it.
    pub fn from_connection_string(connection_string: &str) -> Result<Self, Error> {
        Self::builder(connection_string).build()
    }

    /// A client with other than the usual settings, from a connection string.
    pub fn builder(connection_string: &str) -> CommunicationIdentityClientBuilder {
        let resource = connection_string::parse(connection_string)
            .map(|(endpoint, key)| (endpoint, Authorization::AccessKey(Arc::new(key))))
            .map_err(|error| {
                Error::invalid_argument(format!("this is no connection string: {error}"))
            });
        CommunicationIdentityClientBuilder {
            resource,
            transport: TransportChoice::default(),
        }
    }

    /// A client with other than the usual settings, from endpoint and access key.
    pub fn builder_with_key(
        endpoint: impl AsRef<str>,
        access_key: impl AsRef<str>,
    ) -> CommunicationIdentityClientBuilder {
        let resource = connection_string::access_key(access_key.as_ref())
            .map(|key| Authorization::AccessKey(Arc::new(key)))
            .map(|authorization| (endpoint.as_ref().to_owned(), authorization))
            .map_err(|error| Error::invalid_argument(error.to_string()));
        CommunicationIdentityClientBuilder {
            resource,
            transport: TransportChoice::default(),
        }
    }

    /// A client that is authorized by Microsoft Entra ID, as a
    /// [`TokenProvider`](crate::TokenProvider) can be. The tokens are kept until they expire.
    pub fn builder_with_token_provider(
        endpoint: impl AsRef<str>,
        provider: impl TokenProvider,
    ) -> CommunicationIdentityClientBuilder {
        let authorization = Authorization::Token(entra_credential(provider));
        CommunicationIdentityClientBuilder {
            resource: Ok((endpoint.as_ref().to_owned(), authorization)),
            transport: TransportChoice::default(),
        }
    }

    /// A chat client for a user of this resource, which shares connections, settings and rate
    /// governor with this client. It costs next to nothing to make.
    #[must_use]
    pub fn chat_client(&self, credential: CommunicationTokenCredential) -> ChatClient {
        let authorization = Authorization::Token(credential);
        ChatClient::of(self.pipeline.with_authorization(authorization))
    }

    /// The endpoint, without a slash at its end: what
    /// [`ChatClient::new`](crate::ChatClient::new) takes.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.pipeline.endpoint().as_str()
    }

    /// Creates a user; `POST /identities`.
    ///
    /// # Errors
    /// [The common kinds](Self#errors).
    pub fn create_user(&self) -> CreateUser {
        CreateUser::new(self.pipeline.call())
    }

    /// Creates a user and a token for it, in one request; `POST /identities`.
    ///
    /// # Errors
    /// [The common kinds](Self#errors);
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) as
    /// [`issue_token`](Self::issue_token). If the user was created and the token is missing, the
    /// error holds the [`created_user`](Error::created_user).
    pub fn create_user_and_token(
        &self,
        scopes: impl IntoIterator<Item = impl Into<TokenScope>>,
    ) -> CreateUserAndToken {
        CreateUserAndToken::new(
            self.pipeline.call(),
            scopes.into_iter().map(Into::into).collect(),
        )
    }

    /// Issues a token for a user; `POST /identities/{id}/:issueAccessToken`.
    ///
    /// # Errors
    /// [The common kinds](Self#errors);
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when there is no scope, or the
    /// lifetime is not a number of whole minutes from 60 to 1440.
    #[doc(alias("get_token", "getToken", "GetToken"))]
    pub fn issue_token(
        &self,
        user: impl Into<CommunicationUserIdentifier>,
        scopes: impl IntoIterator<Item = impl Into<TokenScope>>,
    ) -> IssueToken {
        IssueToken::new(
            self.pipeline.call(),
            user.into(),
            scopes.into_iter().map(Into::into).collect(),
        )
    }

    /// Makes all tokens of a user invalid; `POST /identities/{id}/:revokeAccessTokens`.
    ///
    /// # Errors
    /// [The common kinds](Self#errors).
    pub fn revoke_tokens(&self, user: impl Into<CommunicationUserIdentifier>) -> RevokeTokens {
        RevokeTokens::new(self.pipeline.call(), user.into())
    }

    /// Deletes a user and makes all its tokens invalid; `DELETE /identities/{id}`.
    ///
    /// # Errors
    /// [The common kinds](Self#errors).
    pub fn delete_user(&self, user: impl Into<CommunicationUserIdentifier>) -> DeleteUser {
        DeleteUser::new(self.pipeline.call(), user.into())
    }

    /// Exchanges the Microsoft Entra ID token of a Teams user for an access token of the resource;
    /// `POST /teamsUser/:exchangeAccessToken`. `client_id` is the id of the application the token
    /// was issued to, `user_object_id` that of the user.
    ///
    /// # Errors
    /// [The common kinds](Self#errors).
    #[doc(alias(
        "get_token_for_teams_user",
        "getTokenForTeamsUser",
        "GetTokenForTeamsUser"
    ))]
    pub fn exchange_teams_user_token(
        &self,
        token: impl Into<String>,
        client_id: impl Into<String>,
        user_object_id: impl Into<String>,
    ) -> ExchangeTeamsUserToken {
        let body = convert::exchange(token.into(), client_id.into(), user_object_id.into());
        ExchangeTeamsUserToken::new(self.pipeline.call(), body)
    }
}

/// Makes a [`CommunicationIdentityClient`].
///
/// ```
/// use std::time::Duration;
/// use chat::CommunicationIdentityClient;
///
/// let connection_string = "endpoint=https://contoso.communication.azure.com/;accesskey=c2VjcmV0";
/// let identity = CommunicationIdentityClient::builder(connection_string)
///     .timeout(Duration::from_secs(30))
///     .build()?;
/// assert_eq!(identity.endpoint(), "https://contoso.communication.azure.com");
/// # Ok::<(), chat::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct CommunicationIdentityClientBuilder {
    resource: Result<(String, Authorization), Error>,
    transport: TransportChoice,
}

impl CommunicationIdentityClientBuilder {
    transport_setters!();

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    /// As [`CommunicationIdentityClient::from_connection_string`] and
    /// [`CommunicationIdentityClient::new`], and when the HTTP client can't be made.
    pub fn build(self) -> Result<CommunicationIdentityClient, Error> {
        let (endpoint, authorization) = self.resource?;
        let transport = self.transport.build()?;
        Ok(CommunicationIdentityClient {
            pipeline: Pipeline::new(&endpoint, transport, authorization)?,
        })
    }
}
