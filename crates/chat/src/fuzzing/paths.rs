//! Where requests go: endpoints, and the ids in paths.

use std::sync::{Arc, Mutex, OnceLock};

use chat_rest::chat::{Client, ClientInfo};
use chat_rest::{InterceptError, Interceptor, Operation, check_id};
use futures_util::FutureExt;
use percent_encoding::percent_decode_str;
use reqwest::{Request, Response};
use url::Url;

use super::ENDPOINT;

/// The ids of a thread and of a message, one a line: those that pass are in the path what they are,
/// and no others leave.
pub fn path_ids(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let (thread, message) = text.split_once('\n').unwrap_or((text, "1"));
    let passes = check_id(thread).is_ok() && check_id(message).is_ok();
    let Some(url) = passes.then(|| request_for(thread, message)).flatten() else {
        return;
    };
    assert!(url.as_str().starts_with(&format!("{ENDPOINT}/")), "{url}");
    let path: Vec<_> = url
        .path_segments()
        .into_iter()
        .flatten()
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy())
        .collect();
    assert_eq!(path, ["chat", "threads", thread, "messages", message]);
    let version = Client::api_version();
    assert_eq!(url.query(), Some(format!("api-version={version}").as_str()));
    assert_eq!(url.fragment(), None);
}

/// The URL of the request for a message; nothing is sent.
fn request_for(thread: &str, message: &str) -> Option<Url> {
    static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
    let http = HTTP.get_or_init(reqwest::Client::new);
    let seen = Arc::<Seen>::default();
    let endpoint = Url::parse(ENDPOINT).expect("it is a URL");
    let client = Client::new_with_client(endpoint, http.clone(), Arc::clone(&seen) as _);
    let outcome = client.get_chat_message(thread, message).now_or_never();
    assert!(outcome.is_some_and(|outcome| outcome.is_err()));
    seen.0.lock().unwrap().take()
}

/// Takes the URL of a request, and stops it.
#[derive(Debug, Default)]
struct Seen(Mutex<Option<Url>>);

impl Interceptor for Seen {
    fn request(&self, _: &'static Operation, request: &mut Request) -> Result<(), InterceptError> {
        *self.0.lock().unwrap() = Some(request.url().clone());
        Err(InterceptError::new("seen"))
    }

    fn response(&self, _: &'static Operation, _: &Response) {}
}

/// An endpoint to which paths can be appended, and which may see credentials.
#[cfg(feature = "identity")]
pub(super) fn is_endpoint(endpoint: &str) {
    let url = Url::parse(endpoint).expect("an endpoint is a URL");
    let is_this_machine = url.scheme() == "http"
        && url.host_str().is_some_and(|host| {
            host.ends_with("localhost") || host.starts_with("127.") || host.starts_with('[')
        });
    assert!(url.scheme() == "https" || is_this_machine, "{endpoint}");
    assert!(!endpoint.ends_with('/'), "{endpoint}");
    let appended = Url::parse(&format!("{endpoint}/chat/threads")).expect("so is one with a path");
    assert_eq!(appended.origin(), url.origin());
    assert!(appended.path().ends_with("/chat/threads"), "{endpoint}");
}
