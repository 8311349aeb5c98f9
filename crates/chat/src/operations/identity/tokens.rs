//! Issuing, revoking and exchanging tokens.

use std::time::Duration;

use super::Lifetime;
use crate::convert::identity as convert;
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind};
use crate::models::{CommunicationUserIdentifier, TokenScope};
use crate::operations::{done_if_not_found, operation, operation_builder};
use crate::transport::OperationRequest;

operation_builder! {
    /// Issues a token; see
    /// [`CommunicationIdentityClient::issue_token`](crate::CommunicationIdentityClient::issue_token).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { identity, alice, .. }: Scene) -> Done {
    /// use std::time::Duration;
    /// use chat::models::TokenScope;
    /// use time::OffsetDateTime;
    ///
    /// let two_hours = Duration::from_secs(2 * 60 * 60);
    /// let token = identity.issue_token(&alice, [TokenScope::Chat]).expires_in(two_hours).await?;
    /// assert!(token.expires_on() > OffsetDateTime::now_utc() + Duration::from_secs(60 * 60));
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
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
    operation! {
        ISSUE_ACCESS_TOKEN of identity, [User(user)],
        |self, client| {
            let body = convert::issue(&self.scopes, self.lifetime.minutes());
            client.issue_access_token(self.user.id(), &body).await
        },
        |wire: convert::Token| -> AccessToken { token(wire) }
    }

    fn check(&self) -> Result<(), Error> {
        self.lifetime.check(&self.scopes)
    }
}

fn token(wire: convert::Token) -> Result<AccessToken, Error> {
    convert::token(wire)
        .map_err(|_| Error::new(ErrorKind::InvalidResponse).with_context("its token can't be sent"))
}

operation_builder! {
    /// Makes all tokens of a user invalid; see
    /// [`CommunicationIdentityClient::revoke_tokens`](crate::CommunicationIdentityClient::revoke_tokens).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { identity, alice, client, .. }: Scene) -> Done {
    /// identity.revoke_tokens(&alice).await?;
    ///
    /// let error = client.create_chat_thread("Lunch").await.unwrap_err();
    /// assert!(error.is_unauthorized());
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct RevokeTokens -> () {
        user: CommunicationUserIdentifier,
    }
}

impl OperationRequest for RevokeTokens {
    operation! {
        REVOKE_ACCESS_TOKENS of identity, [User(user)],
        |self, client| client.revoke_access_tokens(self.user.id()).await
    }

    done_if_not_found!();
}

operation_builder! {
    /// Exchanges the token of a Teams user; see
    /// [`CommunicationIdentityClient::exchange_teams_user_token`](crate::CommunicationIdentityClient::exchange_teams_user_token).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
    /// # async fn example(Scene { identity, .. }: Scene) -> Done {
    /// # use base64::Engine as _;
    /// # let (client_id, user_id) = ("11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000");
    /// # let claims = format!(r#"{{"appid":"{client_id}","oid":"{user_id}","exp":1999999999}}"#);
    /// # let entra_token = format!("e30.{}.c2ln", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims));
    /// let token = identity.exchange_teams_user_token(entra_token, client_id, user_id).await?;
    /// assert!(!token.secret().is_empty());
    /// # Ok(()) }
    /// # fn main() -> Done { run(example) }
    /// ```
    pub struct ExchangeTeamsUserToken -> AccessToken {
        body: convert::ExchangeBody,
    }
}

impl OperationRequest for ExchangeTeamsUserToken {
    operation! {
        EXCHANGE_TEAMS_USER_ACCESS_TOKEN of identity, [],
        |self, client| client.exchange_teams_user_access_token(&self.body).await,
        |wire: convert::Token| -> AccessToken { token(wire) }
    }
}
