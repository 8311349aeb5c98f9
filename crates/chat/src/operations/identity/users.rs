//! Creating and deleting users.

use std::time::Duration;

use chat_rest::identity::{Client, operations};

use super::tokens::lifetime;
use crate::convert::identity as convert;
use crate::credential::AccessToken;
use crate::error::Error;
use crate::identity::TokenScope;
use crate::models::{CommunicationUserIdentifier, check_segment};
use crate::operations::operation_builder;
use crate::transport::{Call, Request};

/// Creates a user; see
/// [`CommunicationIdentityClient::create_user`](crate::CommunicationIdentityClient::create_user).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct CreateUser {
    call: Call,
}

impl CreateUser {
    pub(crate) fn new(call: Call) -> Self {
        Self { call }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See
    /// [`CommunicationIdentityClient::create_user`](crate::CommunicationIdentityClient::create_user).
    pub async fn send(self) -> Result<CommunicationUserIdentifier, Error> {
        let body = convert::create(&[], None);
        let (user, ()) = create(self.call, body, |_| Ok(())).await?;
        Ok(user)
    }
}

operation_builder!(CreateUser, CommunicationUserIdentifier);

/// Creates a user and a token; see
/// [`CommunicationIdentityClient::create_user_and_token`](crate::CommunicationIdentityClient::create_user_and_token).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct CreateUserAndToken {
    call: Call,
    scopes: Vec<TokenScope>,
    expires_in: Option<Duration>,
}

impl CreateUserAndToken {
    pub(crate) fn new(call: Call, scopes: Vec<TokenScope>) -> Self {
        Self {
            call,
            scopes,
            expires_in: None,
        }
    }

    /// Sets the lifetime of the token: whole minutes, 60 to 1440; a day unless it is set.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime);
        self
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See
    /// [`CommunicationIdentityClient::create_user_and_token`](crate::CommunicationIdentityClient::create_user_and_token).
    pub async fn send(self) -> Result<(CommunicationUserIdentifier, AccessToken), Error> {
        let minutes = lifetime(&self.scopes, self.expires_in)?;
        let body = convert::create(&self.scopes, minutes);
        let read = |token: Option<_>| match token {
            Some(Ok(token)) => Ok(token),
            Some(Err(_)) => Err("its token can't be sent"),
            None => Err("it holds no token"),
        };
        create(self.call, body, read).await
    }
}

operation_builder!(
    CreateUserAndToken,
    (CommunicationUserIdentifier, AccessToken)
);

/// The user, and what `read` makes of the token. A user that was created is never lost.
async fn create<T>(
    call: Call,
    body: convert::CreateBody,
    read: impl FnOnce(Option<Result<AccessToken, Error>>) -> Result<T, &'static str>,
) -> Result<(CommunicationUserIdentifier, T), Error> {
    let create: Request<Client, _, _> = |client, body| Box::pin(client.create_identity(body));
    let answer = call
        .run(&operations::CREATE_IDENTITY, &body, create)
        .await?;
    let mut created = None;
    let outcome = answer.and_then(|wire| {
        let (user, token) = convert::created(wire);
        let user = created.insert(user.ok_or("it names no user")?);
        Ok((user.clone(), read(token)?))
    });
    outcome.map_err(|error| match created {
        Some(user) => error.with_created_user(user),
        None => error,
    })
}

/// Deletes a user; see
/// [`CommunicationIdentityClient::delete_user`](crate::CommunicationIdentityClient::delete_user).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct DeleteUser {
    call: Call,
    user: CommunicationUserIdentifier,
}

impl DeleteUser {
    pub(crate) fn new(call: Call, user: CommunicationUserIdentifier) -> Self {
        Self { call, user }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See
    /// [`CommunicationIdentityClient::delete_user`](crate::CommunicationIdentityClient::delete_user).
    pub async fn send(self) -> Result<(), Error> {
        check_segment(self.user.id(), "user id")?;
        let delete: Request<Client, CommunicationUserIdentifier, _> =
            |client, user| Box::pin(client.delete_identity(user.id()));
        let operation = &operations::DELETE_IDENTITY;
        self.call
            .run_until_gone(operation, &self.user, delete, Error::is_not_found)
            .await
    }
}

operation_builder!(DeleteUser, ());
