//! How a client shows that it may do what it asks for.

use std::fmt;
#[cfg(feature = "identity")]
use std::sync::Arc;

use futures_core::future::BoxFuture;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use reqwest::Request;

use crate::error::Error;

/// What a client's requests are authorized by.
pub(crate) trait Authorize: fmt::Debug + Send + Sync {
    /// What the next request is to be authorized with. Asked anew for each.
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, Error>>;

    /// The service has refused this. Whether asking again may give something else.
    fn refused(&self, authorization: &Authorization) -> bool;

    /// The raw id of the user on whose behalf requests are made, if that can be told.
    fn caller(&self) -> Option<String>;
}

/// What one request is authorized with.
#[derive(Clone)]
pub(crate) enum Authorization {
    /// This header, whatever the request.
    Header(HeaderValue),
    /// Headers that depend on the request as it is sent.
    #[cfg(feature = "identity")]
    Signature(Arc<dyn Sign>),
}

impl Authorization {
    /// Adds the headers to a request that is otherwise complete.
    pub(super) fn apply(&self, request: &mut Request) -> Result<(), &'static str> {
        match self {
            Self::Header(value) => {
                request.headers_mut().insert(AUTHORIZATION, value.clone());
                Ok(())
            }
            #[cfg(feature = "identity")]
            Self::Signature(signer) => signer.sign(request),
        }
    }
}

/// Adds the headers of a signature to a request that is otherwise complete.
#[cfg(feature = "identity")]
pub(crate) trait Sign: Send + Sync {
    fn sign(&self, request: &mut Request) -> Result<(), &'static str>;
}
