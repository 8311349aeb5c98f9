//! The seam between the generated clients and whoever drives them.

use std::{borrow::Cow, fmt, sync::Arc};

use progenitor_client::{ClientHooks, ClientInfo, OperationInfo};
use reqwest::{
    Request, Response,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue},
};

use crate::{Error, Operation, chat, identity, path};

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
        let operation = known(chat::operations::ALL, info)?;
        complete::<Self, E>(operation, request)?;
        prepare(self, operation, request)
    }

    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let operation = Operation::of_function(chat::operations::ALL, info.operation_id);
        execute(self, operation, request).await
    }
}

impl ClientHooks<Arc<dyn Exchange>> for identity::Client {
    async fn pre<E>(&self, request: &mut Request, info: &OperationInfo) -> Result<(), Error<E>> {
        let operation = known(identity::operations::ALL, info)?;
        complete::<Self, E>(operation, request)?;
        prepare(self, operation, request)
    }

    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let operation = Operation::of_function(identity::operations::ALL, info.operation_id);
        execute(self, operation, request).await
    }
}

/// The operation that a generated function speaks of. Table and functions come from one document,
/// so it is there.
fn known<E>(
    table: &[&'static Operation],
    info: &OperationInfo,
) -> Result<&'static Operation, Error<E>> {
    Operation::of_function(table, info.operation_id)
        .ok_or_else(|| Error::Custom(format!("no operation `{}`", info.operation_id)))
}

/// Makes of a generated request what the document says: the generator sends the version as a
/// header, knows no merge-patch, asks for no media type where an answer of success has no body
/// (though one of error has), and leaves `:` and `@` of ids as they are.
fn complete<C: ClientInfo<Arc<dyn Exchange>>, E>(
    operation: &'static Operation,
    request: &mut Request,
) -> Result<(), Error<E>> {
    let headers = request.headers_mut();
    headers.remove(API_VERSION);
    headers.insert(ACCEPT, JSON);
    if let Some(media_type) = operation.media_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    path::encode_ids(operation.path, request.url_mut())
        .map_err(|error| Error::InvalidRequest(error.to_string()))?;
    let mut query = request.url_mut().query_pairs_mut();
    query.append_pair(API_VERSION, C::api_version());
    Ok(())
}

/// Lets the driver of the client take its look at a complete request.
pub(crate) fn prepare<C: ClientInfo<Arc<dyn Exchange>>, E>(
    client: &C,
    operation: &'static Operation,
    request: &mut Request,
) -> Result<(), Error<E>> {
    let prepared = client.inner().prepare(operation, request);
    prepared.map_err(|error| Error::Custom(error.to_string()))
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
