//! The identity service's bodies.

use chat_rest::identity::types;

use crate::credential::AccessToken;
use crate::error::Error;
use crate::models::{CommunicationUserIdentifier, TokenScope};

pub(crate) type Created = types::CommunicationIdentityAccessTokenResult;
pub(crate) type Token = types::CommunicationIdentityAccessToken;
pub(crate) type ExchangeBody = types::TeamsUserExchangeTokenRequest;

pub(crate) fn create(
    scopes: &[TokenScope],
    expires_in_minutes: Option<i32>,
) -> types::CommunicationIdentityCreateRequest {
    types::CommunicationIdentityCreateRequest {
        create_token_with_scopes: (!scopes.is_empty()).then(|| scopes.to_vec()),
        expires_in_minutes,
    }
}

pub(crate) fn issue(
    scopes: &[TokenScope],
    expires_in_minutes: Option<i32>,
) -> types::CommunicationIdentityAccessTokenRequest {
    types::CommunicationIdentityAccessTokenRequest {
        scopes: scopes.to_vec(),
        expires_in_minutes,
    }
}

pub(crate) fn exchange(token: String, client_id: String, user_object_id: String) -> ExchangeBody {
    types::TeamsUserExchangeTokenRequest {
        token: token.into(),
        app_id: client_id,
        user_id: user_object_id,
    }
}

/// The user and the token, as far as they are there.
pub(crate) fn created(
    wire: Created,
) -> (
    Option<CommunicationUserIdentifier>,
    Option<Result<AccessToken, Error>>,
) {
    let user = wire
        .identity
        .map(|identity| CommunicationUserIdentifier::new(identity.id));
    (user, wire.access_token.map(token))
}

pub(crate) fn token(wire: Token) -> Result<AccessToken, Error> {
    AccessToken::new(wire.token.expose(), wire.expires_on.into())
}
