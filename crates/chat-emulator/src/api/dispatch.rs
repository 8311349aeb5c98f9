//! One way through which every request goes: from its route to its handler, and back with its answer.

use bytes::Bytes;
use http::Response;

use crate::wire::error::ApiError;
use crate::wire::version::{ChatVersion, IdentityVersion};

use super::handlers::{self, Answer, Context};
use super::headers;
use super::operation::Operation;
use super::request::Request;
use super::service::Service;

pub(crate) use super::handlers::knows_caller;

/// Answers a request.
pub(crate) fn answer(service: &Service, request: &Request) -> Response<Bytes> {
    let mut response = match carry_out(service, request) {
        Ok(answer) => answer.into_response(),
        Err(error) => error.into_response(request.envelope()),
    };
    headers::add(&request.head.headers, request.api(), response.headers_mut());
    response
}

fn carry_out(service: &Service, request: &Request) -> Result<Answer, ApiError> {
    let body = request.body.as_ref().map_err(Clone::clone)?;
    let route = request
        .route
        .as_ref()
        .map_err(|no| ApiError::from(no.clone()))?;
    let query = request.query.as_ref().map_err(Clone::clone)?;
    let version = query
        .get("api-version")
        .ok_or_else(ApiError::api_version_unspecified)?;
    let context = Context {
        service,
        request,
        route,
        query,
        body,
        base: request.base()?,
    };
    let unsupported = || {
        let url = format!("{}{}", context.base, request.head.uri.path());
        ApiError::unsupported_api_version(version, &url)
    };
    match route.operation {
        Operation::Chat(operation) => match ChatVersion::parse(version) {
            Some(version) => handlers::chat(&context, operation, version),
            None => Err(unsupported()),
        },
        Operation::Identity(operation) => match IdentityVersion::parse(version) {
            Some(version) => handlers::identity(&context, operation, version),
            None => Err(unsupported()),
        },
        // They have an answer of their own, in `realtime`.
        Operation::Notification(_) => Err(ApiError::no_operation()),
    }
}
