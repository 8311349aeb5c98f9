//! The headers that every answer of the service has.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::wire::version::{Api, ChatVersion, IdentityVersion};

const API_SUPPORTED_VERSIONS: HeaderName = HeaderName::from_static("api-supported-versions");
const MS_CV: HeaderName = HeaderName::from_static("ms-cv");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const RETURN_CLIENT_REQUEST_ID: HeaderName =
    HeaderName::from_static("x-ms-return-client-request-id");

/// Adds what every answer has.
pub(crate) fn add(request: &HeaderMap, api: Api, response: &mut HeaderMap) {
    let supported = match api {
        Api::Chat => ChatVersion::SUPPORTED,
        Api::Identity => IdentityVersion::SUPPORTED,
    };
    response.insert(API_SUPPORTED_VERSIONS, HeaderValue::from_static(supported));
    add_vector(response);
    let asked = request
        .get(RETURN_CLIENT_REQUEST_ID)
        .map(HeaderValue::as_bytes);
    let returns_id =
        api == Api::Identity || asked.is_some_and(|value| value.eq_ignore_ascii_case(b"true"));
    if let Some(id) = request.get(CLIENT_REQUEST_ID).filter(|_| returns_id) {
        response.insert(CLIENT_REQUEST_ID, id.clone());
    }
}

/// Adds the correlation vector, which answers of the service around chat have, too.
pub(crate) fn add_vector(response: &mut HeaderMap) {
    // Every answer has one, and nobody minds if it is foreseen: the system is not asked for it.
    let base = fastrand::u128(..).to_le_bytes();
    let mut vector = String::with_capacity(24);
    STANDARD_NO_PAD.encode_string(base, &mut vector);
    vector.push_str(".0");
    if let Ok(vector) = HeaderValue::try_from(vector) {
        response.insert(MS_CV, vector);
    }
}
