//! Creating and deleting users.

use std::time::Duration;

use chat_rest::identity::Client;

use super::Lifetime;
use crate::convert::identity as convert;
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind, Recovery};
use crate::models::{CommunicationUserIdentifier, TokenScope};
use crate::operations::{operation, operation_builder};
use crate::response::Response;
use crate::transport::{self, Call, OperationRequest, RestResult};

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
}

impl OperationRequest for CreateUser {
    operation!(CREATE_IDENTITY of identity, convert::Created => CommunicationUserIdentifier, []);

    async fn request(&self, client: &Client) -> RestResult<Self::Wire> {
        client.create_identity(&convert::create(&[], None)).await
    }

    fn output(&mut self, wire: Self::Wire) -> Result<CommunicationUserIdentifier, Error> {
        Ok(created(wire)?.0)
    }
}

operation_builder!(CreateUser, CommunicationUserIdentifier);

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

/// Creates a user and a token; see
/// [`CommunicationIdentityClient::create_user_and_token`](crate::CommunicationIdentityClient::create_user_and_token).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct CreateUserAndToken {
    call: Call,
    scopes: Vec<TokenScope>,
    lifetime: Lifetime,
}

impl CreateUserAndToken {
    pub(crate) fn new(call: Call, scopes: Vec<TokenScope>) -> Self {
        Self {
            call,
            scopes,
            lifetime: Lifetime::default(),
        }
    }

    /// Sets the lifetime of the token: whole minutes, 60 to 1440; a day unless it is set.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Lifetime::new(lifetime);
        self
    }

    async fn carry_out(
        self,
    ) -> Result<Response<(CommunicationUserIdentifier, AccessToken)>, Error> {
        self.lifetime.check(&self.scopes)?;
        let deadline = self.call.deadline();
        transport::send(self, deadline).await
    }
}

impl OperationRequest for CreateUserAndToken {
    operation!(CREATE_IDENTITY of identity, convert::Created => (CommunicationUserIdentifier, AccessToken), []);

    async fn request(&self, client: &Client) -> RestResult<Self::Wire> {
        let body = convert::create(&self.scopes, self.lifetime.minutes());
        client.create_identity(&body).await
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

operation_builder!(
    CreateUserAndToken,
    (CommunicationUserIdentifier, AccessToken),
    carry_out,
    call
);

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
}

impl OperationRequest for DeleteUser {
    operation!(DELETE_IDENTITY of identity, [User(user)]);

    async fn request(&self, client: &Client) -> RestResult<()> {
        client.delete_identity(self.user.id()).await
    }

    fn done_by_earlier_attempt(&self, error: &Error, _user: Option<&str>) -> Option<()> {
        error.is_not_found().then_some(())
    }
}

operation_builder!(DeleteUser, ());
