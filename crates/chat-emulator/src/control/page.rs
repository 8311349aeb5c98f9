//! The page for people at the root of the control port: what is said in which thread, live, and a box to
//! say something as anybody. It is a reader of `/threads` like any other.

use std::future::{Ready, ready};

use axum::Router;
use axum::routing::get;
use http::HeaderName;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};

/// Nothing but what this server serves, and no script or style in the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The files of the page.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let html = file("text/html; charset=utf-8", include_str!("page/index.html"));
    let script = file(
        "text/javascript; charset=utf-8",
        include_str!("page/page.js"),
    );
    let style = file("text/css; charset=utf-8", include_str!("page/page.css"));
    Router::new()
        .route("/", get(html))
        .route("/page.js", get(script))
        .route("/page.css", get(style))
}

type Headers = [(HeaderName, &'static str); 5];

/// A handler that answers with a file.
fn file(
    content_type: &'static str,
    text: &'static str,
) -> impl Fn() -> Ready<(Headers, &'static str)> + Clone {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    move || ready((headers.clone(), text))
}
