//! The header by which a repeated create is known.

use http::HeaderMap;

use crate::wire::error::ApiError;

const REQUEST_ID: &str = "repeatability-request-id";
const MAX_LEN: usize = 256;

/// Reads the repeatability id: any visible ASCII, as clients write their ids in different ways.
pub(crate) fn request_id(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(REQUEST_ID) else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(id) if !id.is_empty() && id.len() <= MAX_LEN => Ok(Some(id.to_owned())),
        _ => Err(ApiError::bad_request(format!(
            "Value for {REQUEST_ID} is not valid."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Option<String>, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, value.parse().unwrap());
        request_id(&headers)
    }

    #[test]
    fn an_id_is_taken_as_it_is() {
        let id = "DC084E7D-6CA6-483B-9D05-FBA500117EE2";
        assert_eq!(read(id), Ok(Some(id.to_owned())));
        assert_eq!(request_id(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn an_empty_or_endless_id_is_refused() {
        for value in ["", &"x".repeat(257)] {
            assert!(read(value).is_err());
        }
    }
}
