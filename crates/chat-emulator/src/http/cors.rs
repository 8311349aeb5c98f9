//! Which web pages may use the service.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use http::header::{DATE, LOCATION, ORIGIN, RETRY_AFTER};
use http::uri::Authority;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use tower::Service;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::wire::error::ApiError;
use crate::wire::version::Envelope;

use super::loopback::is_loopback;

/// How long a browser may remember what it was allowed.
const MAX_AGE: Duration = Duration::from_secs(600);

/// What the official packages for browsers read besides the body.
const EXPOSED: [HeaderName; 12] = [
    DATE,
    LOCATION,
    RETRY_AFTER,
    HeaderName::from_static("api-supported-versions"),
    HeaderName::from_static("ms-cv"),
    HeaderName::from_static("retry-after-ms"),
    HeaderName::from_static("x-ms-client-request-id"),
    HeaderName::from_static("x-ms-error-code"),
    HeaderName::from_static("x-ms-request-id"),
    HeaderName::from_static("x-ms-retry-after-ms"),
    HeaderName::from_static("x-ms-useragent"),
    HeaderName::from_static("x-trouter-skypetoken-deprecated"),
];

/// The origins whose pages may use the service, besides those of this machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowedOrigins {
    /// Whatever the origin is.
    pub(crate) any: bool,
    /// Such as `https://app.example`.
    pub(crate) named: Vec<HeaderValue>,
}

impl AllowedOrigins {
    fn allow(&self, origin: &HeaderValue) -> bool {
        self.any || self.named.contains(origin) || is_of_this_machine(origin)
    }
}

fn is_of_this_machine(origin: &HeaderValue) -> bool {
    let authority = || -> Option<Authority> {
        let (scheme, authority) = origin.to_str().ok()?.split_once("://")?;
        matches!(scheme, "http" | "https").then(|| authority.parse().ok())?
    };
    authority().is_some_and(|authority| is_loopback(&authority))
}

/// A service that answers pages of allowed origins so that their browser shows them the answer, and refuses
/// other pages: the access key of a loopback address may be known to everybody. What comes from no page is
/// answered as if there were no such thing.
#[derive(Clone, Debug)]
pub(crate) struct Cors {
    origins: Arc<AllowedOrigins>,
    service: Router,
    for_pages: Router,
    refusal: Router,
}

impl Cors {
    pub(crate) fn new(service: Router, origins: AllowedOrigins) -> Self {
        let layer = CorsLayer::new()
            .allow_origin(AllowOrigin::mirror_request())
            .allow_methods([
                Method::GET,
                Method::POST,
                Method::PATCH,
                Method::PUT,
                Method::DELETE,
            ])
            // There are no cookies that a header could abuse, and packages add headers with each version.
            .allow_headers(AllowHeaders::mirror_request())
            .allow_private_network(true)
            .expose_headers(EXPOSED)
            .max_age(MAX_AGE);
        Self {
            origins: Arc::new(origins),
            for_pages: service.clone().layer(layer),
            service,
            refusal: Router::new().fallback(refuse),
        }
    }
}

async fn refuse(uri: Uri) -> Response {
    let message = "Pages of this origin may not use the emulator; allow it with --cors-origin.";
    let error = ApiError::new(StatusCode::FORBIDDEN, "Forbidden", message);
    error
        .into_response(Envelope::of(uri.path(), None))
        .map(Body::from)
}

impl Service<Request<Body>> for Cors {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match request.headers().get(ORIGIN) {
            None => self.service.call(request),
            Some(origin) if self.origins.allow(origin) => self.for_pages.call(request),
            Some(_) => self.refusal.call(request),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_machine_and_of_named_origins_are_allowed() {
        let named = AllowedOrigins {
            named: vec![HeaderValue::from_static("https://app.example")],
            ..AllowedOrigins::default()
        };
        for (origin, expected) in [
            ("http://localhost:3000", true),
            ("https://127.0.0.1", true),
            ("https://app.example", true),
            ("http://app.example", false),
            ("https://app.example:8443", false),
            ("http://localhost.evil.example", false),
            ("file://localhost", false),
            ("null", false),
        ] {
            let origin = HeaderValue::from_static(origin);
            assert_eq!(named.allow(&origin), expected, "{origin:?}");
        }
    }

    #[test]
    fn every_page_is_allowed_where_that_was_asked_for() {
        let any = AllowedOrigins {
            any: true,
            ..AllowedOrigins::default()
        };
        assert!(any.allow(&HeaderValue::from_static("null")));
    }
}
