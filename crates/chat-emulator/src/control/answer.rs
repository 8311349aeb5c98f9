//! What the control API reads and answers.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::http::body;
use crate::wire::error::ApiError;

/// A success.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: Option<Value>,
}

impl Answer {
    pub(super) fn ok(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
        }
    }

    pub(super) fn created(body: Value) -> Self {
        Self {
            status: StatusCode::CREATED,
            body: Some(body),
        }
    }

    pub(super) fn empty() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: None,
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        response(self.status, self.body)
    }
}

/// Anything else, and why.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, message }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(super) fn method_not_allowed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let code = self
            .status
            .canonical_reason()
            .unwrap_or_default()
            .replace(' ', "");
        let body = json!({"error": {"code": code, "message": self.message}});
        response(self.status, Some(body))
    }
}

/// What is wrong with a body or a query is said as the service says it.
impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::new(error.status, error.message.unwrap_or_default())
    }
}

/// A JSON body, whatever media type it says to be of.
#[derive(Debug)]
pub(super) struct Document<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Document<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let body = body::read(request.into_body()).await?;
        serde_json::from_slice(&body)
            .map(Self)
            .map_err(|error| Refusal::bad_request(format!("the body is not valid: {error}")))
    }
}

/// The variable segment of the path, decoded.
#[derive(Debug)]
pub(super) struct Id(pub(super) String);

impl Id {
    /// The number that it is.
    pub(super) fn number(&self) -> Result<u64, Refusal> {
        let text = &self.0;
        text.parse()
            .map_err(|_| Refusal::not_found(format!("{text:?} is no id")))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id))
            .map_err(|error| Refusal::bad_request(error.body_text()))
    }
}

/// The ids of a thread and of a message in it, decoded.
#[derive(Debug)]
pub(super) struct MessageIds(pub(super) String, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for MessageIds {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path((thread, message))| Self(thread, message))
            .map_err(|error| Refusal::bad_request(error.body_text()))
    }
}

fn response(status: StatusCode, body: Option<Value>) -> Response {
    let has_body = body.is_some();
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    if has_body {
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, json);
    }
    response
}
