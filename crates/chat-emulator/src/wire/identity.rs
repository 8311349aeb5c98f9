//! Identities and access tokens.

use serde::{Deserialize, Serialize};

use crate::store::Scope;
use crate::store::limits::DEFAULT_TOKEN_MINUTES;
use crate::wire::error::ApiError;
use crate::wire::version::IdentityVersion;

use super::required;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessTokenResult<'a> {
    pub(crate) identity: Identity<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access_token: Option<AccessToken>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Identity<'a> {
    pub(crate) id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessToken {
    pub(crate) token: String,
    pub(crate) expires_on: String,
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessToken")
            .field("expires_on", &self.expires_on)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateRequest {
    create_token_with_scopes: Option<Vec<String>>,
    expires_in_minutes: Option<u32>,
}

impl CreateRequest {
    /// The scopes and minutes of the token; no scopes ask for none.
    pub(crate) fn token(self, version: IdentityVersion) -> Result<(Vec<Scope>, u32), ApiError> {
        let minutes = minutes(self.expires_in_minutes, version);
        let names = self.create_token_with_scopes.unwrap_or_default();
        Ok((scopes(&names)?, minutes))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessTokenRequest {
    scopes: Option<Vec<String>>,
    expires_in_minutes: Option<u32>,
}

impl AccessTokenRequest {
    pub(crate) fn token(self, version: IdentityVersion) -> Result<(Vec<Scope>, u32), ApiError> {
        let minutes = minutes(self.expires_in_minutes, version);
        let names = required("scopes", self.scopes)?;
        if names.is_empty() {
            return Err(ApiError::invalid("scopes", "At least one scope is needed."));
        }
        Ok((scopes(&names)?, minutes))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TeamsUserExchangeTokenRequest {
    pub(crate) token: String,
    pub(crate) app_id: String,
    pub(crate) user_id: String,
}

fn minutes(given: Option<u32>, version: IdentityVersion) -> u32 {
    let given = given.filter(|_| version.has_token_lifetime());
    given.unwrap_or(DEFAULT_TOKEN_MINUTES)
}

fn scopes(names: &[String]) -> Result<Vec<Scope>, ApiError> {
    let mut scopes = Vec::with_capacity(names.len());
    for name in names {
        let scope = Scope::parse(name).ok_or_else(|| {
            ApiError::invalid("scopes", format!("The scope {name} is not known."))
        })?;
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}
