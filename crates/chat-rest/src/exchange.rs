//! The seam between the generated clients and whoever drives them.

use std::{borrow::Cow, fmt, sync::Arc};

use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use reqwest::{
    Method, Request, Response,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue},
};

use crate::{
    Error, Operation, chat, identity,
    path::{self, PathError},
};

const API_VERSION: &str = "api-version";
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What the driver of a client does to each request before it leaves, and with each answer before
/// its body is read.
///
/// A client holds one exchange. Making a client is cheap, so an exchange may belong to one attempt
/// of one call and keep what it saw.
pub trait Exchange: fmt::Debug + Send + Sync + 'static {
    /// Takes the last look at a request, which is otherwise as it will be sent: adds credentials
    /// or tracing headers.
    ///
    /// # Errors
    ///
    /// An error stops the request before anything is sent. It arrives as [`Error::Custom`] with
    /// the text of the error; a driver that wants more of it back has to keep it.
    fn prepare(
        &self,
        operation: &'static Operation,
        request: &mut Request,
    ) -> Result<(), PrepareError>;

    /// Sees status and headers of an answer. The answer that is given back is the one that is
    /// read: it may be another, with its body bounded for instance.
    fn receive(&self, operation: &'static Operation, response: Response) -> Response;
}

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrepareError(Cow<'static, str>);

impl PrepareError {
    /// An error with that text. It will be shown, so it must not hold a secret.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PrepareError {}

impl ClientHooks<Arc<dyn Exchange>> for chat::Client {
    async fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), Error<E>> {
        Ok(complete(self, chat::operations::ALL, info, request)?)
    }

    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let operation = Operation::of_function(chat::operations::ALL, info.operation_id);
        execute(self, operation, request).await
    }
}

impl ClientHooks<Arc<dyn Exchange>> for identity::Client {
    async fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), Error<E>> {
        Ok(complete(self, identity::operations::ALL, info, request)?)
    }

    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let operation = Operation::of_function(identity::operations::ALL, info.operation_id);
        execute(self, operation, request).await
    }
}

/// Why a request does not leave.
pub(crate) enum Unsent {
    /// Table and functions come from one document, so this one does not come up.
    UnknownOperation,
    Path(PathError),
    Refused(PrepareError),
}

impl<E> From<Unsent> for Error<E> {
    fn from(reason: Unsent) -> Self {
        match reason {
            Unsent::UnknownOperation => Self::InvalidRequest("no such operation".to_owned()),
            Unsent::Path(error) => Self::InvalidRequest(error.to_string()),
            Unsent::Refused(error) => Self::Custom(error.to_string()),
        }
    }
}

/// Makes of a generated request what the document says, and shows it to the driver of the client.
///
/// The generator sends the version as a header, knows no merge-patch, asks for no media type where
/// an answer of success has no body (though one of error has), says nothing of the length of a
/// POST without a body (which servers may refuse with 411), and leaves `:` and `@` of ids as they
/// are.
fn complete<C: ClientInfo<Arc<dyn Exchange>>>(
    client: &C,
    table: &[&'static Operation],
    info: &OperationInfo,
    request: &mut Request,
) -> Result<(), Unsent> {
    let operation =
        Operation::of_function(table, info.operation_id).ok_or(Unsent::UnknownOperation)?;
    let headers = request.headers_mut();
    headers.remove(API_VERSION);
    headers.insert(ACCEPT, JSON);
    if let Some(media_type) = operation.media_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    } else if operation.method == Method::POST {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    path::encode_ids(operation.path, request.url_mut()).map_err(Unsent::Path)?;
    request
        .url_mut()
        .query_pairs_mut()
        .append_pair(API_VERSION, C::api_version());
    prepare(client, operation, request)
}

/// Lets the driver of the client take its look at a complete request.
pub(crate) fn prepare<C: ClientInfo<Arc<dyn Exchange>>>(
    client: &C,
    operation: &'static Operation,
    request: &mut Request,
) -> Result<(), Unsent> {
    let prepared = client.inner().prepare(operation, request);
    prepared.map_err(Unsent::Refused)
}

/// Sends a request, and lets the driver of the client see the answer.
pub(crate) async fn execute<C: ClientInfo<Arc<dyn Exchange>>>(
    client: &C,
    operation: Option<&'static Operation>,
    request: Request,
) -> reqwest::Result<Response> {
    let response = client.client().execute(request).await?;
    Ok(match operation {
        Some(operation) => client.inner().receive(operation, response),
        None => response,
    })
}

#[cfg(test)]
mod tests;
