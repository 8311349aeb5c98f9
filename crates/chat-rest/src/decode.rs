//! Decoding answers of success.

use reqwest::Response;
use serde::de::{DeserializeOwned, Error as _};

use crate::{Error, ResponseValue};

/// Reads and decodes the body of an answer.
///
/// # Errors
///
/// [`Error::ResponseBodyError`] when the connection fails before the end of the body, and
/// [`Error::InvalidResponsePayload`] with the body when it is not what is expected.
pub(crate) async fn decode<T: DeserializeOwned>(
    mut response: Response,
) -> Result<ResponseValue<T>, Error<()>> {
    let status = response.status();
    // Moved, since nothing else needs them.
    let headers = std::mem::take(response.headers_mut());
    let body = response.bytes().await.map_err(Error::ResponseBodyError)?;
    // Looking at the whole text once is cheaper than looking at each string in it.
    let decoded = match std::str::from_utf8(&body) {
        Ok(text) => serde_json::from_str(text),
        Err(error) => Err(serde_json::Error::custom(error)),
    };
    match decoded {
        Ok(value) => Ok(ResponseValue::new(value, status, headers)),
        Err(error) => Err(Error::InvalidResponsePayload(body, error)),
    }
}
