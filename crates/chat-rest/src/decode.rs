//! Decoding answers of success.

use bytes::Bytes;
use reqwest::Response;
use serde::de::{DeserializeOwned, Error as _};

use crate::body::read_bytes;
use crate::{Error, ReadBodyError, ResponseValue};

/// Reads and decodes the body of an answer.
///
/// # Errors
///
/// [`Error::ResponseBodyError`] when the connection fails before the end of the body, and
/// [`Error::InvalidResponsePayload`] with the body when it is not what is expected.
pub(crate) fn decode<T: DeserializeOwned>(
    mut response: Response,
) -> impl Future<Output = Result<ResponseValue<T>, Error<()>>> {
    let status = response.status();
    // Moved, since nothing else needs them.
    let headers = std::mem::take(response.headers_mut());
    // In here a response is kept once; an async function would have room for its argument, too.
    async move {
        // Whoever bounds a body has done so by now.
        let body = read_bytes(&mut response, usize::MAX).await;
        let body = body.map_err(|error| match error {
            ReadBodyError::Http(error) => Error::ResponseBodyError(error),
            ReadBodyError::TooLarge => {
                Error::InvalidResponsePayload(Bytes::new(), serde_json::Error::custom(error))
            }
        })?;
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
}
