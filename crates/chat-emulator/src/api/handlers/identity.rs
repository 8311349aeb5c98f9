//! Handlers of identities and their tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde::Deserialize;

use crate::store::Grant;
use crate::store::identifier::{IdentifierKind, RawId};
use crate::store::timestamp::Timestamp;
use crate::wire::error::ApiError;
use crate::wire::identity::{
    AccessToken, AccessTokenRequest, AccessTokenResult, CreateRequest, Identity,
    TeamsUserExchangeTokenRequest,
};
use crate::wire::version::IdentityVersion;

use super::{Answer, Context};

pub(super) fn create(context: &Context<'_>, version: IdentityVersion) -> Result<Answer, ApiError> {
    let request = context.optional_json::<CreateRequest>();
    let (id, grant) = context.as_owner(|store| {
        let (scopes, minutes) = request?.unwrap_or_default().token(version)?;
        Ok(store.create_user(scopes, minutes)?)
    })?;
    let result = AccessTokenResult {
        identity: Identity { id: id.as_str() },
        access_token: grant.map(|grant| access_token(context, &grant)),
    };
    Answer::json(StatusCode::CREATED, &result)
}

pub(super) fn issue(context: &Context<'_>, version: IdentityVersion) -> Result<Answer, ApiError> {
    let request = context.json::<AccessTokenRequest>();
    let grant = context.as_owner(|store| {
        let id = context.user_id()?;
        let (scopes, minutes) = request?.token(version)?;
        Ok(store.issue_token(&id, scopes, minutes)?)
    })?;
    Answer::json(StatusCode::OK, &access_token(context, &grant))
}

pub(super) fn revoke(context: &Context<'_>) -> Result<Answer, ApiError> {
    context.as_owner(|store| Ok(store.revoke_tokens(&context.user_id()?)?))?;
    Answer::empty(StatusCode::NO_CONTENT)
}

pub(super) fn delete(context: &Context<'_>) -> Result<Answer, ApiError> {
    context.as_owner(|store| Ok(store.delete_user(&context.user_id()?)?))?;
    Answer::empty(StatusCode::NO_CONTENT)
}

/// The claims of a Microsoft Entra token that are compared with the request. Nobody here can check its
/// signature.
#[derive(Deserialize)]
struct EntraClaims {
    exp: i64,
    appid: Option<String>,
    oid: Option<String>,
}

pub(super) fn exchange(
    context: &Context<'_>,
    version: IdentityVersion,
) -> Result<Answer, ApiError> {
    let user = context.json().and_then(|request| teams_user(&request));
    let grant = context.as_owner(|store| {
        if !version.has_teams_exchange() {
            let message =
                "The emulator exchanges tokens of Teams users from api-version 2022-06-01 on.";
            return Err(ApiError::bad_request(message));
        }
        let (user, expires) = user?;
        if expires <= store.now() {
            return Err(ApiError::no_exchange("The token has expired."));
        }
        Ok(store.issue_teams_token(user, expires))
    })?;
    Answer::json(StatusCode::OK, &access_token(context, &grant))
}

/// Whose token it is, and when it expires.
fn teams_user(request: &TeamsUserExchangeTokenRequest) -> Result<(RawId, Timestamp), ApiError> {
    let claims = entra_claims(&request.token)
        .ok_or_else(|| ApiError::no_exchange("The token is not a JWT that expires."))?;
    let user = RawId::parse(&format!("8:orgid:{}", request.user_id)).ok();
    let user = user.filter(|user| user.kind() == Some(IdentifierKind::MicrosoftTeamsUser));
    let user = user.ok_or_else(|| ApiError::bad_request("The value of userId is not a GUID."))?;
    if uuid::Uuid::try_parse(&request.app_id).is_err() {
        return Err(ApiError::bad_request("The value of appId is not a GUID."));
    }
    for (claim, given) in [
        (&claims.appid, &request.app_id),
        (&claims.oid, &request.user_id),
    ] {
        if claim
            .as_ref()
            .is_some_and(|claim| !claim.eq_ignore_ascii_case(given))
        {
            let message = "The token is of another application or user.";
            return Err(ApiError::bad_request(message));
        }
    }
    let expires = Timestamp::from_millis(claims.exp.saturating_mul(1000));
    Ok((user, expires))
}

fn entra_claims(token: &str) -> Option<EntraClaims> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()
}

fn access_token(context: &Context<'_>, grant: &Grant) -> AccessToken {
    let expires: Timestamp = grant.expires;
    AccessToken {
        token: context.service.token_key().sign(grant),
        expires_on: expires.with_ticks(),
    }
}
