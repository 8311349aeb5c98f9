//! An interceptor that keeps what it saw, for the tests.

use std::sync::{Arc, Mutex};

use httpmock::HttpMockRequest;
use progenitor_client::ClientInfo as _;
use reqwest::{Request, Response, Url, header::HeaderValue};

use crate::{InterceptError, Interceptor, Operation, chat, identity};

/// Adds a header to each request, or refuses it, and keeps the ids and statuses it was shown.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    pub(crate) refuse: bool,
    pub(crate) prepared: Mutex<Vec<&'static str>>,
    pub(crate) received: Mutex<Vec<(&'static str, u16)>>,
}

impl Recorder {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn refusing() -> Arc<Self> {
        Arc::new(Self {
            refuse: true,
            ..Self::default()
        })
    }

    pub(crate) fn chat(self: &Arc<Self>, endpoint: &str) -> chat::Client {
        chat::Client::new_with_client(url(endpoint), reqwest::Client::new(), self.clone())
    }

    pub(crate) fn identity(self: &Arc<Self>, endpoint: &str) -> identity::Client {
        identity::Client::new_with_client(url(endpoint), reqwest::Client::new(), self.clone())
    }
}

fn url(endpoint: &str) -> Url {
    Url::parse(endpoint).unwrap()
}

impl Interceptor for Recorder {
    fn request(
        &self,
        operation: &'static Operation,
        request: &mut Request,
    ) -> Result<(), InterceptError> {
        if self.refuse {
            return Err(InterceptError::new("no credential"));
        }
        self.prepared.lock().unwrap().push(operation.id);
        let headers = request.headers_mut();
        headers.insert("authorization", HeaderValue::from_static("Bearer abc"));
        Ok(())
    }

    fn response(&self, operation: &'static Operation, response: &Response) {
        let seen = (operation.id, response.status().as_u16());
        self.received.lock().unwrap().push(seen);
    }
}

/// Whether the target of a request is exactly that one, in which `CHAT` and `IDENTITY` stand for the
/// versions that are spoken.
pub(crate) fn target(wanted: &str) -> impl Fn(&HttpMockRequest) -> bool + use<> {
    let wanted = wanted.replace("CHAT", chat::Client::api_version());
    let wanted = wanted.replace("IDENTITY", identity::Client::api_version());
    move |request| {
        let uri = request.uri();
        uri.path_and_query()
            .is_some_and(|target| target.as_str() == wanted)
    }
}
