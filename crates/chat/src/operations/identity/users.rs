//! Creating and deleting users.

use std::time::Duration;

use super::Lifetime;
use crate::convert::identity as convert;
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind, Recovery};
use crate::models::{CommunicationUserIdentifier, TokenScope};
use crate::operations::{done_if_not_found, operation, operation_builder};
use crate::transport::OperationRequest;

operation_builder! {
    /// Creates a user; see
    /// [`CommunicationIdentityClient::create_user`](crate::CommunicationIdentityClient::create_user).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { identity, .. }: Scene) -> Done {
    /// let alice = identity.create_user().await?;
    /// assert!(alice.id().starts_with("8:acs:"));
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct CreateUser -> CommunicationUserIdentifier {}
}

impl OperationRequest for CreateUser {
    operation! {
        CREATE_IDENTITY of identity, [],
        |self, client| client.create_identity(&convert::create(&[], None)).await,
        |wire: convert::Created| -> CommunicationUserIdentifier { Ok(created(wire)?.0) }
    }
}

/// The user, and the token if there is one.
fn created(
    wire: convert::Created,
) -> Result<
    (
        CommunicationUserIdentifier,
        Option<Result<AccessToken, Error>>,
    ),
    Error,
> {
    let (user, token) = convert::created(wire);
    let user = user
        .ok_or_else(|| Error::new(ErrorKind::InvalidResponse).with_context("it names no user"))?;
    Ok((user, token))
}

operation_builder! {
    /// Creates a user and a token; see
    /// [`CommunicationIdentityClient::create_user_and_token`](crate::CommunicationIdentityClient::create_user_and_token).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { identity, .. }: Scene) -> Done {
    /// use std::time::Duration;
    /// use chat::CommunicationTokenCredential;
    /// use chat::models::TokenScope;
    ///
    /// let (alice, token) = identity
    ///     .create_user_and_token([TokenScope::Chat])
    ///     .expires_in(Duration::from_secs(60 * 60))
    ///     .await?;
    /// println!("{alice} may chat until {}", token.expires_on());
    /// let client = identity.chat_client(CommunicationTokenCredential::new(token)?);
    /// assert!(client.create_chat_thread("Lunch").await?.is_complete());
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct CreateUserAndToken -> (CommunicationUserIdentifier, AccessToken) {
        scopes: Vec<TokenScope>,
        [lifetime: Lifetime]
    }
}

impl CreateUserAndToken {
    /// Sets the lifetime of the token: whole minutes, 60 to 1440; a day unless it is set.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Lifetime::new(lifetime);
        self
    }
}

impl OperationRequest for CreateUserAndToken {
    operation! {
        CREATE_IDENTITY of identity, [],
        |self, client| {
            let body = convert::create(&self.scopes, self.lifetime.minutes());
            client.create_identity(&body).await
        },
        convert::Created => (CommunicationUserIdentifier, AccessToken)
    }

    fn check(&self) -> Result<(), Error> {
        self.lifetime.check(&self.scopes)
    }

    fn output(&mut self, wire: Self::Wire) -> Result<Self::Output, Error> {
        let (user, token) = created(wire)?;
        let lacks = match token {
            Some(Ok(token)) => return Ok((user, token)),
            Some(Err(_)) => "its token can't be sent",
            None => "it holds no token",
        };
        Err(Error::new(ErrorKind::InvalidResponse)
            .with_context(lacks)
            .with_recovery(Recovery::CreateUser(user)))
    }
}

operation_builder! {
    /// Deletes a user; see
    /// [`CommunicationIdentityClient::delete_user`](crate::CommunicationIdentityClient::delete_user).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { identity, bob, client, .. }: Scene) -> Done {
    /// identity.delete_user(&bob).await?;
    ///
    /// // Nobody can add the user any more.
    /// let created = client.create_chat_thread("Lunch").participant(bob).await?;
    /// assert_eq!(created.failed_participants().len(), 1);
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct DeleteUser -> () {
        user: CommunicationUserIdentifier,
    }
}

impl OperationRequest for DeleteUser {
    operation! {
        DELETE_IDENTITY of identity, [User(user)],
        |self, client| client.delete_identity(self.user.id()).await
    }

    done_if_not_found!();
}
