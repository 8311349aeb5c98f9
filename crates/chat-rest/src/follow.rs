//! Reading the further pages of a list.

use reqwest::{Method, Request, Url, header::ACCEPT};
use serde::de::DeserializeOwned;

use crate::{
    Error, Operation, ResponseValue, chat, decode,
    interceptor::{JSON, execute, prepare},
};

impl chat::Client {
    /// Reads the page that a `nextLink` of the operation leads to.
    ///
    /// The link is absolute and complete, and is sent as it is; it goes through the same
    /// [`Interceptor`](crate::Interceptor) as the first page did. Whether it leads to a host that may
    /// see the caller's credentials is for the caller to check.
    ///
    /// # Errors
    ///
    /// Those of the operation's own function.
    pub async fn follow<T: DeserializeOwned>(
        &self,
        operation: &'static Operation,
        next_link: Url,
    ) -> Result<ResponseValue<T>, Error<()>> {
        let mut request = Request::new(Method::GET, next_link);
        request.headers_mut().insert(ACCEPT, JSON);
        prepare(self, operation, &mut request)?;
        let response = execute(self, Some(operation), request).await?;
        if !operation.success.contains(&response.status().as_u16()) {
            return Err(Error::UnexpectedResponse(response));
        }
        decode(response).await
    }
}

#[cfg(test)]
mod tests;
