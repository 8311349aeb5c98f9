//! Reading the body of an answer into one piece of memory, within bounds.

use std::fmt;

use bytes::{Bytes, BytesMut};
use reqwest::Response;

/// The most values a JSON text may have. A value can be two bytes long in the text and hundreds in
/// memory, so that a bound on the bytes alone does not bound the memory. A page of 200 messages,
/// each about 200 participants, has fewer than 400,000.
const MAX_VALUES: usize = 500_000;

/// Why a body was not read to its end.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadBodyError {
    /// It is longer than the limit, or has more than half a million JSON values.
    TooLarge,
    /// The connection failed before the end of the body.
    Http(reqwest::Error),
}

impl fmt::Display for ReadBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the body is too large",
            Self::Http(_) => "the body could not be read",
        })
    }
}

impl std::error::Error for ReadBodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::TooLarge => None,
            Self::Http(error) => Some(error),
        }
    }
}

/// Whether the length that an answer announces says that its body is within the limits. No more
/// than that is then received.
pub(crate) fn is_within(response: &Response, limit: usize) -> bool {
    let limit = u64::try_from(limit.min(MAX_VALUES)).unwrap_or(u64::MAX);
    response
        .content_length()
        .is_some_and(|length| length <= limit)
}

/// Reads the body of an answer, which stays behind without it.
///
/// However small the pieces it comes in, no more than twice the limit is held in memory.
///
/// # Errors
///
/// See [`ReadBodyError`].
pub async fn read_body(response: &mut Response, limit: usize) -> Result<Bytes, ReadBodyError> {
    let body = read_bytes(response, limit).await?;
    let fits = body.len() <= MAX_VALUES || values(&body) <= MAX_VALUES;
    fits.then_some(body).ok_or(ReadBodyError::TooLarge)
}

/// Reads a body of which the bytes alone are bounded: one that is not JSON, or whose values are bounded by
/// whoever has let it through.
pub(crate) async fn read_bytes(
    response: &mut Response,
    limit: usize,
) -> Result<Bytes, ReadBodyError> {
    let announced = response.content_length().unwrap_or_default();
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(ReadBodyError::TooLarge);
    }
    let mut chunk = async || response.chunk().await.map_err(ReadBodyError::Http);
    let Some(first) = chunk().await? else {
        return Ok(Bytes::new());
    };
    let body = match chunk().await? {
        // Most answers come in one piece, which need not be copied.
        None => first,
        Some(second) => {
            let mut body = BytesMut::with_capacity(announced);
            append(&mut body, &first, limit)?;
            append(&mut body, &second, limit)?;
            while let Some(next) = chunk().await? {
                append(&mut body, &next, limit)?;
            }
            body.freeze()
        }
    };
    let fits = body.len() <= limit;
    fits.then_some(body).ok_or(ReadBodyError::TooLarge)
}

fn append(body: &mut BytesMut, chunk: &[u8], limit: usize) -> Result<(), ReadBodyError> {
    let length = body.len() + chunk.len();
    if length > limit {
        return Err(ReadBodyError::TooLarge);
    }
    if length > body.capacity() {
        // Growing by doubling, but never beyond the limit.
        body.reserve((2 * body.len()).clamp(length, limit.max(length)) - body.len());
    }
    body.extend_from_slice(chunk);
    Ok(())
}

/// How many values a JSON text has at the most, told by what stands before each.
fn values(json: &[u8]) -> usize {
    let mut count = 0;
    let (mut in_string, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use httpmock::prelude::*;

    use super::*;

    const LIMIT: usize = 1 << 20;

    async fn answer(body: impl AsRef<[u8]>) -> Response {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.any_request();
                then.status(200).body(body);
            })
            .await;
        reqwest::get(server.url("/")).await.unwrap()
    }

    async fn read(body: impl AsRef<[u8]>) -> Result<Bytes, ReadBodyError> {
        read_body(&mut answer(body).await, LIMIT).await
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit_and_no_further() {
        for length in [0, 1, 70_000, LIMIT] {
            assert_eq!(read("x".repeat(length)).await.unwrap().len(), length);
        }
        let error = read("x".repeat(LIMIT + 1)).await.unwrap_err();
        assert!(matches!(error, ReadBodyError::TooLarge), "{error}");
    }

    #[test]
    fn what_is_held_grows_with_what_came_and_stays_within_the_limit() {
        let mut body = BytesMut::new();
        for length in 1..=LIMIT {
            append(&mut body, b"x", LIMIT).unwrap();
            assert!(body.capacity() <= (2 * length).clamp(64, LIMIT), "{length}");
        }
        assert!(append(&mut body, b"x", LIMIT).is_err());
        assert_eq!(body.len(), LIMIT);
    }

    #[test]
    fn values_are_counted_and_what_stands_in_strings_is_not() {
        for (text, count) in [
            ("", 0),
            ("7", 0),
            ("[1,2,3]", 3),
            (r#"{"a":{},"b":[[]]}"#, 5),
            (r#"{",[{":",[{","\"[":"\\]"}"#, 2),
        ] {
            assert_eq!(values(text.as_bytes()), count, "{text}");
        }
    }

    #[tokio::test]
    async fn an_answer_of_too_many_values_is_refused() {
        assert!(read("0,".repeat(MAX_VALUES)).await.is_ok());
        assert!(read("0,".repeat(MAX_VALUES + 1)).await.is_err());
        let text = format!("\"{}\"", ",".repeat(MAX_VALUES + 1));
        assert!(read(text).await.is_ok());
    }

    #[tokio::test]
    async fn bytes_that_are_no_json_are_counted_as_bytes_alone() {
        let commas = ",".repeat(MAX_VALUES + 1);
        let read = read_bytes(&mut answer(&commas).await, LIMIT).await;
        assert_eq!(read.unwrap().len(), MAX_VALUES + 1);

        let read = read_bytes(&mut answer("x".repeat(LIMIT + 1)).await, LIMIT).await;
        assert!(matches!(read, Err(ReadBodyError::TooLarge)));
    }
}
