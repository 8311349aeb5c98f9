//! The page for people at the root of the control port. It uses the control API as any program may.

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

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Path, media type and text of each file of the page.
const FILES: [(&str, &str, &str); 15] = [
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("page/index.html"),
    ),
    (
        "/page.css",
        "text/css; charset=utf-8",
        include_str!("page/page.css"),
    ),
    ("/main.js", SCRIPT, include_str!("page/main.js")),
    ("/api.js", SCRIPT, include_str!("page/api.js")),
    ("/dom.js", SCRIPT, include_str!("page/dom.js")),
    ("/start.js", SCRIPT, include_str!("page/start.js")),
    ("/snippets.js", SCRIPT, include_str!("page/snippets.js")),
    (
        "/conversations.js",
        SCRIPT,
        include_str!("page/conversations.js"),
    ),
    ("/message.js", SCRIPT, include_str!("page/message.js")),
    ("/requests.js", SCRIPT, include_str!("page/requests.js")),
    ("/faults.js", SCRIPT, include_str!("page/faults.js")),
    ("/events.js", SCRIPT, include_str!("page/events.js")),
    (
        "/notifications.js",
        SCRIPT,
        include_str!("page/notifications.js"),
    ),
    ("/event-grid.js", SCRIPT, include_str!("page/event-grid.js")),
    ("/state.js", SCRIPT, include_str!("page/state.js")),
];

/// The files of the page.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    FILES
        .into_iter()
        .fold(Router::new(), |router, (path, content_type, text)| {
            router.route(path, get(file(content_type, text)))
        })
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
