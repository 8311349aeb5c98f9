//! What arrived at the mocked service.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use httpmock::HttpMockRequest;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::form_urlencoded;
use uuid::Uuid;

use super::{ACCESS_KEY, TOKEN};
use crate::documents::version;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    /// The method.
    pub method: String,
    /// Path and query, as they were in the request line.
    pub target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl From<&HttpMockRequest> for ReceivedRequest {
    fn from(request: &HttpMockRequest) -> Self {
        let uri = request.uri();
        Self {
            method: request.method_str().to_owned(),
            target: uri
                .path_and_query()
                .map_or("", |target| target.as_str())
                .to_owned(),
            headers: request
                .headers_vec()
                .iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
                .collect(),
            body: request.body_vec(),
        }
    }
}

impl ReceivedRequest {
    /// The only value of a header; nothing if it was not sent.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert_eq!(values.next(), None, "`{name}` was sent twice");
        value
    }

    /// The path, as it was in the request line.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query, decoded and in the order of the names.
    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        pairs.sort();
        pairs
    }

    /// The body, as it arrived.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// Holds a request of the chat service to everything that is known of it: method, path, query
    /// (with `api-version`, once), body, and all headers that should and should not be there.
    #[track_caller]
    pub fn assert_chat(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) {
        self.assert_request(method, path, query, version("chat"), body);
        assert_eq!(
            self.header("authorization"),
            Some(format!("Bearer {TOKEN}").as_str())
        );
        let is_create = method == "POST" && path == "/chat/threads";
        let repeatability = self.header("repeatability-request-id");
        assert_eq!(repeatability.is_some(), is_create, "{repeatability:?}");
        assert_eq!(self.header("repeatability-first-sent"), None);
    }

    /// The same for the identity service, with the signature.
    #[track_caller]
    pub fn assert_identity(&self, method: &str, path: &str, body: Option<&Value>) {
        self.assert_request(method, path, &[], version("identity"), body);
        assert_eq!(self.header("repeatability-request-id"), None);
        self.assert_signature();
    }

    #[track_caller]
    fn assert_request(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
        version: &str,
        body: Option<&Value>,
    ) {
        assert_eq!((self.method.as_str(), self.path()), (method, path));
        let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let mut wanted: Vec<_> = query.iter().copied().map(pair).collect();
        wanted.push(pair(("api-version", version)));
        wanted.sort();
        assert_eq!(self.query(), wanted);

        assert_eq!(self.header("api-version"), None);
        assert_eq!(self.header("accept"), Some("application/json"));
        let request_id = self.header("x-ms-client-request-id").expect("a request id");
        assert!(Uuid::parse_str(request_id).is_ok(), "{request_id}");

        let media_type = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        match body {
            Some(body) => {
                assert_eq!(self.json(), *body);
                assert_eq!(self.header("content-type"), Some(media_type));
            }
            None => {
                assert_eq!(String::from_utf8_lossy(&self.body), "");
                assert_eq!(self.header("content-type"), None);
            }
        }
    }

    /// The signature is one of what arrived, made with [`ACCESS_KEY`].
    #[track_caller]
    fn assert_signature(&self) {
        let header = |name| {
            self.header(name)
                .unwrap_or_else(|| panic!("`{name}` is missing"))
        };
        let hash = BASE64_STANDARD.encode(Sha256::digest(&self.body));
        assert_eq!(header("x-ms-content-sha256"), hash);
        let (date, host) = (header("x-ms-date"), header("host"));
        let to_sign = format!("{}\n{}\n{date};{host};{hash}", self.method, self.target);
        let key = BASE64_STANDARD.decode(ACCESS_KEY).unwrap();
        let mac = Hmac::<Sha256>::new_from_slice(&key)
            .unwrap()
            .chain_update(to_sign);
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        assert_eq!(
            header("authorization"),
            format!(
                "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
            )
        );
    }
}
