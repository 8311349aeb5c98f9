//! How a client shows that it may do what it asks for.

#[cfg(feature = "identity")]
use std::sync::Arc;

use chat_rest::DateTime;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use reqwest::Request;

use crate::clock::Clock;
#[cfg(feature = "identity")]
use crate::credential::AccessKey;
use crate::credential::CommunicationTokenCredential;
use crate::error::Error;
use crate::response::ResponseHead;

/// What the requests of a client are authorized by.
#[derive(Clone, Debug)]
pub(crate) enum Authorization {
    /// A bearer token: of a user, or of Microsoft Entra ID.
    Token(CommunicationTokenCredential),
    /// A signature with the access key of the resource.
    #[cfg(feature = "identity")]
    AccessKey(Arc<AccessKey>),
}

/// What one request is authorized with.
#[derive(Clone)]
pub(super) enum Proof {
    Token(HeaderValue),
    #[cfg(feature = "identity")]
    AccessKey(Arc<AccessKey>),
}

impl Authorization {
    /// What the next request is to be authorized with, if it is at hand. Asked anew for each.
    pub(super) fn ready(&self) -> Option<Proof> {
        match self {
            Self::Token(credential) => {
                let token = credential.token_at_hand()?;
                Some(Proof::Token(token.header_value()))
            }
            #[cfg(feature = "identity")]
            Self::AccessKey(key) => Some(Proof::AccessKey(Arc::clone(key))),
        }
    }

    /// The same, where a token may have to be waited for.
    pub(super) async fn proof(&self) -> Result<Proof, Error> {
        match self {
            Self::Token(credential) => {
                let token = credential.token().await?;
                Ok(Proof::Token(token.header_value()))
            }
            #[cfg(feature = "identity")]
            Self::AccessKey(key) => Ok(Proof::AccessKey(Arc::clone(key))),
        }
    }

    /// The service has answered 401. Whether another request at once may fare better.
    #[cfg_attr(
        not(feature = "identity"),
        expect(unused_variables, reason = "keys alone need it")
    )]
    pub(super) fn refused(&self, proof: &Proof, head: &ResponseHead) -> bool {
        match (self, proof) {
            (Self::Token(credential), Proof::Token(header)) => credential.refused(header),
            // The signature holds the time: a clock that is off is set right.
            #[cfg(feature = "identity")]
            (Self::AccessKey(key), _) => head.date.is_some_and(|date| key.set_clock(date)),
            #[cfg(feature = "identity")]
            _ => false,
        }
    }

    /// The credential, if it is one of a token.
    #[cfg(feature = "realtime")]
    pub(super) fn credential(&self) -> Option<&CommunicationTokenCredential> {
        match self {
            Self::Token(credential) => Some(credential),
            #[cfg(feature = "identity")]
            Self::AccessKey(_) => None,
        }
    }

    /// When the token expired, if it is one that stays and has.
    pub(super) fn expired(&self, clock: &dyn Clock) -> Option<DateTime> {
        match self {
            Self::Token(credential) => credential.expired(clock).map(DateTime::from),
            #[cfg(feature = "identity")]
            Self::AccessKey(_) => None,
        }
    }

    /// The raw id of the user on whose behalf requests are made, if that can be told.
    pub(super) fn user(&self) -> Option<String> {
        match self {
            Self::Token(credential) => credential.user(),
            #[cfg(feature = "identity")]
            Self::AccessKey(_) => None,
        }
    }
}

impl Proof {
    /// Adds the headers to a request that is otherwise complete.
    pub(super) fn apply(&self, request: &mut Request) -> Result<(), &'static str> {
        match self {
            Self::Token(value) => {
                request.headers_mut().insert(AUTHORIZATION, value.clone());
                Ok(())
            }
            #[cfg(feature = "identity")]
            Self::AccessKey(key) => key.sign(request),
        }
    }
}
