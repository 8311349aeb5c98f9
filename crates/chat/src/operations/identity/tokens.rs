//! Issuing, revoking and exchanging tokens.

use std::time::Duration;

use chat_rest::identity::{Client, operations};

use crate::convert::identity as convert;
use crate::credential::AccessToken;
use crate::error::Error;
use crate::identity::TokenScope;
use crate::models::{CommunicationUserIdentifier, check_segment};
use crate::operations::operation_builder;
use crate::transport::{Call, Request};

/// The lifetimes the service takes, in minutes.
const MINUTES: std::ops::RangeInclusive<i32> = 60..=1440;

/// The lifetime in minutes, for a token of these scopes.
pub(super) fn lifetime(
    scopes: &[TokenScope],
    expires_in: Option<Duration>,
) -> Result<Option<i32>, Error> {
    if scopes.is_empty() {
        return Err(Error::invalid_argument("a token needs a scope"));
    }
    let Some(expires_in) = expires_in else {
        return Ok(None);
    };
    let whole = expires_in.subsec_nanos() == 0 && expires_in.as_secs() % 60 == 0;
    i32::try_from(expires_in.as_secs() / 60)
        .ok()
        .filter(|minutes| whole && MINUTES.contains(minutes))
        .map(Some)
        .ok_or_else(|| {
            Error::invalid_argument("a token lasts a number of whole minutes from 60 to 1440")
        })
}

/// Issues a token; see
/// [`CommunicationIdentityClient::issue_token`](crate::CommunicationIdentityClient::issue_token).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct IssueToken {
    call: Call,
    user: CommunicationUserIdentifier,
    scopes: Vec<TokenScope>,
    expires_in: Option<Duration>,
}

impl IssueToken {
    pub(crate) fn new(
        call: Call,
        user: CommunicationUserIdentifier,
        scopes: Vec<TokenScope>,
    ) -> Self {
        Self {
            call,
            user,
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
    /// [`CommunicationIdentityClient::issue_token`](crate::CommunicationIdentityClient::issue_token).
    pub async fn send(self) -> Result<AccessToken, Error> {
        check_segment(self.user.id(), "user id")?;
        let minutes = lifetime(&self.scopes, self.expires_in)?;
        let body = convert::issue(&self.scopes, minutes);
        let issue: Request<Client, (CommunicationUserIdentifier, _), _> =
            |client, (user, body)| Box::pin(client.issue_access_token(user.id(), body));
        let operation = &operations::ISSUE_ACCESS_TOKEN;
        let answer = self.call.run(operation, &(self.user, body), issue).await?;
        answer.and_then(|wire| convert::token(wire).map_err(|_| "its token can't be sent"))
    }
}

operation_builder!(IssueToken, AccessToken);

/// Makes all tokens of a user invalid; see
/// [`CommunicationIdentityClient::revoke_tokens`](crate::CommunicationIdentityClient::revoke_tokens).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct RevokeTokens {
    call: Call,
    user: CommunicationUserIdentifier,
}

impl RevokeTokens {
    pub(crate) fn new(call: Call, user: CommunicationUserIdentifier) -> Self {
        Self { call, user }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See
    /// [`CommunicationIdentityClient::revoke_tokens`](crate::CommunicationIdentityClient::revoke_tokens).
    pub async fn send(self) -> Result<(), Error> {
        check_segment(self.user.id(), "user id")?;
        let revoke: Request<Client, CommunicationUserIdentifier, _> =
            |client, user| Box::pin(client.revoke_access_tokens(user.id()));
        let operation = &operations::REVOKE_ACCESS_TOKENS;
        self.call
            .run_until_gone(operation, &self.user, revoke, Error::is_not_found)
            .await
    }
}

operation_builder!(RevokeTokens, ());

/// Exchanges the token of a Teams user; see
/// [`CommunicationIdentityClient::exchange_teams_user_token`](crate::CommunicationIdentityClient::exchange_teams_user_token).
#[must_use = "nothing is sent before the builder is awaited"]
pub struct ExchangeTeamsUserToken {
    call: Call,
    body: convert::ExchangeBody,
}

impl ExchangeTeamsUserToken {
    pub(crate) fn new(
        call: Call,
        token: String,
        client_id: String,
        user_object_id: String,
    ) -> Self {
        Self {
            call,
            body: convert::exchange(token, client_id, user_object_id),
        }
    }

    /// Sends the request; `.await` on the builder does the same.
    ///
    /// # Errors
    /// See
    /// [`CommunicationIdentityClient::exchange_teams_user_token`](crate::CommunicationIdentityClient::exchange_teams_user_token).
    pub async fn send(self) -> Result<AccessToken, Error> {
        let exchange: Request<Client, _, _> =
            |client, body| Box::pin(client.exchange_teams_user_access_token(body));
        let operation = &operations::EXCHANGE_TEAMS_USER_ACCESS_TOKEN;
        let answer = self.call.run(operation, &self.body, exchange).await?;
        answer.and_then(|wire| convert::token(wire).map_err(|_| "its token can't be sent"))
    }
}

operation_builder!(ExchangeTeamsUserToken, AccessToken);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn lifetimes_are_whole_minutes_from_an_hour_to_a_day() {
        let scopes = [TokenScope::Chat];
        assert_eq!(lifetime(&scopes, None).unwrap(), None);
        assert_eq!(lifetime(&scopes, Some(60 * MINUTE)).unwrap(), Some(60));
        assert_eq!(lifetime(&scopes, Some(1440 * MINUTE)).unwrap(), Some(1440));
        for bad in [
            Duration::ZERO,
            59 * MINUTE,
            1441 * MINUTE,
            60 * MINUTE + Duration::from_secs(1),
            60 * MINUTE + Duration::from_nanos(1),
            Duration::MAX,
        ] {
            let error = lifetime(&scopes, Some(bad)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{bad:?}");
        }
    }

    #[test]
    fn a_token_without_a_scope_is_an_invalid_argument() {
        assert_eq!(
            lifetime(&[], None).unwrap_err().kind(),
            ErrorKind::InvalidArgument
        );
    }
}
