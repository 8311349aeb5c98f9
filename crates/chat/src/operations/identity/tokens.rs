//! Issuing, revoking and exchanging tokens.

use std::time::Duration;

use chat_rest::identity::Client;

use super::Lifetime;
use crate::convert::identity as convert;
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind};
use crate::models::{CommunicationUserIdentifier, TokenScope};
use crate::operations::{operation, operation_builder};
use crate::transport::{OperationRequest, RestResult};

operation_builder! {
    /// Issues a token; see
    /// [`CommunicationIdentityClient::issue_token`](crate::CommunicationIdentityClient::issue_token).
    pub struct IssueToken -> AccessToken {
        user: CommunicationUserIdentifier,
        scopes: Vec<TokenScope>,
        [lifetime: Lifetime]
    }
}

impl IssueToken {
    /// Sets the lifetime of the token: whole minutes, 60 to 1440; a day unless it is set.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Lifetime::new(lifetime);
        self
    }
}

impl OperationRequest for IssueToken {
    operation!(ISSUE_ACCESS_TOKEN of identity, convert::Token => AccessToken, [User(user)]);

    fn check(&self) -> Result<(), Error> {
        self.lifetime.check(&self.scopes)
    }

    async fn request(&self, client: &Client) -> RestResult<Self::Wire> {
        let body = convert::issue(&self.scopes, self.lifetime.minutes());
        client.issue_access_token(self.user.id(), &body).await
    }

    fn output(&mut self, wire: Self::Wire) -> Result<AccessToken, Error> {
        token(wire)
    }
}

fn token(wire: convert::Token) -> Result<AccessToken, Error> {
    convert::token(wire)
        .map_err(|_| Error::new(ErrorKind::InvalidResponse).with_context("its token can't be sent"))
}

operation_builder! {
    /// Makes all tokens of a user invalid; see
    /// [`CommunicationIdentityClient::revoke_tokens`](crate::CommunicationIdentityClient::revoke_tokens).
    pub struct RevokeTokens -> () {
        user: CommunicationUserIdentifier,
    }
}

impl OperationRequest for RevokeTokens {
    operation!(REVOKE_ACCESS_TOKENS of identity, [User(user)]);

    async fn request(&self, client: &Client) -> RestResult<()> {
        client.revoke_access_tokens(self.user.id()).await
    }

    fn done_by_earlier_attempt(&self, error: &Error, _user: Option<&str>) -> Option<()> {
        error.is_not_found().then_some(())
    }
}

operation_builder! {
    /// Exchanges the token of a Teams user; see
    /// [`CommunicationIdentityClient::exchange_teams_user_token`](crate::CommunicationIdentityClient::exchange_teams_user_token).
    pub struct ExchangeTeamsUserToken -> AccessToken {
        body: convert::ExchangeBody,
    }
}

impl OperationRequest for ExchangeTeamsUserToken {
    operation!(EXCHANGE_TEAMS_USER_ACCESS_TOKEN of identity, convert::Token => AccessToken, []);

    async fn request(&self, client: &Client) -> RestResult<Self::Wire> {
        client.exchange_teams_user_access_token(&self.body).await
    }

    fn output(&mut self, wire: Self::Wire) -> Result<AccessToken, Error> {
        token(wire)
    }
}
