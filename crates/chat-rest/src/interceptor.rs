//! What stands between the generated clients and the HTTP client.

use std::{borrow::Cow, fmt, sync::Arc};

use bytes::Bytes;
use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use reqwest::{
    Body, Method, Request, Response,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue},
};

use crate::{
    Error, Operation, ReadBodyError,
    body::{is_within, read_body, read_bytes},
    chat, identity,
    path::IdError,
};

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The most bytes of a body that are read, unless an interceptor says otherwise.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Sees each request before it is sent, and each answer before it is decoded.
///
/// A client holds one interceptor. Making a client is cheap, so an interceptor may belong to one
/// request and keep what it saw.
pub trait Interceptor: fmt::Debug + Send + Sync + 'static {
    /// Completes a request, which is otherwise as it will be sent: adds credentials or tracing
    /// headers.
    ///
    /// # Errors
    ///
    /// An error stops the request before anything is sent. It arrives as [`Error::Custom`] with
    /// the text of the error; an interceptor that wants more of it back has to keep it.
    fn request(
        &self,
        operation: &'static Operation,
        request: &mut Request,
    ) -> Result<(), InterceptError>;

    /// Sees status and headers of an answer.
    fn response(&self, operation: &'static Operation, response: &Response);

    /// Whether the bodies of answers of success are to be shown to [`body`](Self::body): yes unless
    /// this says otherwise. One that is too large is shown in any case.
    fn wants_body(&self) -> bool {
        true
    }

    /// Sees the body of an answer of success as it was received. One that is too large is left
    /// out: the answer is then decoded without a body, which fails unless the operation has none.
    fn body(&self, operation: &'static Operation, body: Result<&Bytes, BodyTooLarge>) {
        let _ = (operation, body);
    }

    /// The most bytes of such a body that are read: 16 MiB unless this says otherwise.
    fn max_body_bytes(&self) -> usize {
        MAX_BODY_BYTES
    }
}

/// A body was larger than what is read; see [`Interceptor::max_body_bytes`]. Bodies of more than
/// half a million JSON values, which would take far more memory than bytes, count as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodyTooLarge;

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterceptError(Cow<'static, str>);

impl InterceptError {
    /// An error with that text. It will be shown, so it must not hold a secret.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for InterceptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InterceptError {}

impl ClientHooks<Arc<dyn Interceptor>> for chat::Client {
    async fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), Error<E>> {
        Ok(complete(self, chat::operations::ALL, info, request)?)
    }

    fn exec(
        &self,
        request: Request,
        info: &OperationInfo,
    ) -> impl Future<Output = reqwest::Result<Response>> {
        let operation = Operation::of_function(chat::operations::ALL, info.operation_id);
        execute(self, operation, request)
    }
}

impl ClientHooks<Arc<dyn Interceptor>> for identity::Client {
    async fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), Error<E>> {
        Ok(complete(self, identity::operations::ALL, info, request)?)
    }

    fn exec(
        &self,
        request: Request,
        info: &OperationInfo,
    ) -> impl Future<Output = reqwest::Result<Response>> {
        let operation = Operation::of_function(identity::operations::ALL, info.operation_id);
        execute(self, operation, request)
    }
}

/// Why a request does not leave.
pub(crate) enum Unsent {
    /// Table and functions come from one document, so this one does not come up.
    UnknownOperation,
    Refused(InterceptError),
}

impl<E> From<Unsent> for Error<E> {
    fn from(reason: Unsent) -> Self {
        match reason {
            Unsent::UnknownOperation => Self::InvalidRequest("no such operation".to_owned()),
            Unsent::Refused(error) => Self::Custom(error.to_string()),
        }
    }
}

impl From<IdError> for Error<()> {
    fn from(error: IdError) -> Self {
        Self::InvalidRequest(format!("an id {error}"))
    }
}

/// Makes of a generated request what the document says, and shows it to the interceptor.
///
/// The generator knows no merge-patch, asks for no media type where an answer of success has no
/// body (though one of error has), and says nothing of the length of a POST without a body (which
/// servers may refuse with 411).
fn complete<C: ClientInfo<Arc<dyn Interceptor>>>(
    client: &C,
    table: &[&'static Operation],
    info: &OperationInfo,
    request: &mut Request,
) -> Result<(), Unsent> {
    let operation =
        Operation::of_function(table, info.operation_id).ok_or(Unsent::UnknownOperation)?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static(operation.accept));
    if let Some(media_type) = operation.media_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    } else if operation.method == Method::POST {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    prepare(client, operation, request)
}

/// Lets the interceptor of the client complete a request.
pub(crate) fn prepare<C: ClientInfo<Arc<dyn Interceptor>>>(
    client: &C,
    operation: &'static Operation,
    request: &mut Request,
) -> Result<(), Unsent> {
    let prepared = client.inner().request(operation, request);
    prepared.map_err(Unsent::Refused)
}

/// Sends a request, and shows the head of the answer to the interceptor. The body stays to be read.
pub(crate) fn observe<C: ClientInfo<Arc<dyn Interceptor>>>(
    client: &C,
    operation: Option<&'static Operation>,
    request: Request,
) -> impl Future<Output = reqwest::Result<Response>> {
    // Handed over here, since a future that is given a request has room for it until it is done.
    let sent = client.client().execute(request);
    async move {
        let response = sent.await?;
        if let Some(operation) = operation {
            client.inner().response(operation, &response);
        }
        Ok(response)
    }
}

/// Sends a request, and shows the answer to the interceptor. The body of an answer of success is
/// read here, within its bound, unless its announced length says that it is within and the
/// interceptor does not want to see it; any other stays to be read.
pub(crate) fn execute<C: ClientInfo<Arc<dyn Interceptor>>>(
    client: &C,
    operation: Option<&'static Operation>,
    request: Request,
) -> impl Future<Output = reqwest::Result<Response>> {
    let observed = observe(client, operation, request);
    async move {
        let mut response = observed.await?;
        let Some(operation) = operation else {
            return Ok(response);
        };
        let interceptor = client.inner();
        let limit = interceptor.max_body_bytes();
        let is_read_later = !interceptor.wants_body() && is_within(&response, limit);
        if is_read_later || !operation.success.contains(&response.status().as_u16()) {
            return Ok(response);
        }
        let body = match operation.answers_json() {
            true => read_body(&mut response, limit).await,
            false => read_bytes(&mut response, limit).await,
        };
        let body = match body {
            Ok(body) => {
                interceptor.body(operation, Ok(&body));
                body
            }
            Err(ReadBodyError::TooLarge) => {
                interceptor.body(operation, Err(BodyTooLarge));
                Bytes::new()
            }
            Err(ReadBodyError::Http(error)) => return Err(error),
        };
        let mut answer: http::Response<Body> = response.into();
        *answer.body_mut() = body.into();
        Ok(answer.into())
    }
}

#[cfg(test)]
mod tests;
