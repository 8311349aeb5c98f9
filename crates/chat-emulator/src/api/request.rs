//! A request as it has arrived: read, routed and its query parsed, each once.

use bytes::Bytes;
use http::request::Parts;

use crate::wire::error::ApiError;
use crate::wire::query::Query;
use crate::wire::version::{Api, Envelope};

use super::condition::Conditions;
use super::operation::Operation;
use super::origin::Origin;
use super::route::{self, NoRoute, Route};

/// A request on its way. It cannot be printed, as it holds a credential.
pub(crate) struct Request {
    pub(crate) head: Parts,
    /// The body, or why it could not be read.
    pub(crate) body: Result<Bytes, ApiError>,
    pub(crate) route: Result<Route, NoRoute>,
    pub(crate) query: Result<Query, ApiError>,
    origin: Origin,
    pub(crate) conditions: Conditions,
}

impl Request {
    /// Routes a request whose `origin` is known.
    pub(crate) fn new(head: Parts, body: Result<Bytes, ApiError>, origin: Origin) -> Self {
        Self {
            route: route::route(&head.method, head.uri.path()),
            query: Query::parse(head.uri.query().unwrap_or_default()),
            head,
            body,
            origin,
            conditions: Conditions::default(),
        }
    }

    /// The operation that method and path name, if any.
    pub(crate) fn operation(&self) -> Option<Operation> {
        self.route.as_ref().map(|route| route.operation).ok()
    }

    /// The API that the path belongs to.
    pub(crate) fn api(&self) -> Api {
        Api::of(self.head.uri.path())
    }

    /// Path and query exactly as they arrived.
    pub(crate) fn target(&self) -> &str {
        let target = self.head.uri.path_and_query();
        target.map_or("/", |target| target.as_str())
    }

    /// Scheme and authority as the caller has written them.
    pub(crate) fn base(&self) -> Result<String, ApiError> {
        self.origin.base(&self.head)
    }

    /// The host that the caller has written.
    pub(crate) fn host(&self) -> Option<&str> {
        self.origin.host(&self.head)
    }

    /// How an error of this request is wrapped.
    pub(crate) fn envelope(&self) -> Envelope {
        let version = self.query.as_ref().map(|query| query.get("api-version"));
        Envelope::of(self.head.uri.path(), version.unwrap_or_default())
    }
}
